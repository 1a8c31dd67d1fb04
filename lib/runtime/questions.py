"""What a message asks, with its buttons while it is open and the answer once it is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lib.db import answers, recipients
from lib.domain.answers import LESSON_ANSWERS, NOTED, question, receipt_of, token
from lib.domain.outcomes import Button
from lib.runtime.settings import Settings
from lib.templates.buttons import label

REMINDER = "lesson_reminder"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `number` tells several in one message apart; `by` is the name of who answered."""

    delivery_id: str
    question: str
    answers: tuple[str, ...]
    number: int | None = None
    answer: str | None = None
    by: str | None = None


def of(conn: Connection, notification: Any, delivery_id: str, user_id: str) -> tuple[Ask, ...]:
    """The questions that this delivery puts to this person, as they stand."""
    asks = tuple(_asks(notification, delivery_id, user_id))
    given = answers.given(conn, [ask.question for ask in asks])
    names = recipients.by_ids(conn, {each["user_id"] for each in given.values()}) if given else {}
    return tuple(_settled(ask, given.get(ask.question), names) for ask in asks)


def _asks(notification: Any, delivery_id: str, user_id: str) -> list[Ask]:
    asks: list[Ask] = []
    if notification.must_answer_minutes is not None:
        asks.append(Ask(delivery_id, receipt_of(str(notification.id)), NOTED))
    if notification.type == "digest":
        items = enumerate(notification.data["items"], start=1)
        found = [_of_lesson(item["type"], item["data"], item["delivery_id"], user_id, n) for n, item in items]
        asks += [ask for ask in found if ask]
    elif ask := _of_lesson(notification.type, notification.data, delivery_id, user_id):
        asks.append(ask)
    return asks


def _of_lesson(
    type_name: str, data: Mapping[str, Any], delivery_id: str, user_id: str, number: int | None = None
) -> Ask | None:
    """A reminder asks the student and the parents whether they come; not the tutor."""
    name = question(data)
    if type_name != REMINDER or name is None or user_id == str(data.get("tutor_id")):
        return None
    return Ask(delivery_id, name, LESSON_ANSWERS, number)


def _settled(ask: Ask, given: Mapping[str, Any] | None, names: Mapping[str, Any]) -> Ask:
    if given is None:
        return ask
    who = names.get(given["user_id"])
    by = who.name if who and who.name else given["user_id"]
    return Ask(ask.delivery_id, ask.question, ask.answers, ask.number, given["answer"], by)


def buttons(settings: Settings, asks: tuple[Ask, ...], locale: str) -> tuple[tuple[Button, ...], ...]:
    """A row of buttons for each question that is open."""
    return tuple(
        tuple(
            Button(
                _numbered(ask, label(each, locale)),
                data=token(settings.jwt_secret_key, ask.delivery_id, each),
            )
            for each in ask.answers
        )
        for ask in asks
        if ask.answer is None
    )


def urls(settings: Settings, asks: tuple[Ask, ...]) -> dict[str, str] | None:
    """Where a click in a mail leads, by answer; for a message that asks one thing only."""
    if len(asks) != 1 or asks[0].answer is not None:
        return None
    ask, base = asks[0], settings.public_url.rstrip("/")
    return {
        each: f"{base}/answers/{token(settings.jwt_secret_key, ask.delivery_id, each)}"
        for each in ask.answers
    }


def outcome_lines(asks: tuple[Ask, ...], locale: str) -> list[str]:
    """What has been answered, a line for each question."""
    return [
        _numbered(ask, f"{label(ask.answer, locale)} ({ask.by})") for ask in asks if ask.answer is not None
    ]


def _numbered(ask: Ask, words: str) -> str:
    return words if ask.number is None else f"{ask.number}. {words}"
