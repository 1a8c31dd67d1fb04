"""A school with two of everybody, and single rows of each kind."""

import json
import uuid
from datetime import datetime
from typing import Any

from tests.integration.exports.asking import MORNING, held, lesson
from tests.integration.runtime.served import Served


def payment(payment_id: str, **more: Any) -> dict[str, Any]:
    known = {"student_id": "s", "tutor_id": "t", "currency": "RUB", "amount": "1500.10"}
    return {"payment_id": payment_id, **known, "processed_at": MORNING, **more}


def work(homework_id: str, **more: Any) -> dict[str, Any]:
    return {"homework_id": homework_id, "student_id": "s", "tutor_id": "t", "assigned_at": MORNING, **more}


def delivery(user_id: str, at: datetime = MORNING) -> list[tuple[str, dict[str, Any]]]:
    notification = {
        "id": str(uuid.uuid4()),
        "type": "lesson_created",
        "priority": "normal",
        "data": json.dumps({"note": "a secret of the family"}),
        "critical": False,
        "created_at": at,
    }
    sent = {
        "id": str(uuid.uuid4()),
        "notification_id": notification["id"],
        "user_id": user_id,
        "channel": "email",
        "state": "suppressed",
        "reason": "channel_off",
        "created_at": at,
    }
    return [("notifications", notification), ("deliveries", sent)]


def event(position: int, type_name: str = "lesson.created", **data: Any) -> dict[str, Any]:
    return {
        "position": position,
        "source": "/school",
        "id": f"e{position}",
        "type": type_name,
        "subject": data.get("lesson_id"),
        "occurred_at": MORNING,
        "data": json.dumps(data),
    }


def filled(school: Served) -> None:
    """Two tutors, two students, and everything there is of each, marked by their ids."""
    for who, tutor in (("s", "t"), ("s2", "t2")):
        held(school, "lessons", lesson(lesson_id=f"L-{who}-{tutor}", student_id=who, tutor_id=tutor))
        held(school, "payments", payment(f"P-{who}-{tutor}", student_id=who, tutor_id=tutor))
        held(school, "homeworks", work(f"H-{who}-{tutor}", student_id=who, tutor_id=tutor))
        held(school, "materials", {"material_id": f"M-{tutor}", "tutor_id": tutor, "created_at": MORNING})
        held(
            school,
            "material_rollup",
            {"slot": MORNING, "material_id": f"M-{tutor}", "user_id": who, "accessed": 1, "downloads": 0},
        )
        for user in (who, tutor):
            held(school, "users", {"user_id": user, "role": "student", "registered_at": MORNING})
            for name, row in delivery(user):
                held(school, name, row)
    held(school, "recipients", {"user_id": "p", "child_ids": ["s"]}, {"user_id": "s", "name": "Аня"})
    held(school, "users", {"user_id": "p", "role": "parent", "registered_at": MORNING})
    for name, row in delivery("p"):
        held(school, name, row)
