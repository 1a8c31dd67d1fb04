"""Chats as people see them: bubbles in their order, buttons below them, a field to write in."""

from typing import Any
from zoneinfo import ZoneInfo

from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.views import bubble, telegram_item

Json = dict[str, Any]
SHOWN = 60
COMMANDS = ("/start", "/notifications", "/analytics", "/language", "/help")
_LAST_WORDS = 90


def chat(history: History, chat_id: int, zone: ZoneInfo) -> Json:
    """`{chat_id, name, bubbles, commands}`; no bubbles when nothing was said there."""
    items = [item for item in history.items if item["message"]["chat"]["id"] == chat_id]
    bubbles = [bubble(item, zone) for item in items[-SHOWN:]]
    return {"chat_id": chat_id, "name": _name(items), "bubbles": bubbles, "commands": COMMANDS}


def chats(history: History) -> list[Json]:
    """`{chat_id, name, last}` of each, the latest first."""
    by_chat: dict[int, list[Json]] = {}
    for item in history.items:
        by_chat.setdefault(item["message"]["chat"]["id"], []).append(item)
    latest = sorted(by_chat, key=lambda chat_id: -by_chat[chat_id][-1]["n"])
    return [
        {
            "chat_id": chat_id,
            "name": _name(by_chat[chat_id]),
            "last": telegram_item(by_chat[chat_id][-1])["text"][:_LAST_WORDS],
        }
        for chat_id in latest
    ]


def _name(items: list[Json]) -> str:
    """What the person who writes there is called."""
    written = [item["message"]["from"]["first_name"] for item in items if item["direction"] == "in"]
    return str(written[-1]) if written else ""
