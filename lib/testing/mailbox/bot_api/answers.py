"""Answers of the Bot API: refusals in its own words, and the shapes of what it returns."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

# From this bound down a chat is a supergroup or a channel, between it and zero a basic group.
_SUPERGROUP_BELOW = -1_000_000_000_000


@dataclass(frozen=True)
class Refused(Exception):
    """An answer with `ok: false`."""

    status: int
    description: str
    parameters: Json = field(default_factory=dict)


def bad_request(what: str) -> Refused:
    """400 with the Bot API's prefix."""
    return Refused(400, f"Bad Request: {what}")


def bot_user(token: str) -> Json:
    """The bot itself, as `getMe` shows it."""
    return {
        "id": bot_id(token),
        "is_bot": True,
        "first_name": "РепитБот",
        "username": "repitbot_local_bot",
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def bot_id(token: str) -> int:
    """The number before the colon, as in real tokens."""
    head = token.partition(":")[0]
    return int(head) if head.isdecimal() else 1


def sender(token: str) -> Json:
    """The bot as the `from` of a message."""
    return {name: bot_user(token)[name] for name in ("id", "is_bot", "first_name", "username")}


def chat(chat_id: int) -> Json:
    """The chat of a message."""
    if chat_id > 0:
        return {"id": chat_id, "type": "private", "first_name": f"Чат {chat_id}"}
    kind = "supergroup" if chat_id < _SUPERGROUP_BELOW else "group"
    return {"id": chat_id, "type": kind, "title": f"Группа {chat_id}"}


def full_chat(chat_id: int) -> Json:
    """The chat as `getChat` shows it."""
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return {
        **chat(chat_id),
        "accent_color_id": chat_id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, True),
    }


def person(user_id: int, language: str, name: str = "") -> Json:
    """A user who writes to the bot or presses its buttons."""
    first_name = name or f"Чат {user_id}"
    return {"id": user_id, "is_bot": False, "first_name": first_name, "language_code": language}
