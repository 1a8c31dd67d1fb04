"""Everybody a batch may concern, looked up in a few statements however large it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lib.db import answers, notifications, preferences, recipients, waiting
from lib.domain.answers import question
from lib.domain.audience import Recipient
from lib.domain.catalogue import CHANNELS
from lib.domain.decisions import Person
from lib.domain.plans import Plan
from lib.domain.preferences import Preferences
from lib.domain.shapes import instant_text
from lib.domain.timing import NOTHING, Taken
from lib.runtime.settings import Settings

# What a lesson's state adds to an event that only names the lesson.
LESSON_FIELDS = ("student_id", "tutor_id", "subject", "topic", "starts_at", "duration_minutes", "room_url")
NO_CHOICE = Preferences()


@dataclass(frozen=True, slots=True)
class View:
    """The directory, the choices, the lessons and the roles that a batch needs."""

    people: Mapping[str, Recipient]
    choices: Mapping[str, Preferences]
    lessons: Mapping[str, Mapping[str, Any]]
    roles: Mapping[str, tuple[str, ...]]
    zone: ZoneInfo
    taken: dict[tuple[str, str], Taken]
    answered: frozenset[str]

    def person(self, user_id: str) -> Person:
        """Somebody as the decisions see them, known or not."""
        taken = {channel: self.taken.get((user_id, channel), NOTHING) for channel in CHANNELS}
        choices = self.choices.get(user_id, NO_CHOICE)
        return Person(user_id, self.people.get(user_id), choices, self.zone, taken)

    def note(self, plan: Plan) -> None:
        """Count what was just planned for the decisions that follow."""
        for each in plan.deliveries:
            decision, key = each.decision, (each.user_id, each.decision.channel)
            if decision.due_at is None or not self.choices.get(each.user_id, NO_CHOICE).counts:
                continue
            before = self.taken.get(key, NOTHING)
            more = before.and_waiting if decision.is_gathered else before.and_out
            self.taken[key] = more(decision.due_at)

    def settled_for(self, data: Mapping[str, Any]) -> frozenset[str]:
        """Those who need not be asked about this lesson any more: the family, once one of them has answered."""
        if question(data) not in self.answered:
            return frozenset()
        student = str(data.get("student_id"))
        family = self.people[student].parent_ids if student in self.people else ()
        return frozenset((student, *family))

    def lesson_of(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The state of the lesson that the data names, or nothing."""
        return self.lessons.get(str(data.get("lesson_id")), {})

    def completed(self, type_name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data of a message about a lesson, with what its state knows beside.

        The time of a lesson that was moved must come with the event itself: the state may hold the old one.
        """
        lesson = self.lesson_of(data) if type_name.startswith("lesson_") else {}
        known = {name: _plain(lesson[name]) for name in LESSON_FIELDS if lesson.get(name) is not None}
        if type_name == "lesson_rescheduled":
            known.pop("starts_at", None)
        return {**known, **{name: value for name, value in data.items() if value is not None}}


def _plain(value: Any) -> Any:
    return instant_text(value) if hasattr(value, "astimezone") else value


def school_zone(settings: Settings) -> ZoneInfo:
    """The clock of those who named none of their own."""
    return ZoneInfo(settings.school_timezone)


def look_up(conn: Connection, zone: ZoneInfo, datas: Iterable[Mapping[str, Any]]) -> View:
    """Everything that messages about these data may need."""
    datas = list(datas)
    lessons = notifications.lessons_by_ids(conn, (str(d["lesson_id"]) for d in datas if d.get("lesson_id")))
    roles = {
        role: tuple(recipients.ids_of_role(conn, role))
        for role in {str(d["role"]) for d in datas if d.get("role")}
    }
    named = {
        str(d[key])
        for d in (*datas, *lessons.values())
        for key in ("student_id", "tutor_id", "user_id")
        if d.get(key)
    }
    named |= {str(user) for d in datas for user in d.get("user_ids") or ()}
    named |= {user for members in roles.values() for user in members}
    people = recipients.by_ids(conn, named)
    parents = {parent for each in people.values() for parent in each.parent_ids} - set(people)
    people |= recipients.by_ids(conn, parents)
    choices = dict(preferences.by_ids(conn, set(people) | named))
    # Read again once they are locked: somebody may have changed them meanwhile.
    counted = [user_id for user_id, chosen in choices.items() if chosen.counts]
    taken = waiting.taken(conn, counted)
    choices |= preferences.by_ids(conn, counted)
    return View(
        people=people,
        choices=choices,
        lessons=lessons,
        roles=roles,
        zone=zone,
        taken=taken,
        answered=frozenset(answers.given(conn, filter(None, map(question, datas)))),
    )
