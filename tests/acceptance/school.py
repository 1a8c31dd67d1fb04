"""One family and its tutor, as the platform would announce them."""

from datetime import UTC, datetime, timedelta
from typing import Any

CHATS = {"s-1": 701, "p-1": 702, "p-2": 703, "t-1": 704}


def now() -> datetime:
    return datetime.now(UTC)


def event(kind: str, event_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """A CloudEvent of this moment."""
    body = {"specversion": "1.0", "id": event_id, "source": "test/school", "type": kind}
    return {**body, "time": now().isoformat(), "data": data}


def registrations() -> list[dict[str, Any]]:
    """A student, two parents and a tutor, long since registered: nobody is welcomed again."""
    people = [
        ("s-1", "student", {"parent_ids": ["p-1", "p-2"]}),
        ("p-1", "parent", {"child_ids": ["s-1"]}),
        ("p-2", "parent", {"child_ids": ["s-1"]}),
        ("t-1", "tutor", {}),
    ]
    return [_registered(user, role, family) for user, role, family in people]


def _registered(user: str, role: str, family: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "user_id": user,
        "role": role,
        "name": user,
        "email": f"{user}@family.example",
        "locale": "ru",
    }
    data |= {"telegram_chat_id": CHATS[user], **family}
    return {**event("user.registered", f"reg-{user}", data), "time": (now() - timedelta(days=30)).isoformat()}


def lesson_created(lesson: str, event_id: str | None = None) -> dict[str, Any]:
    """A lesson in three days' time."""
    data = {"lesson_id": lesson, "student_id": "s-1", "tutor_id": "t-1", "subject": "Математика"}
    data |= {"starts_at": (now() + timedelta(days=3)).isoformat(), "topic": f"Тема {lesson}"}
    return event("lesson.created", event_id or f"created-{lesson}", data)
