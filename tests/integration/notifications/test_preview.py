"""The preview of a change of preferences says what happens when the change is made and the month is replayed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.notifications.calendar import Calendar

Json = dict[str, Any]
Told = dict[tuple[str, str], tuple[str, datetime | None]]
START = datetime.fromisoformat("2026-09-14T09:00:00+00:00")
DAYS = 28
WISHES = st.fixed_dictionaries(
    {},
    optional={
        "quiet_hours": st.sampled_from(
            [
                {"start": "22:00", "end": "08:00"},
                {"start": "12:30", "end": "15:00"},
                {"start": "00:00", "end": "06:00"},
            ]
        ),
        "digest": st.sampled_from(["off", "daily", "weekly"]),
        "min_interval_minutes": st.sampled_from([10, 90, 600]),
        "weekly_cap": st.sampled_from([1, 3, 8]),
        "groups": st.sampled_from([{"homework": {"email": False}}, {"digests": {"email": False}}]),
        "types": st.just({"lesson_created": {"email": False}}),
        "reminder_minutes": st.sampled_from([None, 60, 15, 5]),
        "timezone": st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata"]),
    },
)
# (minutes since the one before, what)
HAPPENINGS = st.lists(
    st.tuples(
        st.integers(1, 60 * 40),
        st.sampled_from(["graded", "assigned", "lesson", "moved", "off", "asked", "urgent", "later", "off"]),
    ),
    min_size=3,
    max_size=16,
)
EMPTY = (
    "DELETE FROM timeline; DELETE FROM answers; DELETE FROM outbox; DELETE FROM inbox; DELETE FROM preferences; "
    "DELETE FROM schedule_runs; DELETE FROM deliveries; DELETE FROM notifications; DELETE FROM lessons"
)


class Month:
    """One month of a student's life, lived as often as somebody asks, with the wishes they had then."""

    def __init__(self, calendar: Calendar, happenings: list[tuple[int, str]], serial: int) -> None:
        self.calendar, self.happenings, self.serial = calendar, happenings, serial

    def live(self, wishes: Json, life: int) -> Told:
        """Everything happens, and everything due is done; what became of each thing told."""
        calendar = self.calendar
        calendar.set(START)
        calendar.sql_script(EMPTY)
        calendar.ok("PATCH", "/api/v1/preferences/sasha", wishes)
        lessons: list[tuple[str, datetime]] = []
        for number, (gap, what) in enumerate(self.happenings):
            at = calendar.at + timedelta(minutes=gap)
            if at > START + timedelta(days=DAYS):
                break
            self._until(at, lessons)
            self._happen(what, f"{self.serial}-{life}-{number}", lessons)
        self._until(START + timedelta(days=DAYS, hours=30), lessons)
        return self._told()

    def _until(self, at: datetime, lessons: list[tuple[str, datetime]]) -> None:
        """The cron rings shortly before anything that may be a reminder's time, and the bridge does the rest."""
        leads = (60, 30, 15, 5)
        rings = [begins - timedelta(minutes=lead, seconds=100) for _, begins in lessons for lead in leads]
        self.calendar.go(at, tick_at=tuple(rings))

    def _happen(self, what: str, name: str, lessons: list[tuple[str, datetime]]) -> None:
        at = self.calendar.at
        match what:
            case "graded" | "assigned":
                self._event(f"homework.{what}", name, {"homework_id": f"h-{name}", "score": "4"})
            case "lesson":
                begins = at + timedelta(hours=7, minutes=13)
                lessons.append((f"l-{name}", begins))
                self._lesson("lesson.created", name, f"l-{name}", begins)
            case "moved" if lessons and lessons[-1][1] > at + timedelta(hours=2):
                lesson_id, begins = lessons[-1]
                lessons[-1] = (lesson_id, begins + timedelta(hours=9))
                self._lesson("lesson.rescheduled", name, lesson_id, lessons[-1][1])
            case "off" if lessons:
                self._lesson("lesson.cancelled", name, lessons[-1][0], None)
            case "asked" | "urgent" | "later":
                body: Json = {
                    "type": "custom",
                    "user_id": "sasha",
                    "channels": ["email"],
                    "data": {"message": name},
                }
                body |= {"priority": "urgent"} if what == "urgent" else {}
                body |= {"send_at": (at + timedelta(hours=5)).isoformat()} if what == "later" else {}
                self.calendar.ok("POST", "/api/v1/notifications", body)

    def _lesson(self, kind: str, name: str, lesson_id: str, begins: datetime | None) -> None:
        data: Json = {"lesson_id": lesson_id, "tutor_id": "olga"}
        self._event(kind, name, data | ({"starts_at": begins.isoformat()} if begins else {}))

    def _event(self, kind: str, name: str, data: Json) -> None:
        at = self.calendar.at.isoformat()
        self.calendar.learn(
            {
                "specversion": "1.0",
                "id": f"e-{name}",
                "source": "test",
                "type": kind,
                "time": at,
                "data": {"student_id": "sasha", "subject": "Физика", **data},
            }
        )

    def _told(self) -> Told:
        """By what it is and the channel: whether it went out, and when."""
        rows = self.calendar.sql(
            "SELECT n.type, n.data, coalesce(n.event_id, n.data ->> 'message') AS name, d.channel, d.state, "
            "CASE WHEN d.state IN ('sent', 'digested') THEN d.finished_at END AS at "
            "FROM deliveries d JOIN notifications n ON n.id = d.notification_id "
            "WHERE n.type <> 'digest' AND d.user_id = 'sasha' AND d.channel = 'email'"
        )
        return {
            (_name(row["type"], row["data"], row["name"]), row["channel"]): (row["state"], row["at"])
            for row in rows
        }


def _name(kind: str, data: Json, name: str) -> str:
    """The same for the same thing in every life: the life's number is left out."""
    if kind == "lesson_reminder":
        return f"reminder {data['lesson_id'].split('-')[-1]} {_same_form(data['starts_at'])}"
    return name.split("-")[-1]


def _previewed(calendar: Calendar, wishes: Json) -> tuple[Told, Told]:
    """What the preview says of both lives, named in the same way."""
    answer = calendar.ok(
        "POST", "/api/v1/preferences/sasha/preview", wishes, query_string={"details": "true"}
    )
    names = {
        row["id"]: row["name"]
        for row in calendar.sql(
            "SELECT id::text, coalesce(event_id, data ->> 'message') AS name FROM notifications WHERE type <> 'digest'"
        )
    }
    lives: tuple[Told, Told] = ({}, {})
    for item in answer["outcomes"]:
        identity = item["notification"]
        if identity in names:
            name = names[identity].split("-")[-1]
        else:
            _, lesson_id, starts_at = identity.split("/")
            name = f"reminder {lesson_id.split('-')[-1]} {_same_form(starts_at)}"
        for life, side in zip(lives, ("before", "after"), strict=True):
            if item["channel"] == "email" and item[side]:
                at = item[side]["at"]
                life[name, "email"] = (item[side]["status"], datetime.fromisoformat(at) if at else None)
    return lives


def _same_form(instant: str) -> str:
    return datetime.fromisoformat(instant).isoformat()


def _gone_out(told: Told) -> dict[tuple[str, str], tuple[str, datetime | None]]:
    return {key: value for key, value in told.items() if value[0] in ("sent", "digested")}


# Sixty months are lived twice: a minute on two quiet cores.
@pytest.mark.timeout(900)
def test_the_preview_is_what_a_replay_of_the_month_gives(calendar: Calendar) -> None:
    calendar.person("sasha", timezone="Europe/Moscow")
    lived = iter(range(1_000_000))

    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(happenings=HAPPENINGS, before=WISHES, change=WISHES)
    def compare(happenings: list[tuple[int, str]], before: Json, change: Json) -> None:
        month = Month(calendar, happenings, next(lived))
        first = month.live(before, 1)
        calendar.set(START + timedelta(days=30))
        was, will = _previewed(calendar, change)
        assert _gone_out(was) == _gone_out(first)
        changed = calendar.ok("PATCH", "/api/v1/preferences/sasha", change)
        after = {key: value for key, value in changed.items() if key != "user_id"}
        assert _gone_out(will) == _gone_out(month.live(after, 2))

    compare()
