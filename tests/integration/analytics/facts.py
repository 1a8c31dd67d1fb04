"""One school event each, with what a test does not care about filled in."""

from itertools import count
from typing import Any

_number = count(1)
Event = dict[str, Any]


def fact(kind: str, time: str, **data: Any) -> Event:
    """An event of its own, whatever it says."""
    event_id = f"fact-{next(_number)}"
    return {"specversion": "1.0", "id": event_id, "source": "test", "type": kind, "time": time, "data": data}


def lesson(lesson_id: str, starts_at: str, student: str = "s", tutor: str = "t", **more: Any) -> Event:
    """A lesson announced long before; `more` are fields of lesson.created."""
    people = {"student_id": student, "tutor_id": tutor}
    return fact(
        "lesson.created", "2026-01-01T00:00:00Z", lesson_id=lesson_id, starts_at=starts_at, **people, **more
    )


def attended(lesson_id: str, at: str, status: str = "attended", **more: Any) -> Event:
    """What the tutor marked."""
    return fact("lesson.attendance_marked", at, lesson_id=lesson_id, attendance_status=status, **more)


def payment(payment_id: str, at: str, amount: str, student: str = "s", **more: Any) -> Event:
    """A payment that went through; `lessons` is how many it buys."""
    return fact("payment.processed", at, payment_id=payment_id, student_id=student, amount=amount, **more)


def refund(payment_id: str, at: str, amount: str, student: str = "s") -> Event:
    """Money that went back."""
    return fact("payment.refunded", at, payment_id=payment_id, student_id=student, amount=amount)


def charge(lesson_id: str, at: str, student: str = "s") -> Event:
    """A lesson taken off the balance."""
    return fact("payment.balance.deducted", at, student_id=student, lesson_id=lesson_id, lessons_deducted=1)


def login(user: str, at: str) -> Event:
    """An action of their own."""
    return fact("user.login", at, user_id=user)


def joined(user: str, at: str, role: str = "student", **more: Any) -> Event:
    """A registration."""
    return fact("user.registered", at, user_id=user, role=role, **more)


def opened(material: str, user: str, at: str, access: str = "view") -> Event:
    """A material opened; `access` download is both."""
    return fact("material.accessed", at, material_id=material, user_id=user, access_type=access)


def made(material: str, at: str, tutor: str = "t", **more: Any) -> Event:
    """A material made."""
    return fact("material.created", at, material_id=material, tutor_id=tutor, **more)
