"""The log in months: appended to, never changed, found again whichever month an event arrived in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from lib.db import event_log
from lib.db.engine import connect
from lib.domain.events import Event

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def db(clocked_url: str) -> Iterator[Engine]:
    """A database whose time the test sets."""
    engine = connect(clocked_url)
    yield engine
    engine.dispose()


def at(db: Engine, moment: datetime, *events: Event) -> None:
    """Append at a moment."""
    with db.begin() as conn:
        conn.execute(text("DELETE FROM test_clock"))
        conn.execute(text("INSERT INTO test_clock (at) VALUES (:at)"), {"at": moment})
        conn.execute(text("SELECT make_event_months(2)"))
        event_log.append(conn, events)


def lesson(kind: str, number: int, **data: str) -> Event:
    return Event("test", f"{kind}/{number}", f"lesson.{kind}", NOON, {"lesson_id": "L", **data})


def months(conn: Connection) -> list[str]:
    return list(
        conn.execute(
            text("SELECT DISTINCT CAST(tableoid AS regclass)::text FROM events ORDER BY 1")
        ).scalars()
    )


def test_events_lie_in_the_month_they_arrived_in_and_a_story_is_found_over_all_of_them(db: Engine) -> None:
    who = {"student_id": "s", "tutor_id": "t", "starts_at": "2030-01-10T10:00:00Z"}
    at(db, datetime(2030, 1, 5, tzinfo=UTC), lesson("created", 1, **who))
    at(db, datetime(2030, 2, 5, tzinfo=UTC), lesson("updated", 2, subject="Физика"))
    at(db, datetime(2030, 3, 5, tzinfo=UTC), lesson("cancelled", 3))
    with db.connect() as conn:
        assert months(conn) == ["events_2030_01", "events_2030_02", "events_2030_03"]
        assert len(event_log.stories(conn, ["lesson:L"])["lesson:L"]) == 3
        row = conn.execute(text("SELECT subject, outcome FROM lessons")).one()
        assert tuple(row) == ("Физика", "cancelled")
        assert event_log.head(conn)[0] == 3


def test_a_month_nobody_made_is_caught_and_can_still_be_made_before_its_time(db: Engine) -> None:
    far = datetime(2040, 5, 5, tzinfo=UTC)
    with db.begin() as conn:
        conn.execute(text("INSERT INTO test_clock (at) VALUES (:at)"), {"at": far})
        event_log.append(conn, [lesson("cancelled", 1)])
        assert months(conn) == ["events_default"]
    at(db, far + timedelta(days=1), lesson("cancelled", 2))
    at(db, far + timedelta(days=40), lesson("cancelled", 3))
    with db.connect() as conn:
        assert months(conn) == ["events_2040_06", "events_default"]


def test_an_event_counts_once_over_all_months_whoever_writes_it(db: Engine) -> None:
    at(db, datetime(2030, 1, 5, tzinfo=UTC), lesson("cancelled", 1))
    at(db, datetime(2030, 2, 5, tzinfo=UTC), lesson("cancelled", 1))
    with db.connect() as conn:
        assert event_log.head(conn)[0] == 1
    again = text(
        "INSERT INTO events (position, source, id, type, occurred_at, data) "
        "VALUES (2, 'test', 'cancelled/1', 'lesson.cancelled', now(), '{}')"
    )
    with pytest.raises(IntegrityError), db.begin() as conn:
        conn.execute(again)


@pytest.mark.parametrize("change", ["UPDATE events SET type = 'x'", "DELETE FROM events"])
def test_what_is_written_stays_as_it_is(db: Engine, change: str) -> None:
    at(db, datetime(2030, 1, 5, tzinfo=UTC), lesson("cancelled", 1))
    with pytest.raises(DatabaseError, match="append-only"), db.begin() as conn:
        conn.execute(text(change))
