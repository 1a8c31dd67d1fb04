"""Instants as the database writes them are those of Python's zone data, in every zone."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from sqlalchemy import Engine, create_engine

from functions.export_data.zones import clock_of

SECOND = timedelta(seconds=1)


@pytest.fixture
def database(postgres_url: str) -> Engine:
    """Only asked to compute."""
    return create_engine(postgres_url)


def written(database: Engine, sql: str, instants: list[datetime]) -> list[str]:
    given = "unnest(%(v)s::timestamptz[]) WITH ORDINALITY AS t(x, n)"
    with database.connect() as conn:
        found = conn.exec_driver_sql(f"SELECT {sql} FROM {given} ORDER BY n", {"v": instants})  # noqa: S608 - ours
        return list(found.scalars())


def same(database: Engine, tz: str, instants: list[datetime]) -> None:
    clock = clock_of(tz, min(instants), max(instants))
    texts = [datetime.fromisoformat(each) for each in written(database, clock.text("x"), instants)]
    local = [each.astimezone(ZoneInfo(tz)) for each in instants]
    assert [each.isoformat() for each in texts] == [each.isoformat() for each in local], tz


def test_every_zone_there_is_over_sixty_years(database: Engine) -> None:
    seeded = random.Random(7)
    start = datetime(1975, 1, 1, tzinfo=UTC)
    for tz in sorted(available_timezones()):
        instants = [start + timedelta(seconds=seeded.randrange(60 * 366 * 86400)) for _ in range(40)]
        same(database, tz, instants)


@pytest.mark.parametrize(
    "tz",
    [
        "Europe/Moscow",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Pacific/Apia",
        "Asia/Almaty",
    ],
)
def test_to_the_second_around_every_change(database: Engine, tz: str) -> None:
    first, last = datetime(2005, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
    changes = [at for at, _ in clock_of(tz, first, last).changes]
    around = [
        at + each for at in changes for each in (-SECOND, timedelta(), SECOND, timedelta(microseconds=-1))
    ]
    same(database, tz, [first, *around, last])


def test_the_ends_of_time_stay_what_rfc_3339_can_say(database: Engine) -> None:
    ends = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC, microsecond=0)]
    for tz in ("Asia/Tokyo", "America/Los_Angeles"):
        clock = clock_of(tz, *ends)
        assert written(database, clock.text("x"), ends) == [
            "0001-01-01T00:00:00+00:00",
            "9999-12-31T23:59:59+00:00",
        ]


def test_nothing_dated_needs_no_clock(database: Engine) -> None:
    assert clock_of("America/New_York", None, None).changes == ()
