"""What people do in their chats: they write to the bot and press its buttons."""

import re
import secrets
import time
from typing import Any

from lib.testing.mailbox.bot_api import answers
from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.bot_api.updates import Updates

Json = dict[str, Any]
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(@\w+)?")


class People:
    """The other side of every chat."""

    def __init__(self, history: History, updates: Updates) -> None:
        self._history, self._updates = history, updates

    async def say(self, chat_id: int, text: str, language: str = "ru", name: str = "") -> Json:
        """Someone writes `text` in the chat, under a `name` when it is given; returns the update."""
        command = _COMMAND.match(text)
        entity = {"type": "bot_command", "offset": 0, "length": command.end()} if command else None
        message = {
            "from": answers.person(abs(chat_id), language, name),
            "chat": answers.chat(chat_id),
            "date": int(time.time()),
            "text": text,
            **({"entities": [entity]} if entity else {}),
        }
        kept = await self._history.add(message, direction="in")
        return await self._updates.arrive({"message": kept})

    async def press(self, n: int, data: str, language: str = "ru") -> Json | None:
        """Someone presses the button with `data` under message `n`; None when there is no such button."""
        item = next((item for item in self._history.items if item["n"] == n), None)
        if item is None or data not in _buttons(item["message"]):
            return None
        query = {
            "id": str(secrets.randbits(62)),
            "from": answers.person(abs(item["message"]["chat"]["id"]), language),
            "message": item["message"],
            "chat_instance": str(item["message"]["chat"]["id"]),
            "data": data,
        }
        return await self._updates.arrive({"callback_query": query})


def _buttons(message: Json) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]
