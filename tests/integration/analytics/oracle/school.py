"""The figures once more, in plain Python over the plain events: no database, no roll-up, none of our own code.

Slow and simple on purpose. It keeps every fact in lists and adds up what lies in the period, each time anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

Json = dict[str, Any]


@dataclass
class School:
    """Every fact that the log tells, as lists."""

    lessons: dict[str, Json] = field(default_factory=dict)
    payments: dict[str, Json] = field(default_factory=dict)
    works: dict[tuple[str, str], Json] = field(default_factory=dict)
    users: dict[str, Json] = field(default_factory=dict)
    materials: dict[str, Json] = field(default_factory=dict)
    charges: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    charged_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    logins: list[Json] = field(default_factory=list)
    uses: list[Json] = field(default_factory=list)


def school_of(events: Iterable[Json]) -> School:
    """CloudEvents in any order, copies included → what they tell."""
    known = {(event["source"], event["id"]): event for event in events}
    school = School()
    for event in sorted(known.values(), key=lambda e: (instant(e["time"]), e["source"], e["id"])):
        family = event["type"].partition(".")[0]
        TELLERS.get(family, _nothing)(school, event["type"], instant(event["time"]), event["data"])
    return school


def instant(text: str) -> datetime:
    """RFC 3339 → aware."""
    return datetime.fromisoformat(text)


def _nothing(_school: School, _kind: str, _at: datetime, _data: Json) -> None:
    pass


def _tell_lesson(school: School, kind: str, at: datetime, data: Json) -> None:
    if kind == "lesson.reminder_needed":
        return
    lesson = school.lessons.setdefault(
        data["lesson_id"], {"lesson_id": data["lesson_id"], "outcome": None, "minutes": 60, "deleted": False}
    )
    for name in ("student_id", "tutor_id", "subject", "price", "currency"):
        if data.get(name) is not None and kind != "lesson.deleted":
            lesson[name] = data[name]
    if kind in ("lesson.created", "lesson.updated", "lesson.rescheduled"):
        if data.get("starts_at"):
            lesson["at"] = instant(data["starts_at"])
        lesson["minutes"] = data.get("duration_minutes", lesson["minutes"])
    if kind == "lesson.created":
        lesson["deleted"] = False
    elif kind == "lesson.rescheduled" and lesson["outcome"] in ("cancelled", "rescheduled"):
        lesson["outcome"] = None
    elif kind == "lesson.cancelled":
        lesson["outcome"] = "cancelled"
    elif kind == "lesson.deleted":
        lesson["deleted"] = True
    elif kind == "lesson.attendance_marked":
        lesson |= {"outcome": data["attendance_status"], "marked_at": at}
        lesson["actual"] = data.get("actual_duration_minutes")
        if data.get("student_rating") is not None:
            lesson["rating"] = data["student_rating"]
    elif kind == "lesson.completed":
        lesson |= {"outcome": "attended", "marked_at": at}
        if data.get("rating") is not None:
            lesson["rating"] = data["rating"]
    elif kind == "lesson.reminder_answered":
        lesson |= {"answer": data["answer"], "answered_for": instant(data["starts_at"])}


def _tell_payment(school: School, kind: str, at: datetime, data: Json) -> None:
    if kind in ("payment.balance.deducted", "payment.balance.refunded"):
        key = (data["student_id"], data["lesson_id"])
        sign, name = (1, "lessons_deducted") if kind.endswith("deducted") else (-1, "lessons_refunded")
        school.charges.setdefault(key, []).append(sign * data.get(name, 1))
        if sign == 1:
            school.charged_at.setdefault(key, at)
        return
    if kind not in ("payment.processed", "payment.failed", "payment.refunded"):
        return
    payment = school.payments.setdefault(data["payment_id"], {"currency": "RUB", "refunds": [], **data})
    for name in ("currency", "tutor_id", "method", "subject"):
        if data.get(name):
            payment[name] = data[name]
    amount = Decimal(str(data["amount"]))
    if kind == "payment.processed":
        payment |= {"paid": (at, amount), "student_id": data["student_id"]}
        payment["bought"] = data.get("lessons", payment.get("bought", 0))
    elif kind == "payment.failed":
        payment["failed"] = at
    else:
        payment["refunds"].append((at, amount))


def _tell_homework(school: School, kind: str, at: datetime, data: Json) -> None:
    key = (data["homework_id"], data["student_id"])
    work = school.works.setdefault(key, {"student_id": data["student_id"], "submissions": []})
    for name in ("tutor_id", "subject", "due_at"):
        if data.get(name):
            work[name] = data[name]
    if kind == "homework.assigned":
        work.setdefault("assigned", at)
    elif kind == "homework.overdue":
        work.setdefault("overdue", at)
    elif kind == "homework.submitted":
        handed_in = instant(data["submitted_at"]) if data.get("submitted_at") else at
        work["submissions"].append((handed_in, data.get("due_at")))
    elif kind == "homework.graded":
        percent = Fraction(str(data["score"])) * 100 / Fraction(str(data.get("max_score", 5)))
        work |= {"graded": at, "percent": percent}


def _tell_user(school: School, kind: str, at: datetime, data: Json) -> None:
    if kind == "user.login":
        school.logins.append({"at": at, "user_id": data["user_id"]})
        return
    user = school.users.setdefault(data["user_id"], {"role": None})
    user["role"] = data.get("role") or user["role"]
    if kind == "user.registered":
        user.setdefault("registered", at)
        user.pop("deactivated", None)
    elif kind in ("user.deactivated", "user.deleted"):
        user.setdefault("deactivated", at)


def _tell_material(school: School, kind: str, at: datetime, data: Json) -> None:
    if kind in ("material.accessed", "material.file.downloaded"):
        accessed = int(kind == "material.accessed")
        downloads = int(not accessed or data.get("access_type") == "download")
        use = {"at": at, "material_id": data["material_id"], "user_id": data["user_id"]}
        school.uses.append({**use, "accessed": accessed, "downloads": downloads})
        return
    material = school.materials.setdefault(data["material_id"], {})
    if kind != "material.deleted":
        material |= {n: data[n] for n in ("title", "subject", "tutor_id") if data.get(n) is not None}
    if kind == "material.created":
        material.setdefault("created", at)


TELLERS: dict[str, Callable[[School, str, datetime, Json], None]] = {
    "lesson": _tell_lesson,
    "payment": _tell_payment,
    "homework": _tell_homework,
    "user": _tell_user,
    "material": _tell_material,
}
