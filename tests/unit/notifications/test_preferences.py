"""Quiet hours over clock changes, and what preferences mean."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lib.domain.preferences import Preferences, QuietHours

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    """A local time as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("window", "instant", "release"),
    [
        (("22:00", "08:00"), "2026-06-10T21:59", None),
        (("22:00", "08:00"), "2026-06-10T22:00", "2026-06-11T08:00"),
        (("22:00", "08:00"), "2026-06-11T00:00", "2026-06-11T08:00"),
        (("22:00", "08:00"), "2026-06-11T07:59", "2026-06-11T08:00"),
        (("22:00", "08:00"), "2026-06-11T08:00", None),
        (("13:00", "15:00"), "2026-06-11T14:30", "2026-06-11T15:00"),
        (("13:00", "15:00"), "2026-06-11T12:59", None),
        (("00:00", "23:59"), "2026-06-11T23:58", "2026-06-11T23:59"),
        # Clocks go forward at 02:00 on 29 March 2026: the night is an hour shorter.
        (("22:00", "08:00"), "2026-03-28T23:00", "2026-03-29T08:00"),
        # An end that does not exist that night moves on by the hour that was skipped.
        (("22:00", "02:30"), "2026-03-29T01:30", "2026-03-29T03:30"),
        # Clocks go back at 03:00 on 25 October 2026: the night is an hour longer.
        (("22:00", "08:00"), "2026-10-24T23:00", "2026-10-25T08:00"),
    ],
)
def test_quiet_hours_end_on_the_persons_clock(
    window: tuple[str, str], instant: str, release: str | None
) -> None:
    quiet = QuietHours(start=window[0], end=window[1])
    assert quiet.release(at(instant), BERLIN) == (at(release) if release else None)


def test_of_an_end_that_happens_twice_the_later_one_holds() -> None:
    quiet = QuietHours(start="22:00", end="02:30")
    between = at("2026-10-25T02:45", fold=0)
    assert quiet.release(between, BERLIN) == at("2026-10-25T02:30", fold=1)


@given(
    start=st.times(),
    end=st.times(),
    minutes=st.integers(0, 366 * 24 * 60),
    zone=st.sampled_from(
        ["Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
    ),
)
def test_a_release_is_later_and_itself_outside_the_window(
    start: object, end: object, minutes: int, zone: str
) -> None:
    window = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    if window["start"] == window["end"]:
        return
    quiet, tz = QuietHours(**window), ZoneInfo(zone)
    instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    release = quiet.release(instant, tz)
    if release is not None:
        assert instant < release <= instant + timedelta(hours=25)
        assert quiet.release(release, tz) is None


def test_by_default_everything_is_wanted() -> None:
    assert Preferences().refusal("lesson_created", "lessons", "email") is None
    assert Preferences().shown()["groups"]["lessons"] == {"telegram": True, "email": True}


def test_what_is_shown_can_be_sent_back() -> None:
    chosen = Preferences().changed(
        {"types": {"lesson_reminder": {"email": False}}, "groups": {"lessons": {"email": True}}}
    )
    assert chosen.changed(chosen.shown()).shown() == chosen.shown()


@pytest.mark.parametrize(
    "patch", [{"x": 1}, {"types": {"x": {}}}, {"quiet_hours": {"start": "9:00", "end": "10:00"}}]
)
def test_a_wrong_patch_is_refused(patch: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Preferences().changed(patch)


def test_the_lead_time_of_reminders_can_be_chosen_and_switched_off_and_stays_so() -> None:
    assert Preferences().reminder_minutes == 60
    sooner = Preferences().changed({"reminder_minutes": 15})
    none = sooner.changed({"reminder_minutes": None})
    assert (sooner.reminder_minutes, none.reminder_minutes) == (15, None)
    kept = Preferences.model_validate(none.changed({"timezone": "Europe/London"}).stored())
    assert kept.reminder_minutes is None
    assert Preferences().changed(none.shown()).reminder_minutes is None
