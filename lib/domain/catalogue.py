"""Every type of notification: its group, channels, urgency, shelf life, and which event calls for it.

Adding a type is one line here, its wording in `lib/templates/files`, and its variables in
`lib/templates/variables.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

Role = Literal["admin", "tutor", "student", "parent"]

CHANNELS = ("telegram", "email")
PRIORITIES = MappingProxyType({"low": 1, "normal": 4, "high": 6, "urgent": 9})
PRIORITY_NAMES = tuple(PRIORITIES)

# A fact learnt this long after it happened is history, not news: replaying a year of events must message
# nobody.
NEWS_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NotificationType:
    """What the code needs to know of a type.

    `critical` passes quiet hours. `must_arrive`: when the answer of a provider is lost, it is sent once more
    (a copy is better than none); otherwise it is left as `unknown`. `keeps_for` is how long it is worth
    sending. `before_start`: worthless once its lesson has begun. `gathers`: it carries other messages, which
    went through the preferences themselves. `timely`: read in a digest it would have missed its moment.
    """

    name: str
    group: str
    audience: frozenset[str]
    critical: bool = False
    must_arrive: bool = False
    before_start: bool = False
    gathers: bool = False
    timely: bool = False
    channels: tuple[str, ...] = CHANNELS
    priority: str = "normal"
    keeps_for: timedelta = timedelta(days=3)
    news_for: timedelta = NEWS_FOR

    @property
    def folds(self) -> bool:
        """Whether it may wait for a digest and become a part of it."""
        return not (self.critical or self.must_arrive or self.gathers or self.timely)


def _type(name: str, group: str, audience: str, **rest: Any) -> NotificationType:
    return NotificationType(name, group, frozenset(audience.split()), **rest)


_FAMILY = "student parent"
_EVERYONE = "student parent tutor"
_HOURS_12 = timedelta(hours=12)

TYPES: Mapping[str, NotificationType] = MappingProxyType(
    {
        each.name: each
        for each in (
            _type(
                "lesson_reminder",
                "lessons",
                _EVERYONE,
                must_arrive=True,
                before_start=True,
                priority="high",
                keeps_for=_HOURS_12,
            ),
            _type("lesson_created", "lessons", _EVERYONE, before_start=True),
            _type(
                "lesson_rescheduled",
                "lessons",
                _EVERYONE,
                must_arrive=True,
                before_start=True,
                priority="high",
            ),
            _type(
                "lesson_cancelled", "lessons", _EVERYONE, critical=True, must_arrive=True, priority="urgent"
            ),
            _type("lesson_completed", "lessons", _FAMILY, priority="low"),
            _type("lesson_answered", "lessons", "tutor", timely=True, priority="high"),
            _type("homework_assigned", "homework", _FAMILY),
            _type("homework_submitted", "homework", "tutor"),
            _type("homework_graded", "homework", _FAMILY),
            _type("homework_overdue", "homework", _FAMILY),
            _type("payment_processed", "payments", _FAMILY),
            _type("payment_failed", "payments", _FAMILY, must_arrive=True, priority="high"),
            _type("payment_refunded", "payments", _FAMILY),
            _type("balance_low", "payments", _FAMILY),
            _type("material_shared", "materials", "student", priority="low"),
            _type("welcome_message", "account", "self", timely=True),
            _type("weekly_digest", "digests", "self", priority="low", timely=True),
            _type("digest", "digests", "self", gathers=True),
            _type("report_ready", "reports", "self", timely=True),
            _type("system_notification", "system", "named"),
            _type("custom", "system", "named"),
        )
    }
)

GROUPS = tuple(dict.fromkeys(each.group for each in TYPES.values()))

_BY_EVENT: Mapping[str, str] = MappingProxyType(
    {
        "lesson.created": "lesson_created",
        "lesson.rescheduled": "lesson_rescheduled",
        "lesson.cancelled": "lesson_cancelled",
        "lesson.completed": "lesson_completed",
        "lesson.reminder_needed": "lesson_reminder",
        "lesson.reminder_answered": "lesson_answered",
        "homework.assigned": "homework_assigned",
        "homework.submitted": "homework_submitted",
        "homework.graded": "homework_graded",
        "homework.overdue": "homework_overdue",
        "payment.processed": "payment_processed",
        "payment.failed": "payment_failed",
        "payment.refunded": "payment_refunded",
        "balance.low": "balance_low",
        "material.shared": "material_shared",
        "user.registered": "welcome_message",
        "system.notification": "system_notification",
    }
)


def of_event(event_type: str, data: Mapping[str, Any]) -> NotificationType | None:
    """The notification that an event of this canonical type calls for, if any.

    Attendance is a message only when the lesson took place: it says the same as `lesson.completed`.
    """
    if event_type == "lesson.attendance_marked" and data.get("attendance_status") == "attended":
        return TYPES["lesson_completed"]
    name = _BY_EVENT.get(event_type)
    return TYPES[name] if name else None


def ends_reminders(event_type: str) -> bool:
    """Whether reminders planned before this event would now tell the wrong time, or of no lesson at all."""
    return event_type in {"lesson.cancelled", "lesson.rescheduled", "lesson.deleted"}
