"""What the console's pages are made of, without a server: bars, bubbles, moments, words."""

from zoneinfo import ZoneInfo

import pytest

from functions.serve_console.notifications.bars import WIDTH, parts
from functions.serve_console.notifications.bubbles import bubble
from functions.serve_console.notifications.letters import readable
from functions.serve_console.notifications.moments import day_begins, moment
from functions.serve_console.notifications.words import WORDS
from functions.serve_console.web.visitor import Visitor
from lib.auth.tokens import NOBODY
from lib.domain.catalogue import GROUPS
from lib.domain.outcomes import FINAL, WAITING
from lib.errors import BadInput

OMSK = Visitor(NOBODY, "", "", "ru", "auto", ZoneInfo("Asia/Omsk"))


def test_a_bar_is_full_and_its_smallest_part_can_be_seen() -> None:
    made = list(parts(("sent", "failed", "open"), {"sent": 23_000, "failed": 1, "open": 0, "other": 5}))
    assert [(each.state, each.count) for each in made] == [("sent", 23_000), ("failed", 1)]
    assert made[1].x + made[1].width == pytest.approx(WIDTH, abs=0.02)
    assert made[0].width == made[1].x
    assert made[1].width > 10


def test_a_bar_of_nothing_has_no_parts() -> None:
    assert list(parts(("sent",), {})) == []


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<b>Да</b> &amp; нет", "<b>Да</b> &amp; нет"),
        (
            '<a href="https://x.example">x</a>',
            '<a target="_blank" rel="noopener noreferrer" href="https://x.example">x</a>',
        ),
        ("<script>alert(1)</script>", "alert(1)"),
        ('<a href="javascript:alert(1)">x</a>', "x: javascript:alert(1)"),
        ('<b onclick="x()">b</b>', "b"),
        ("<img src=x onerror=x()>1 < 2", "1 &lt; 2"),
        (None, ""),
    ],
)
def test_only_telegrams_own_tags_become_markup(markup: str | None, shown: str) -> None:
    assert str(bubble(markup)) == shown


def test_days_and_times_are_those_of_the_visitors_clock() -> None:
    assert day_begins("2026-11-23", OMSK) == "2026-11-22T18:00:00Z"
    assert day_begins("2026-11-23", OMSK, after=1) == "2026-11-23T18:00:00Z"
    assert moment("2026-11-23T14:05", OMSK) == "2026-11-23T08:05:00Z"
    assert day_begins("", OMSK) is None
    assert moment("", OMSK) is None


@pytest.mark.parametrize("text", ["23.11.2026", "2026-02-30", "9999-12-31T23:59", "x" * 500])
def test_what_is_no_time_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadInput, match="Такого времени не бывает"):
        day_begins(text, OMSK, after=1)


def test_a_dead_letters_body_is_readable_and_never_endless() -> None:
    assert readable('{"a":1}') == '{\n  "a": 1\n}'
    assert readable("не JSON") == "не JSON"
    assert len(readable("x" * 1_000_000)) < 30_000


def test_both_languages_say_the_same_things_with_the_same_names() -> None:
    assert WORDS["ru"].keys() == WORDS["en"].keys()
    for key, entry in WORDS["ru"].items():
        other = WORDS["en"][key]
        assert isinstance(entry, str) == isinstance(other, str), key


def test_every_state_and_group_has_a_word() -> None:
    for state in (*FINAL, *WAITING, "sending"):
        assert f"state_{state}" in WORDS["ru"]
    for group in GROUPS:
        assert f"group_{group}" in WORDS["ru"]
