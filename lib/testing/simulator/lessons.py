"""Lessons from the announcement to the mark: moved, cancelled, missed, marked late or never."""

from lib.testing.simulator.homework import Homework
from lib.testing.simulator.instants import DAY_S, HOUR_S, MINUTE_S, stamp, weekday
from lib.testing.simulator.payments import Payments
from lib.testing.simulator.people import Student, Tutor
from lib.testing.simulator.timetable import SUBJECTS, Slot, Timetable, is_school_break
from lib.testing.simulator.world import Json, World

_BY_STUDENT = ("Болезнь ученика", "Семейные обстоятельства", "Школьная экскурсия", "Соревнования")
_MOVES = ("Просьба родителей", "Занят репетитор", "Перенос из-за контрольной")


class Lessons:
    """Plans day by day, so that only tomorrow's exceptions are remembered."""

    def __init__(self, world: World, timetable: Timetable, payments: Payments, homework: Homework) -> None:
        self._world, self._timetable = world, timetable
        self._payments, self._homework = payments, homework
        self._off: set[str] = set()

    def plan(self, day: int, tutors: list[Tutor], students: list[Student]) -> None:
        """What this day brings: illnesses, new announcements, changes for tomorrow, today's lessons."""
        self._fall_ill(day, tutors, students)
        for slot in self._timetable.by_announcement[weekday(day)]:
            if slot.takes_place(day + slot.lead):
                self._world.agenda.at(self._in_office_hours(), self._announce, slot, day + slot.lead)
        today, self._off = self._off, set()
        for slot in self._timetable.by_weekday[weekday(day + 1)]:
            if slot.takes_place(day + 1):
                self._reconsider(slot, day + 1)
        for slot in self._timetable.by_weekday[weekday(day)]:
            if slot.takes_place(day) and slot.lesson_id(day) not in today:
                start = slot.starts_at(day)
                ends = start + slot.minutes * MINUTE_S
                self._world.agenda.at(ends, self._end, slot, slot.lesson_id(day))

    def enrol(self, at: int, student: Student, day: int) -> None:
        """Announce what the daily plan has already passed for a new student."""
        student.first_day = day
        for slot in self._timetable.of_student[student.user_id]:
            for ahead in range(1, slot.lead + 1):
                if weekday(day + ahead) == slot.weekday and slot.takes_place(day + ahead):
                    self._world.agenda.at(at + 60 * ahead, self._announce, slot, day + ahead)

    def leave(self, at: int, student: Student, day: int) -> None:
        """Cancel what is announced; the student has no lessons after that day."""
        for slot in self._timetable.of_student[student.user_id]:
            for ahead in range(1, slot.lead + 1):
                if weekday(day + ahead) == slot.weekday and slot.takes_place(day + ahead):
                    self._cancel(at, slot.lesson_id(day + ahead), "Ученик завершил занятия", "tutor")
        student.last_day = day

    def _announce(self, at: int, slot: Slot, day: int) -> None:
        lesson_id = slot.lesson_id(day)
        data: Json = {
            "lesson_id": lesson_id,
            "student_id": slot.student.user_id,
            "tutor_id": slot.tutor.user_id,
            "starts_at": stamp(slot.starts_at(day)),
            "duration_minutes": slot.minutes,
            "subject": slot.subject,
            "topic": self._world.one_of(SUBJECTS[slot.subject][1]),
            "price": f"{slot.price}.00",
            "currency": "RUB",
            "room_url": f"https://rooms.example/{slot.number}",
        }
        self._world.emit(at, "lesson.created", lesson_id, data)

    def _reconsider(self, slot: Slot, day: int) -> None:
        lesson_id, world = slot.lesson_id(day), self._world
        at = self._in_office_hours()
        draw = world.chance.random()
        if slot.tutor.ill_until >= day:
            self._off.add(lesson_id)
            world.agenda.at(at, self._cancel, lesson_id, "Болезнь репетитора", "tutor")
        elif draw < (0.14 if is_school_break(day) else 0.035):
            self._off.add(lesson_id)
            world.agenda.at(at, self._cancel, lesson_id, world.one_of(_BY_STUDENT), "student")
        elif draw > 0.95:
            self._off.add(lesson_id)
            world.agenda.at(at, self._move, slot, lesson_id, self._other_time(slot, day))
        elif draw > 0.945:
            self._off.add(lesson_id)
            world.agenda.at(at, self._delete, lesson_id)
        elif draw > 0.91:
            world.agenda.at(at, self._change_topic, slot, lesson_id)
        elif draw > 0.85:
            world.agenda.at(slot.starts_at(day) - DAY_S, self._remind, lesson_id, 24)

    def _other_time(self, slot: Slot, day: int) -> int:
        # Before and after the hours of the timetable, so that it meets no other lesson of the tutor.
        hours = (8 if self._world.happens(0.3) else 21) - slot.hour
        return slot.starts_at(day) + self._world.between(1, 5) * DAY_S + hours * HOUR_S

    def _cancel(self, at: int, lesson_id: str, reason: str, who: str) -> None:
        data: Json = {"lesson_id": lesson_id, "reason": reason, "cancelled_by": who}
        self._world.emit(at, "lesson.cancelled", lesson_id, data)

    def _move(self, at: int, slot: Slot, lesson_id: str, start: int) -> None:
        who = self._world.one_of(("tutor", "student", "parent"))
        reason = self._world.one_of(_MOVES)
        data: Json = {
            "lesson_id": lesson_id,
            "starts_at": stamp(start),
            "reason": reason,
            "rescheduled_by": who,
        }
        self._world.emit(at, "lesson.rescheduled", lesson_id, data)
        self._world.agenda.at(start + slot.minutes * MINUTE_S, self._end, slot, lesson_id)

    def _delete(self, at: int, lesson_id: str) -> None:
        self._world.emit(at, "lesson.deleted", lesson_id, {"lesson_id": lesson_id})

    def _change_topic(self, at: int, slot: Slot, lesson_id: str) -> None:
        topic = self._world.one_of(SUBJECTS[slot.subject][1])
        self._world.emit(at, "lesson.updated", lesson_id, {"lesson_id": lesson_id, "topic": topic})

    def _remind(self, at: int, lesson_id: str, hours: int) -> None:
        data: Json = {"lesson_id": lesson_id, "hours_before": hours}
        self._world.emit(at, "lesson.reminder_needed", lesson_id, data)

    def _end(self, at: int, slot: Slot, lesson_id: str) -> None:
        world = self._world
        if at // DAY_S > slot.student.last_day:
            return
        draw = world.chance.random()
        if slot.student.ill_until >= at // DAY_S:
            status = "excused_absence"
        elif draw < 0.025:
            return
        else:
            status = _status(draw, slot.student.diligence)
        world.agenda.at(at + self._delay(), self._mark, slot, lesson_id, status, at)

    def _delay(self) -> int:
        draw = self._world.chance.random()
        if draw < 0.75:
            return self._world.between(1, 20) * MINUTE_S
        if draw < 0.92:
            return self._world.between(20, 600) * MINUTE_S
        return self._world.between(DAY_S, 5 * DAY_S)

    def _mark(self, at: int, slot: Slot, lesson_id: str, status: str, ended: int) -> None:
        world = self._world
        if status == "attended" and slot.tutor.completes:
            data: Json = {
                "lesson_id": lesson_id,
                "rating": world.between(3, 5),
                "completed_at": stamp(ended),
            }
            world.emit(at, "lesson.completed", lesson_id, data)
        else:
            world.emit(at, "lesson.attendance_marked", lesson_id, self._attendance(slot, lesson_id, status))
        billed = status == "attended" or (status == "unexcused_absence" and world.happens(0.6))
        # Some marks are never billed: the school loses that money.
        if billed and world.happens(0.98):
            self._payments.deduct(at, slot.student, lesson_id)
        if status == "attended" and world.happens(0.55):
            self._homework.plan(slot, lesson_id)

    def _attendance(self, slot: Slot, lesson_id: str, status: str) -> Json:
        data: Json = {"lesson_id": lesson_id, "attendance_status": status}
        if status == "attended":
            world = self._world
            data["actual_duration_minutes"] = slot.minutes + world.one_of((0, 0, 0, 0, -10, -5, 5, 10))
            data["topic_mastery"] = world.one_of(("low", "medium", "medium", "high"))
            if world.happens(0.6):
                data["student_rating"] = world.between(3, 5)
            if world.happens(0.4):
                data["tutor_rating"] = world.one_of((3, 4, 5, 5, 5))
        return data

    def _fall_ill(self, day: int, tutors: list[Tutor], students: list[Student]) -> None:
        for tutor in tutors:
            if self._world.happens(0.004):
                tutor.ill_until = day + self._world.between(2, 4)
        for student in students:
            if self._world.happens(0.006):
                student.ill_until = day + self._world.between(2, 6)

    def _in_office_hours(self) -> int:
        """10:00 to 21:00 of the day that is planned, in Moscow."""
        return self._world.later(10 * HOUR_S, 21 * HOUR_S)


def _status(draw: float, diligence: float) -> str:
    if draw > 0.99:
        return "rescheduled"
    if draw > 0.95:
        return "excused_absence"
    missed = 0.025 + 0.08 * (1 - diligence)
    return "unexcused_absence" if draw < 0.025 + missed else "attended"
