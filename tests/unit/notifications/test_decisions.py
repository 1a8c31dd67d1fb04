"""Who gets what, when and why: the rules one by one, and their order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lib.domain.audience import ChannelState, Recipient
from lib.domain.catalogue import TYPES
from lib.domain.decisions import RULES, Decision, Person, Request, decide
from lib.domain.explain import RULE_NAMES, SENTENCES
from lib.domain.preferences import Preferences

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOSCOW = ZoneInfo("Europe/Moscow")
SASHA = Recipient("sasha", "student", "Саша", email="sasha@example.com", telegram_chat_id="42")
NIGHT = {"start": "22:00", "end": "08:00"}


def person(recipient: Recipient | None = SASHA, **chosen: object) -> Person:
    return Person("sasha", recipient, Preferences.model_validate(chosen), MOSCOW)


def ask(kind: str = "homework_graded", **fields: object) -> Request:
    return replace(Request(TYPES[kind]), **fields)  # type: ignore[arg-type]  # the tests know the fields


def settle(request: Request, whom: Person, now: datetime = NOW) -> Decision:
    return decide(request, whom, ("email",), now)[0]


@pytest.mark.parametrize(
    ("request_", "whom", "action", "reason"),
    [
        (ask(), person(), "send", "ok"),
        (ask(), person(None), "suppress", "unknown_recipient"),
        (ask(), person(replace(SASHA, active=False)), "suppress", "recipient_inactive"),
        (ask(), person(replace(SASHA, email=None)), "suppress", "no_address"),
        (
            ask(),
            person(replace(SASHA, channels={"email": ChannelState("off", "x")})),
            "suppress",
            "channel_off",
        ),
        (ask(), person(groups={"homework": {"email": False}}), "suppress", "group_off"),
        (ask(), person(types={"homework_graded": {"email": False}}), "suppress", "type_off"),
        (ask(told_before=True), person(), "suppress", "duplicate"),
        (ask(occurred_at=NOW - timedelta(hours=25)), person(), "expire", "event_too_old"),
        (ask(occurred_at=NOW - timedelta(hours=23)), person(), "send", "ok"),
        (ask(expires_at=NOW), person(), "expire", "expired"),
        (ask("lesson_created", starts_at=NOW), person(), "expire", "lesson_passed"),
        (ask("lesson_created", starts_at=NOW + HOUR), person(), "send", "ok"),
        (
            ask("lesson_created", starts_at=NOW + HOUR, called_off=True),
            person(),
            "suppress",
            "lesson_called_off",
        ),
        (ask("lesson_cancelled", starts_at=NOW - HOUR, called_off=True), person(), "send", "ok"),
        (ask(send_at=NOW + HOUR), person(), "hold", "scheduled"),
        (ask(send_at=NOW + 5 * HOUR, expires_at=NOW + 4 * HOUR), person(), "expire", "expired"),
    ],
)
def test_each_rule_settles_what_it_is_for(request_: Request, whom: Person, action: str, reason: str) -> None:
    decision = settle(request_, whom)
    assert (decision.action, decision.reason) == (action, reason)


def test_a_type_wins_over_its_group() -> None:
    chosen = person(groups={"homework": {"email": False}}, types={"homework_graded": {"email": True}})
    assert settle(ask(), chosen).reason == "ok"


def test_channels_are_decided_one_by_one() -> None:
    whom = person(replace(SASHA, telegram_chat_id=None))
    decisions = decide(ask(), whom, ("telegram", "email"), NOW)
    assert [(each.channel, each.reason) for each in decisions] == [
        ("telegram", "no_address"),
        ("email", "ok"),
    ]


def test_quiet_hours_hold_to_their_end_on_the_persons_own_clock() -> None:
    late = NOW.replace(hour=20)
    decision = settle(ask(), person(quiet_hours=NIGHT), late)
    assert (decision.action, decision.reason) == ("hold", "quiet_hours")
    assert decision.due_at == datetime(2026, 11, 26, 5, tzinfo=UTC)
    elsewhere = person(quiet_hours=NIGHT, timezone="America/New_York")
    assert settle(ask(), elsewhere, late).action == "send"


def test_quiet_hours_apply_to_the_time_it_is_scheduled_for() -> None:
    decision = settle(ask(send_at=NOW.replace(hour=21)), person(quiet_hours=NIGHT))
    assert (decision.reason, decision.due_at) == ("quiet_hours", datetime(2026, 11, 26, 5, tzinfo=UTC))


def test_what_is_critical_passes_quiet_hours_but_not_a_missing_address() -> None:
    late = NOW.replace(hour=20)
    assert settle(ask(critical=True), person(quiet_hours=NIGHT), late).reason == "ok"
    nowhere = person(replace(SASHA, email=None), quiet_hours=NIGHT)
    assert settle(ask(critical=True), nowhere, late).reason == "no_address"


def test_quiet_hours_never_drop_what_would_be_worthless_at_their_end() -> None:
    late = NOW.replace(hour=20)
    reminder = ask("lesson_reminder", starts_at=late + timedelta(hours=2))
    decision = settle(reminder, person(quiet_hours=NIGHT), late)
    assert (decision.action, decision.reason, decision.due_at) == ("send", "quiet_hours_too_long", late)


def test_a_decision_remembers_the_rules_it_passed() -> None:
    assert settle(ask(), person()).passed == (*(name for name, *_ in RULES), "quiet_hours")
    assert settle(ask(), person(replace(SASHA, email=None))).passed[-1] == "wanted"


def test_every_rule_and_reason_has_a_sentence_in_both_languages() -> None:
    assert {name for name, *_ in RULES} | {"quiet_hours"} == set(RULE_NAMES)
    for reason, said in SENTENCES.items():
        assert said.ru.endswith("."), reason
        assert said.en.endswith("."), reason
        assert said.ru != said.en
