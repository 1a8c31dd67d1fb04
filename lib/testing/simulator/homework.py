"""Homework from the assignment to the grade, with late and missing work."""

from lib.testing.simulator.instants import DAY_S, HOUR_S, MINUTE_S, stamp
from lib.testing.simulator.timetable import Slot
from lib.testing.simulator.world import Json, World

_TASKS = ("Упражнения по теме", "Тест", "Задачи из сборника", "Эссе на одну страницу", "Карточки со словами")
_REMARKS = ("Отлично!", "Хорошая работа", "Проверь вычисления", "Разберём на занятии", "Нужно повторить тему")


class Homework:
    """Each piece remembers only its ids and its deadline."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._number = 0

    def plan(self, slot: Slot, lesson_id: str) -> None:
        """The tutor assigns something within half an hour of the mark."""
        self._world.agenda.at(self._world.later(MINUTE_S, 30 * MINUTE_S), self._assign, slot, lesson_id)

    def _assign(self, at: int, slot: Slot, lesson_id: str) -> None:
        world = self._world
        self._number += 1
        homework_id = f"h-{self._number}"
        due = (at // DAY_S + world.between(2, 6)) * DAY_S + 17 * HOUR_S
        data: Json = {
            **self._who(homework_id, slot),
            "lesson_id": lesson_id,
            "due_at": stamp(due),
            "description": world.one_of(_TASKS),
        }
        world.emit(at, "homework.assigned", homework_id, data)
        self._hand_in(at, slot, homework_id, due)

    def _hand_in(self, at: int, slot: Slot, homework_id: str, due: int) -> None:
        world = self._world
        draw = world.chance.random()
        if draw < slot.student.diligence * 0.9:
            world.agenda.at(world.between(at + HOUR_S, due - 1), self._submit, slot, homework_id, due, 1)
            return
        late = due + world.between(HOUR_S, 4 * DAY_S) if world.happens(0.55) else None
        for days in (1, 3):
            notice = due + (days - 1) * DAY_S + HOUR_S // 2
            if late is None or notice < late:
                world.agenda.at(notice, self._overdue, slot, homework_id, due, days)
        if late is not None:
            world.agenda.at(late, self._submit, slot, homework_id, due, 1)

    def _submit(self, at: int, slot: Slot, homework_id: str, due: int, attempt: int) -> None:
        world = self._world
        data: Json = {
            **self._who(homework_id, slot),
            "due_at": stamp(due),
            "attempt_number": attempt,
            "submitted_at": stamp(at),
        }
        world.emit(at, "homework.submitted", homework_id, data)
        if world.happens(0.93):
            world.agenda.at(world.later(2 * HOUR_S, 3 * DAY_S), self._grade, slot, homework_id, due, attempt)

    def _grade(self, at: int, slot: Slot, homework_id: str, due: int, attempt: int) -> None:
        world = self._world
        score = min(
            5, max(2, round(2.2 + 3 * slot.student.diligence * world.chance.random() + 0.5 * attempt))
        )
        redo = score < 3 and attempt == 1
        data: Json = {
            **self._who(homework_id, slot),
            "score": score,
            "max_score": 5,
            "feedback": world.one_of(_REMARKS),
            "check_status": "needs_revision" if redo else "accepted",
        }
        world.emit(at, "homework.graded", homework_id, data)
        if redo:
            world.agenda.at(world.later(DAY_S // 2, 2 * DAY_S), self._submit, slot, homework_id, due, 2)

    def _overdue(self, at: int, slot: Slot, homework_id: str, due: int, days: int) -> None:
        data: Json = {
            "homework_id": homework_id,
            "student_id": slot.student.user_id,
            "due_at": stamp(due),
            "days_overdue": days,
        }
        self._world.emit(at, "homework.overdue", homework_id, data)

    def _who(self, homework_id: str, slot: Slot) -> Json:
        return {
            "homework_id": homework_id,
            "student_id": slot.student.user_id,
            "tutor_id": slot.tutor.user_id,
            "subject": slot.subject,
        }
