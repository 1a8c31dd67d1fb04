"""The whole school: who comes and goes, and what each day brings. The stream starts here."""

import math
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from lib.testing.simulator.homework import Homework
from lib.testing.simulator.instants import DAY_S, HOUR_S, instant
from lib.testing.simulator.lessons import Lessons
from lib.testing.simulator.materials import Materials
from lib.testing.simulator.payments import Payments
from lib.testing.simulator.people import NEVER, Family, People, Student
from lib.testing.simulator.timetable import HOURS_A_TUTOR, SUBJECTS, Timetable
from lib.testing.simulator.world import World

# The school's day is Moscow's.
_AHEAD_S = 3 * HOUR_S
_STUDENTS_A_TUTOR = 14
_MOST_HOURS_A_STUDENT = 4
SMALLEST, LARGEST = 1, 50_000


def events(
    students: int, *, days: int, seed: int, until: datetime | date, tutors: int | None = None
) -> Iterator[dict[str, Any]]:
    """CloudEvents of `days` days up to `until`, in the order of time; same arguments, same events.

    Memory grows with `students`, never with `days`. A date means its first moment in UTC.
    Lessons are announced up to 14 days ahead. ValueError for a size it can't hold.
    """
    if not SMALLEST <= students <= LARGEST:
        raise ValueError(f"students must be {SMALLEST} to {LARGEST}, not {students}")
    if days < 1:
        raise ValueError(f"days must be 1 or more, not {days}")
    tutors = math.ceil(students / _STUDENTS_A_TUTOR) if tutors is None else tutors
    if tutors * HOURS_A_TUTOR < students * _MOST_HOURS_A_STUDENT:
        least = math.ceil(students * _MOST_HOURS_A_STUDENT / HOURS_A_TUTOR)
        raise ValueError(f"{students} students need at least {least} tutors, not {tutors}")
    end = instant(until)
    key = f"{students}/{tutors}/{days}/{seed}/{end}"
    return _stream(World(seed, end - days * DAY_S, end, key), students, tutors, days)


def _stream(world: World, students: int, tutors: int, days: int) -> Iterator[dict[str, Any]]:
    School(world, students, tutors, days)
    for _ in world.agenda.run():
        if world.out:
            yield from world.out
            world.out.clear()


class School:
    """Puts its founding and its first day on the agenda; each day plans the next."""

    def __init__(self, world: World, students: int, tutors: int, days: int) -> None:
        self._world = world
        self._people = People(world, students, tutors, tuple(SUBJECTS))
        self._timetable = Timetable(world, self._people)
        self._payments = Payments(world, self._timetable)
        self._lessons = Lessons(world, self._timetable, self._payments, Homework(world))
        self._materials = Materials(world)
        self._found(days)

    def _found(self, days: int) -> None:
        agenda, people, world = self._world.agenda, self._people, self._world
        opening = agenda.now
        for tutor in people.tutors:
            agenda.at(world.later(0, HOUR_S), people.register_tutor, tutor)
        for family in people.families:
            # Most are there from the first day on, the others come over the whole time.
            late = world.happens(0.18) and days > 3
            joins = world.later(DAY_S, days * DAY_S) if late else world.later(HOUR_S, 3 * HOUR_S)
            agenda.at(joins, self._join, family)
        first = (opening + _AHEAD_S) // DAY_S + 1
        agenda.at(first * DAY_S - _AHEAD_S, self._plan, first)

    def _join(self, at: int, family: Family) -> None:
        self._people.register_family(at, family)
        today = (at + _AHEAD_S) // DAY_S
        for student in family.children:
            self._lessons.enrol(at, student, today)
            self._payments.open_account(student)

    def _plan(self, at: int, day: int) -> None:
        present = [
            student for student in self._people.students if student.first_day < day <= student.last_day
        ]
        self._lessons.plan(day, self._people.tutors, present)
        self._materials.plan(self._people.tutors)
        self._logins()
        for student in present:
            if self._world.happens(0.0009):
                self._world.agenda.at(self._world.later(21 * HOUR_S, 23 * HOUR_S), self._depart, student, day)
        if day % 30 == 0:
            self._world.agenda.at(at + 9 * HOUR_S, self._announce)
        self._world.agenda.at(at + DAY_S, self._plan, day + 1)

    def _logins(self) -> None:
        agenda, world = self._world.agenda, self._world
        for tutor in self._people.tutors:
            if world.happens(0.9):
                agenda.at(world.later(8 * HOUR_S, 21 * HOUR_S), self._log_in, tutor.user_id)
        for family in self._people.families:
            if not family.joined:
                continue
            for parent in family.parents:
                if world.happens(0.2):
                    agenda.at(world.later(7 * HOUR_S, 23 * HOUR_S), self._log_in, parent)
            for child in family.children:
                if child.last_day == NEVER and world.happens(0.4):
                    agenda.at(world.later(13 * HOUR_S, 22 * HOUR_S), self._log_in, child.user_id)
            if world.happens(0.002):
                agenda.at(world.later(9 * HOUR_S, 22 * HOUR_S), self._people.change_profile, family)

    def _log_in(self, at: int, user_id: str) -> None:
        self._world.emit(at, "user.login", user_id, {"user_id": user_id})

    def _depart(self, at: int, student: Student, day: int) -> None:
        self._lessons.leave(at, student, day)
        self._world.emit(at, "user.deactivated", student.user_id, {"user_id": student.user_id})
        if self._world.happens(0.2):
            self._world.agenda.at(self._world.later(DAY_S, 5 * DAY_S), self._erase, student)

    def _erase(self, at: int, student: Student) -> None:
        self._world.emit(at, "user.deleted", student.user_id, {"user_id": student.user_id})

    def _announce(self, at: int) -> None:
        data = {
            "role": "tutor",
            "title": "Закройте прошедшие занятия",
            "message": "Отметьте посещаемость за месяц, чтобы расчёт был верным.",
            "critical": False,
        }
        self._world.emit(at, "system.notification", "tutor", data)
