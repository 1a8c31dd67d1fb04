"""What /metrics tells an operator at night: how long things wait, whether the school is awake, what is away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, create_engine, text

from lib.domain import school_hours
from lib.domain.alerts import IN_USE
from lib.runtime.settings import Settings
from tests.integration.runtime.served import Served

Samples = dict[tuple[str, str], float]
MOSCOW = "Europe/Moscow"
# A Monday, 13:00 in Moscow.
NOON = datetime(2026, 11, 23, 10, tzinfo=UTC)
QUEUES = ("analytics.events", "notifications.email", "notifications.events", "outbox", "reports.requested")
DELIVERY = text(
    "WITH n AS (INSERT INTO notifications (id, type, priority, data, critical) "
    "VALUES (gen_random_uuid(), 'custom', 'normal', '{}', false) RETURNING id) "
    "INSERT INTO deliveries (id, notification_id, user_id, channel, state, reason, due_at) "
    "SELECT gen_random_uuid(), n.id, 'u', 'email', :state, :reason, now() - make_interval(secs => :seconds) FROM n"
)
REPORT = text(
    "INSERT INTO reports (id, type, format, parameters, locale, requested_by, updated_at) "
    "VALUES (gen_random_uuid(), 'lesson', 'pdf', '{}', 'ru', 'admin:a', now() - interval '40 seconds')"
)
MESSAGE = text(
    "INSERT INTO queue_messages (queue, content_type, body, due_at, lease_until) VALUES (:queue, 'text/plain', '', "
    "now() - interval '50 seconds', now() + make_interval(secs => :lease))"
)
OUTGOING = text(
    "INSERT INTO outbox (exchange, routing_key, message_id, content_type, body, due_at) "
    "VALUES ('', 'q', 'm', 'text/plain', '', now() - interval '30 seconds')"
)


@pytest.fixture
def served(database_url: str) -> Iterator[Served]:
    with Served(Settings(environment="test", database_url=database_url), "serve_console") as served:
        yield served


@pytest.fixture
def db(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


def told(served: Served) -> Samples:
    """(name, value of its only label) → value."""
    page = served["serve_console"].get("/metrics", headers={"X-Service": "notification"}).text
    families = text_string_to_metric_families(page)
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in families
        for sample in family.samples
        if len(sample.labels) <= 1
    }


def oldest(served: Served) -> dict[str, int]:
    samples = told(served)
    return {queue: 10 * round(samples["notification_queue_oldest_seconds", queue] / 10) for queue in QUEUES}


def test_an_empty_queue_is_told_of_with_nothing_in_it(served: Served) -> None:
    samples = told(served)
    assert oldest(served) == dict.fromkeys(QUEUES, 0)
    assert samples["notification_queue_size", "analytics.events"] == 0
    assert samples["notification_dead_letters", "notifications.email"] == 0


def test_the_oldest_of_each_queue_is_what_is_due_and_nobody_has_taken(served: Served, db: Engine) -> None:
    with db.begin() as conn:
        for seconds in (20, 90):
            conn.execute(DELIVERY, {"state": "queued", "reason": None, "seconds": seconds})
        conn.execute(DELIVERY, {"state": "held", "reason": "quiet_hours", "seconds": 120})
        conn.execute(REPORT)
        conn.execute(OUTGOING)
        conn.execute(MESSAGE, {"queue": "analytics.events", "lease": -1})
    assert oldest(served) == {
        "analytics.events": 50,
        "notifications.email": 90,
        "notifications.events": 120,
        "outbox": 30,
        "reports.requested": 40,
    }


@pytest.mark.parametrize("state", ["sent", "failed", "unknown", "cancelled", "sending"])
def test_what_is_over_or_in_somebodys_hands_does_not_wait(served: Served, db: Engine, state: str) -> None:
    with db.begin() as conn:
        conn.execute(DELIVERY, {"state": state, "reason": None, "seconds": 900})
        conn.execute(DELIVERY, {"state": "queued", "reason": None, "seconds": -900})
        conn.execute(MESSAGE, {"queue": "analytics.events", "lease": 60})
    assert set(oldest(served).values()) == {0}


def test_every_final_state_is_there_before_its_first_message(served: Served) -> None:
    page = served["serve_console"].get("/metrics", headers={"X-Service": "notification"}).text
    assert 'notifications_total{channel="telegram",status="failed",type="lesson_reminder"} 0.0' in page


def test_a_schedule_that_never_rang_gets_older(served: Served, db: Engine) -> None:
    assert told(served)["schedule_age_seconds", ""] > 0
    with db.begin() as conn:
        conn.execute(
            text("INSERT INTO schedule_runs (schedule, slot) VALUES ('tick', now() - interval '300 s')")
        )
    assert round(told(served)["schedule_age_seconds", ""], -1) == 300


def test_an_open_alert_is_counted_under_its_kind_and_the_others_are_0(served: Served, db: Engine) -> None:
    with db.begin() as conn:
        conn.execute(
            text("INSERT INTO alerts (kind, subject, since, detail) VALUES ('balance_low', 's', now(), '{}')")
        )
    samples = told(served)
    assert (samples["alerts_open", "balance_low"], samples["alerts_open", "no_events"]) == (1, 0)


def test_what_is_configured_is_up_or_down_and_what_is_not_is_not_told_of(database_url: str) -> None:
    away = Settings(environment="test", database_url=database_url, email_host="127.0.0.1", email_port=1)
    with Served(away, "serve_console") as served:
        samples = told(served)
    assert samples["dependency_up", "database"] == 1
    assert samples["dependency_up", "smtp"] == 0
    assert ("dependency_up", "telegram") not in samples


@pytest.mark.parametrize(
    ("hour", "minute", "open_"),
    [(4, 59, False), (5, 0, True), (18, 59, True), (19, 0, False), (23, 0, False)],
)
def test_school_hours_are_the_schools(hour: int, minute: int, open_: bool) -> None:
    at = NOON.replace(hour=hour, minute=minute)
    assert school_hours.is_open(at, MOSCOW) is open_


@pytest.mark.parametrize(
    ("last", "now", "seconds"),
    [
        (NOON - timedelta(minutes=40), NOON, 40 * 60),
        (NOON - timedelta(hours=12), NOON, 5 * 3600),
        (NOON - timedelta(hours=1), NOON.replace(hour=20), 0),
        (NOON + timedelta(seconds=3), NOON, 0),
        (NOON - IN_USE - timedelta(seconds=1), NOON, 0),
        (None, NOON, 0),
    ],
    ids=["today", "since the opening", "at night", "by a clock ahead", "out of use", "empty"],
)
def test_silence_counts_the_hours_of_today_alone(last: datetime | None, now: datetime, seconds: int) -> None:
    assert school_hours.silence(last, now, MOSCOW) == timedelta(seconds=seconds)


def test_the_page_tells_whether_the_school_is_awake(served: Served) -> None:
    client = served["serve_console"]
    client.clock = NOON
    assert told(served)["school_hours", ""] == 1
    client.clock = NOON.replace(hour=22)
    assert told(served)["school_hours", ""] == 0
