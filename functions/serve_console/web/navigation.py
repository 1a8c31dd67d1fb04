"""Where one can go from any page, by role."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.serve_console.web.visitor import Visitor

EVERYBODY = ("admin", "tutor", "parent", "student")
STAFF = ("admin", "tutor")
FAMILY = ("parent", "student")


@dataclass(frozen=True, slots=True)
class Entry:
    """`here` is what a page calls itself; `words` are the languages' names of it."""

    here: str
    path: str
    words: dict[str, str]
    roles: Sequence[str] = EVERYBODY


ENTRIES = {
    "notification": (
        Entry("log", "/", {"ru": "Журнал", "en": "Log"}),
        Entry("explain", "/console/explain", {"ru": "Почему?", "en": "Why?"}),
        Entry("simulate", "/console/simulate", {"ru": "Проба", "en": "Simulate"}, ("admin",)),
        Entry("broadcasts", "/console/broadcasts", {"ru": "Рассылки", "en": "Broadcasts"}, ("admin",)),
        Entry("templates", "/console/templates", {"ru": "Шаблоны", "en": "Templates"}, ("admin",)),
        Entry("preferences", "/console/preferences", {"ru": "Настройки", "en": "Preferences"}),
        Entry("people", "/console/people", {"ru": "Люди", "en": "People"}, ("admin",)),
        Entry(
            "dead-letters", "/console/dead-letters", {"ru": "Отложенные", "en": "Dead letters"}, ("admin",)
        ),
    ),
    "analytics": (
        Entry("home", "/", {"ru": "Сводка", "en": "Overview"}),
        Entry("lessons", "/pages/lessons", {"ru": "Уроки", "en": "Lessons"}),
        Entry("money", "/pages/money", {"ru": "Деньги", "en": "Money"}, STAFF),
        Entry("money", "/pages/money", {"ru": "Оплата", "en": "Payments"}, FAMILY),
        Entry("leaks", "/pages/leaks", {"ru": "Потери", "en": "Leaks"}, STAFF),
        Entry("homework", "/pages/homework", {"ru": "Домашние задания", "en": "Homework"}),
        Entry("subjects", "/pages/subjects", {"ru": "Предметы", "en": "Subjects"}),
        Entry("tutors", "/pages/tutors", {"ru": "Преподаватели", "en": "Tutors"}, ("admin",)),
        Entry("users", "/pages/users", {"ru": "Люди", "en": "People"}, STAFF),
        Entry("materials", "/pages/materials", {"ru": "Материалы", "en": "Materials"}),
        Entry("reports", "/pages/reports", {"ru": "Отчёты", "en": "Reports"}),
    ),
}


def entries(service: str, visitor: Visitor) -> Sequence[Entry]:
    """What this visitor may open here, in order; nothing before signing in."""
    return [entry for entry in ENTRIES.get(service, ()) if visitor.principal.role in entry.roles]
