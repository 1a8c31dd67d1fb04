"""The variables of each type, their kinds, and the sample data that previews show.

Every variable may be absent but `message` and `items`: a lesson without a topic must still read well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["text", "instant", "number", "url", "messages"]


@dataclass(frozen=True, slots=True)
class Variable:
    """`aliases` are other names that callers use for the same thing."""

    name: str
    kind: Kind = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()


def _all(kind: Kind, names: str) -> tuple[Variable, ...]:
    return tuple(Variable(name, kind) for name in names.split())


_PEOPLE = _all("text", "student_name tutor_name")
_LESSON = (
    *_all("text", "subject topic reason"),
    Variable("starts_at", "instant", aliases=("date", "new_date")),
    Variable("old_starts_at", "instant", aliases=("old_date",)),
    *_all("number", "duration_minutes actual_duration_minutes"),
    Variable("room_url", "url"),
    *_PEOPLE,
)
_HOMEWORK = (
    *_all("text", "subject description feedback"),
    *_all("instant", "due_at submitted_at"),
    *_all("number", "attempt_number days_overdue score max_score"),
    *_PEOPLE,
)
_PAYMENT = (
    *_all("number", "amount lessons"),
    *_all("text", "currency payment_id reason student_name"),
)
_MESSAGE = (
    Variable("title", aliases=("subject",)),
    Variable("message", required=True, aliases=("text", "body")),
    Variable("url", "url"),
)

_DIGEST = (Variable("items", "messages", required=True), Variable("why"))

_FAMILIES: Mapping[str, tuple[Variable, ...]] = {
    "lesson": _LESSON,
    "homework": _HOMEWORK,
    "payment": _PAYMENT,
}

_OWN: Mapping[str, tuple[Variable, ...]] = {
    "balance_low": (Variable("balance", "number"), Variable("student_name")),
    "material_shared": (*_all("text", "title subject grade tutor_name"), Variable("url", "url")),
    "welcome_message": (),
    "lesson_answered": (*_LESSON, *_all("text", "answer answered_by_name")),
    "digest": _DIGEST,
    "weekly_digest": (
        *_all("text", "student_name filename"),
        *_all("instant", "week_start next_lesson_at until"),
        Variable("url", "url"),
        *_all("number", "lessons_held homework_submitted average_percent"),
    ),
    "report_ready": (
        *_all("text", "title period filename student_name"),
        Variable("url", "url"),
        Variable("until", "instant"),
    ),
    "system_notification": _MESSAGE,
    "custom": _MESSAGE,
}


def of_type(name: str) -> tuple[Variable, ...]:
    """The variables a type's templates may use."""
    own = _OWN.get(name)
    return _FAMILIES[name.partition("_")[0]] if own is None else own


def texts_of(name: str) -> tuple[str, ...]:
    """The names of those that are free text, which may be cut when there is no room."""
    return tuple(each.name for each in of_type(name) if each.kind == "text")


_RU: Mapping[str, Any] = MappingProxyType(
    {
        "subject": "Математика",
        "topic": "Квадратные уравнения",
        "reason": "преподаватель заболел",
        "student_name": "Мария",
        "tutor_name": "Анна Сергеевна",
        "description": "Задачи 12–18 на странице 45",
        "feedback": "Хорошо, но проверьте знаки в третьей задаче.",
        "title": "Формулы сокращённого умножения",
        "period": "1–30 ноября",
        "message": "В субботу занятий не будет: у школы выходной.",
        "answered_by_name": "Ольга",
    }
)
_EN: Mapping[str, Any] = MappingProxyType(
    {
        "subject": "Maths",
        "topic": "Quadratic equations",
        "reason": "the tutor is ill",
        "student_name": "Maria",
        "tutor_name": "Anna",
        "description": "Exercises 12 to 18 on page 45",
        "feedback": "Good work, but check the signs in the third one.",
        "title": "Binomial formulas",
        "period": "1–30 November",
        "message": "There are no lessons on Saturday: the school is closed.",
        "answered_by_name": "Olga",
    }
)
_BOTH: Mapping[str, Any] = MappingProxyType(
    {
        "starts_at": "2026-11-25T14:00:00Z",
        "old_starts_at": "2026-11-24T15:30:00Z",
        "due_at": "2026-11-27T15:00:00Z",
        "submitted_at": "2026-11-26T16:20:00Z",
        "week_start": "2026-11-16T06:00:00Z",
        "next_lesson_at": "2026-11-25T14:00:00Z",
        "duration_minutes": 60,
        "actual_duration_minutes": 55,
        "attempt_number": 2,
        "days_overdue": 3,
        "score": "4",
        "max_score": "5",
        "amount": "1500",
        "currency": "RUB",
        "lessons": 4,
        "payment_id": "p-1042",
        "balance": 1,
        "grade": "8",
        "lessons_held": 3,
        "homework_submitted": 2,
        "average_percent": "84",
        "room_url": "https://example.com/room/42",
        "url": "https://example.com/files/42",
        "until": "2026-12-02T14:00:00Z",
        "answer": "reschedule",
        "why": "quiet_hours",
    }
)


# Where the common sample would read oddly.
_SPECIAL: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "payment_processed": {"ru": {"reason": None}, "en": {"reason": None}},
    "payment_failed": {"ru": {"reason": "не хватает средств на карте"}, "en": {"reason": "not enough money"}},
    "payment_refunded": {
        "ru": {"reason": "занятие отменил преподаватель"},
        "en": {"reason": "the tutor cancelled the lesson"},
    },
    # Either a file comes with it, or there is a link to it.
    "weekly_digest": {
        "ru": {"url": None, "filename": "student-2026-11-23_2026-11-29.pdf"},
        "en": {"url": None, "filename": "student-2026-11-23_2026-11-29.pdf"},
    },
    "report_ready": {
        "ru": {"title": "Занятия за ноябрь", "filename": None},
        "en": {"title": "Lessons in November", "filename": None},
    },
    "system_notification": {"ru": {"title": "Выходной в субботу"}, "en": {"title": "Closed on Saturday"}},
    "custom": {"ru": {"title": "Выходной в субботу"}, "en": {"title": "Closed on Saturday"}},
}


def sample(name: str, locale: str) -> dict[str, Any]:
    """Data that a preview of this type can be made of, in the reader's language."""
    special = _SPECIAL.get(name, {}).get(locale, {})
    values = {**_BOTH, **(_EN if locale == "en" else _RU), **special}
    if name == "digest":
        values["items"] = [{"type": each, "data": sample(each, locale)} for each in _DIGESTED]
    return {each.name: values[each.name] for each in of_type(name)}


_DIGESTED = ("lesson_reminder", "homework_graded", "payment_processed")


def barest(name: str, locale: str) -> dict[str, Any]:
    """The least that a message of this type can be made of."""
    required = {each.name for each in of_type(name) if each.required}
    return {key: value for key, value in sample(name, locale).items() if key in required}
