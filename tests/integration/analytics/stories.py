"""Events as a publisher would send them."""

import json
from typing import Any

DAY = "2026-11-20T10:00:00Z"


def cloudevent(kind: str, data: dict[str, Any], time: str) -> dict[str, Any]:
    event_id = f"{kind}/{json.dumps(data, sort_keys=True)}"
    return {"specversion": "1.0", "id": event_id, "source": "test", "type": kind, "time": time, "data": data}


def lesson_at(starts_at: str, lesson: str = "L", student: str = "s", tutor: str = "t") -> dict[str, Any]:
    data = {"lesson_id": lesson, "student_id": student, "tutor_id": tutor, "starts_at": starts_at}
    return cloudevent("lesson.created", {**data, "subject": "Физика"}, "2026-11-01T00:00:00Z")


def paid(payment: str, amount: str, currency: str) -> dict[str, Any]:
    data = {"payment_id": payment, "student_id": "s", "amount": amount, "currency": currency}
    return cloudevent("payment.processed", data, DAY)
