"""What a button carries is ours, for one person in one chat, for two days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.answer_telegram.talking.seals import LONGEST, Opened, Seals, is_menu

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = "a-secret"
PEOPLE = st.text(min_size=1, max_size=100)


def seals(chat: str = "42", secret: str = SECRET, **later: float) -> Seals:
    return Seals(secret, chat, NOW + timedelta(**later))


@given(PEOPLE)
def test_what_is_closed_for_somebody_opens_for_them_alone(person: str) -> None:
    data = seals().close(person, "nz", "lesson_rescheduled", "t", "0")
    assert len(data.encode()) <= LONGEST
    assert is_menu(data)
    assert seals().open(data, person) == Opened(("nz", "lesson_rescheduled", "t", "0"), old=False)
    assert seals().open(data, person + "x") is None
    assert seals(chat="43").open(data, person) is None
    assert seals(secret="another").open(data, person) is None


@given(st.integers(0, 60), st.characters(max_codepoint=127))
def test_no_letter_of_it_can_be_changed(place: int, letter: str) -> None:
    data = seals().close("masha", "ne", "daily")
    changed = data[:place] + letter + data[place + 1 :]
    assert changed == data or seals().open(changed, "masha") is None


@given(st.text(max_size=80))
def test_anything_else_opens_nothing(data: str) -> None:
    assert seals().open(data, "masha") is None


@pytest.mark.parametrize(
    ("hours", "old"), [(0, False), (47, False), (49, True), (24 * 400, True), (-2, True)]
)
def test_it_grows_old_after_two_days(hours: int, old: bool) -> None:
    opened = seals(hours=hours).open(seals().close("masha", "n"), "masha")
    assert opened is not None
    assert opened.old is old


def test_what_would_not_fit_into_a_button_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes"):
        seals().close("masha", "nz", "x" * 40)
