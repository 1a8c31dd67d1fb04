"""What has become of the lesson that a message speaks of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.dispatch_notifications.audience import View
from lib.domain.catalogue import NotificationType
from lib.domain.plans import Circumstances

REMINDER = "lesson_reminder"


def around(view: View, kind: NotificationType, data: Mapping[str, Any]) -> Circumstances:
    """The lesson as it stands by now."""
    return Circumstances(
        starts_at=_starts_at(kind, data),
        called_off=_is_called_off(view, data),
        moved=_has_moved(view, kind, data),
        settled_for=view.settled_for(data) if kind.name == REMINDER else frozenset(),
    )


def _starts_at(kind: NotificationType, data: Mapping[str, Any]) -> datetime | None:
    """When the lesson begins, for types that are worthless after that."""
    value = data.get("starts_at") if kind.before_start else None
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _is_called_off(view: View, data: Mapping[str, Any]) -> bool:
    """Whether the lesson has been cancelled or deleted by now."""
    lesson = view.lesson_of(data)
    return bool(lesson) and (lesson["outcome"] == "cancelled" or bool(lesson["deleted"]))


def _has_moved(view: View, kind: NotificationType, data: Mapping[str, Any]) -> bool:
    """Whether a reminder speaks of a time that is no longer its lesson's: it may have waited for its second."""
    begins = view.lesson_of(data).get("starts_at")
    said = _starts_at(kind, data)
    return kind.name == REMINDER and begins is not None and said is not None and said != begins
