"""When a message goes out: quiet hours, digests, intervals and caps, through midnights and clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.audience import Recipient
from lib.domain.catalogue import TYPES
from lib.domain.decisions import Person, Request, decide
from lib.domain.preferences import Preferences, digest_due, latest, week_of
from lib.domain.timing import NOTHING, Slot, Taken, Wait, slot

MOSCOW, LONDON = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/London")
NEW_YORK, KOLKATA = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
ZONES = (MOSCOW, LONDON, NEW_YORK, KOLKATA)
NOON = datetime(2026, 9, 14, 9, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Days around which clocks change in London and New York, and an ordinary one.
EDGES = (date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(2026, 9, 14))


def wishes(**chosen: object) -> Preferences:
    return Preferences.model_validate(chosen)


def wait(at: datetime = NOON, *, taken: Taken = NOTHING, folds: bool = True, **rest: object) -> Wait:
    made = {"end": at + timedelta(days=3), "lasting_end": None, **rest}
    return Wait(at, folds=folds, taken=taken, **made)  # type: ignore[arg-type]  # the tests know them


def local(zone: ZoneInfo, day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("day", EDGES, ids=str)
@pytest.mark.parametrize(
    "window", [("22:00", "08:00"), ("00:00", "06:30"), ("01:15", "01:45"), ("02:00", "03:00")]
)
def test_nothing_goes_out_while_the_persons_clock_is_in_the_window(
    zone: ZoneInfo, day: date, window: tuple[str, str]
) -> None:
    start, end = window
    quiet = wishes(quiet_hours={"start": start, "end": end})
    for minutes in range(0, 30 * 60, 7):
        planned = local(zone, day - timedelta(days=1), "20:00") + minutes * MINUTE
        found = slot(wait(planned), quiet, zone)
        shown = found.at.astimezone(zone).strftime("%H:%M")
        inside = start <= shown < end if start < end else shown >= start or shown < end
        # Of an end that comes twice the later one counts, so in that hour the clock alone does not tell.
        assert not inside, (planned, found)
        assert found.at >= planned
        assert found.at - planned < timedelta(hours=12)
        if found.at > planned:
            assert found.reason == "quiet_hours"


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("day", EDGES, ids=str)
def test_a_digest_goes_out_once_a_day_at_six_in_the_evening_of_the_person(zone: ZoneInfo, day: date) -> None:
    at = local(zone, day - timedelta(days=2), "12:00")
    dues = {digest_due(at + n * 13 * MINUTE, zone, "daily") for n in range(4 * 24 * 60 // 13)}
    assert len(dues) in (4, 5)
    assert {due.astimezone(zone).strftime("%H:%M") for due in dues} == {"18:00"}


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_weekly_digest_goes_out_on_sunday_evening_and_never_on_the_instant_it_was_asked(
    zone: ZoneInfo,
) -> None:
    sunday = local(zone, date(2026, 3, 29), "18:00")
    assert digest_due(sunday - MINUTE, zone, "weekly") == sunday
    assert digest_due(sunday, zone, "weekly") == local(zone, date(2026, 4, 5), "18:00")


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_week_begins_at_the_persons_own_midnight_on_monday(zone: ZoneInfo) -> None:
    monday = local(zone, date(2026, 3, 30), "00:00")
    assert week_of(monday, zone) == date(2026, 3, 30)
    assert week_of(monday - timedelta(seconds=1), zone) == date(2026, 3, 23)


def test_a_time_that_the_clock_skips_is_moved_on_and_one_that_comes_twice_is_the_later() -> None:
    skipped = latest(date(2026, 3, 29), time(1, 30), LONDON)
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    twice = latest(date(2026, 10, 25), time(1, 30), LONDON)
    assert twice == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        (LONDON, datetime(2026, 3, 29, 2, 30, tzinfo=UTC)),
        (NEW_YORK, datetime(2026, 3, 8, 8, 10, tzinfo=UTC)),
        (MOSCOW, datetime(2026, 3, 29, 2, 30, tzinfo=UTC)),
        (KOLKATA, datetime(2026, 3, 28, 18, 30, tzinfo=UTC)),
    ],
    ids=str,
)
def test_a_reminder_due_in_the_hour_that_the_clock_skips_goes_out(zone: ZoneInfo, starts: datetime) -> None:
    """An hour before the lesson there is no such time on the wall, but there is such an instant."""
    due = starts - HOUR
    person = Person("s", Recipient("s", email="s@example.com", timezone=str(zone)), Preferences(), MOSCOW)
    request = Request(TYPES["lesson_reminder"], send_at=due, starts_at=starts, priority="high")
    (decision,) = decide(request, person, ("email",), due - timedelta(seconds=5))
    assert (decision.action, decision.due_at) == ("hold", due)
    (decision,) = decide(request, person, ("email",), due)
    assert (decision.action, decision.due_at) == ("send", due)


def test_what_would_be_worthless_by_the_end_of_the_wait_goes_at_once_and_says_so() -> None:
    night = wishes(quiet_hours={"start": "11:00", "end": "20:00"})
    short = wait(end=NOON + HOUR, folds=False)
    assert slot(short, night, MOSCOW) == Slot(NOON, in_spite="quiet_hours_too_long")
    often = wishes(min_interval_minutes=60)
    soon = Taken(waiting=frozenset({NOON + 5 * MINUTE}))
    assert slot(wait(taken=soon), often, MOSCOW) == Slot(NOON + 5 * MINUTE, "min_interval")
    just_before = Taken((NOON - MINUTE,))
    assert (
        slot(wait(end=NOON + 10 * MINUTE, taken=just_before), often, MOSCOW).in_spite
        == "min_interval_too_long"
    )
    assert (
        slot(wait(taken=just_before, folds=False), wishes(weekly_cap=1), MOSCOW).in_spite
        == "weekly_cap_too_long"
    )


def test_the_digest_takes_only_what_is_still_worth_reading_then() -> None:
    daily = wishes(digest="daily")
    assert slot(wait(), daily, MOSCOW) == Slot(datetime(2026, 9, 14, 15, tzinfo=UTC), "daily")
    assert slot(wait(folds=False), daily, MOSCOW) == Slot(NOON)
    assert slot(wait(lasting_end=NOON + HOUR), daily, MOSCOW) == Slot(NOON)


def test_a_digest_in_quiet_hours_waits_for_their_end() -> None:
    both = wishes(digest="daily", quiet_hours={"start": "17:30", "end": "07:00"})
    assert slot(wait(), both, MOSCOW) == Slot(datetime(2026, 9, 15, 4, tzinfo=UTC), "daily")


def _past(taken: Taken, now: datetime) -> Taken:
    """What waited until now has gone out, as one message a moment."""
    gone = [each for each in taken.waiting if each <= now]
    return Taken((*taken.out, *gone), frozenset(each for each in taken.waiting if each > now))


@given(
    gaps=st.lists(st.integers(0, 50), max_size=12),
    interval=st.integers(1, 90),
    quiet=st.booleans(),
    zone=st.sampled_from(ZONES),
)
def test_messages_keep_the_wished_distance_or_share_a_moment(
    gaps: list[int], interval: int, quiet: bool, zone: ZoneInfo
) -> None:
    chosen = wishes(
        min_interval_minutes=interval, quiet_hours={"start": "13:00", "end": "14:30"} if quiet else None
    )
    at, taken = NOON, NOTHING
    for gap in gaps:
        at += gap * MINUTE
        found = slot(wait(at, taken=_past(taken, at)), chosen, zone)
        assert at <= found.at < at + timedelta(hours=3, minutes=interval)
        taken = taken.and_waiting(found.at) if found.reason else taken.and_out(found.at)
    if not quiet:
        moments = sorted((*taken.out, *taken.waiting))
        assert all(b - a >= interval * MINUTE for a, b in pairwise(moments))


@given(hours=st.lists(st.integers(0, 30), max_size=30), cap=st.integers(1, 5), zone=st.sampled_from(ZONES))
def test_no_week_holds_more_messages_than_wished_but_for_its_digest(
    hours: list[int], cap: int, zone: ZoneInfo
) -> None:
    at, taken = NOON, NOTHING
    for gap in hours:
        at += gap * HOUR
        found = slot(wait(at, taken=taken), wishes(weekly_cap=cap), zone)
        taken = taken.and_waiting(found.at) if found.reason else taken.and_out(found.at)
    digests = {each for each in taken.waiting if each.astimezone(zone).strftime("%a %H:%M") == "Sun 18:00"}
    weeks = [week_of(each, zone) for each in (*taken.out, *(taken.waiting - digests))]
    assert all(weeks.count(week) <= cap for week in weeks)
