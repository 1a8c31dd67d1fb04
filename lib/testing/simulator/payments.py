"""Packages of lessons: paid in time, late or not at all, failing, refunded; balances count lessons."""

from lib.testing.simulator.instants import DAY_S, HOUR_S, MINUTE_S
from lib.testing.simulator.people import Student
from lib.testing.simulator.timetable import Timetable
from lib.testing.simulator.world import Json, World

_METHODS = ("card", "card", "card", "sbp", "sbp", "bank_transfer", "cash")
# Lessons in a package and its discount in percent.
_PACKAGES = ((4, 0), (4, 0), (8, 5), (8, 5), (12, 10), (1, 0))
_FAILURES = ("Недостаточно средств", "Банк отклонил операцию", "Истекло время оплаты")
_LOW = 1
_THRIFTLESS = 0.06


class Payments:
    """Every student's account."""

    def __init__(self, world: World, timetable: Timetable) -> None:
        self._world, self._timetable = world, timetable
        self._number = 0

    def open_account(self, student: Student) -> None:
        """The first package follows the enrolment."""
        student.paying = True
        self._world.agenda.at(self._world.later(HOUR_S, 2 * DAY_S), self._pay, student, 1)

    def deduct(self, at: int, student: Student, lesson_id: str) -> None:
        """A lesson is taken off the balance; a low one is announced and in time paid."""
        world = self._world
        student.balance -= 1
        data: Json = {
            "student_id": student.user_id,
            "lessons_deducted": 1,
            "lesson_id": lesson_id,
            "reason": "lesson",
        }
        world.emit(at, "payment.balance.deducted", student.user_id, data)
        if world.happens(0.006):
            world.agenda.at(world.later(HOUR_S, DAY_S), self._give_back, student, lesson_id)
        if student.balance <= _LOW:
            world.emit(
                at,
                "balance.low",
                student.user_id,
                {"student_id": student.user_id, "balance": student.balance},
            )
            self._expect_payment(student)

    def _expect_payment(self, student: Student) -> None:
        if student.paying:
            return
        student.paying = True
        if student.thrift < _THRIFTLESS:
            wait = self._world.between(15 * DAY_S, 40 * DAY_S)
        else:
            wait = int(self._world.chance.random() * (1.2 - student.thrift) * 7 * DAY_S) + HOUR_S
        self._world.agenda.at(self._world.agenda.now + wait, self._pay, student, 1)

    def _pay(self, at: int, student: Student, attempt: int) -> None:
        world = self._world
        if student.last_day < at // DAY_S:
            return
        self._number += 1
        payment_id = f"pay-{self._number}"
        lessons, discount = world.one_of(_PACKAGES)
        data: Json = {
            "payment_id": payment_id,
            "student_id": student.user_id,
            "amount": _amount(student.price * lessons * (100 - discount)),
            "currency": "RUB",
        }
        if attempt < 3 and world.happens(0.07):
            world.emit(at, "payment.failed", payment_id, {**data, "reason": world.one_of(_FAILURES)})
            world.agenda.at(world.later(10 * MINUTE_S, DAY_S), self._pay, student, attempt + 1)
            return
        tutor = self._timetable.of_student[student.user_id][0].tutor.user_id
        method = world.one_of(_METHODS)
        world.emit(
            at,
            "payment.processed",
            payment_id,
            {**data, "method": method, "lessons": lessons, "tutor_id": tutor},
        )
        student.paying = False
        self._change(at, student, lessons, "payment")
        if world.happens(0.015):
            world.agenda.at(world.later(DAY_S, 5 * DAY_S), self._refund, student, data, lessons)
        if student.balance <= _LOW:
            self._expect_payment(student)

    def _refund(self, at: int, student: Student, paid: Json, lessons: int) -> None:
        self._world.emit(
            at, "payment.refunded", paid["payment_id"], {**paid, "reason": "По просьбе родителей"}
        )
        self._change(at, student, -lessons, "refund")

    def _give_back(self, at: int, student: Student, lesson_id: str) -> None:
        student.balance += 1
        data: Json = {
            "student_id": student.user_id,
            "lessons_refunded": 1,
            "lesson_id": lesson_id,
            "reason": "correction",
        }
        self._world.emit(at, "payment.balance.refunded", student.user_id, data)

    def _change(self, at: int, student: Student, lessons: int, reason: str) -> None:
        student.balance += lessons
        data: Json = {"student_id": student.user_id, "balance_change": lessons, "reason": reason}
        self._world.emit(at, "payment.balance.updated", student.user_id, data)


def _amount(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02d}"
