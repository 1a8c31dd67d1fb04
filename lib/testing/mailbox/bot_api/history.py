"""What the Bot API double remembers, as a journal of records that is folded again at every start.

`telegram/messages.jsonl` holds the records, `telegram/files/` the photos and documents.
"""

import asyncio
import secrets
from pathlib import Path
from typing import Any

from lib.testing.mailbox import durable
from lib.testing.mailbox.ledger import now

Json = dict[str, Any]


class History:
    """Messages, updates that wait for the bot, its commands and its webhook."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        self.items: list[Json] = []
        self.sent: list[Json] = []
        self.updates: list[Json] = []
        self.last_update = 0
        self.changes = 0
        self.queries: set[str] = set()
        self.webhook: Json = {}
        self.commands: dict[str, list[Json]] = {}
        self._by_place: dict[tuple[int, int], Json] = {}
        self._lock = asyncio.Lock()
        self._journal = durable.Journal(folder / "messages.jsonl")
        for record in self._journal.records():
            self._fold(record)

    async def add(self, message: Json, *, direction: str, method: str = "") -> Json:
        """Store a message durably, `direction` is out (the bot's) or in; returns it with its message_id."""
        async with self._lock:
            n = len(self.items) + 1
            whole = {"message_id": n, **message}
            item = {"n": n, "at": now(), "direction": direction, "method": method, "message": whole}
            await self._record({"op": "message", "item": item})
        return whole

    async def keep(self, op: str, **facts: Any) -> None:
        """Store any other change durably: edit, delete, answer, webhook, commands, confirm."""
        async with self._lock:
            await self._record({"op": op, "at": now(), **facts})

    async def arrive(self, update: Json) -> Json:
        """Store an update for the bot; returns it with its update_id."""
        async with self._lock:
            numbered = {"update_id": self.last_update + 1, **update}
            await self._record({"op": "update", "update": numbered})
        return numbered

    async def keep_file(self, content: bytes) -> str:
        """Store the bytes durably; returns the file_id."""
        file_id = secrets.token_urlsafe(24)
        await asyncio.to_thread(durable.write_file, self.files / file_id, content)
        return file_id

    def file(self, file_id: str) -> Path | None:
        """Where the bytes of a file are, None when there is no such file."""
        path = self.files / file_id
        return path if path.parent == self.files and path.is_file() and file_id[:1] != "." else None

    def find(self, chat_id: int, message_id: int) -> Json | None:
        """The item of a message that is not deleted."""
        item = self._by_place.get((chat_id, message_id))
        return None if item is None or item.get("deleted") else item

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    async def _record(self, record: Json) -> None:
        await asyncio.to_thread(self._journal.append, record)
        self._fold(record)

    def _fold(self, record: Json) -> None:
        getattr(self, f"_fold_{record['op']}")(record)
        self.changes += 1

    def _fold_message(self, record: Json) -> None:
        item = record["item"]
        message = item["message"]
        self.items.append(item)
        if item["direction"] == "out":
            self.sent.append(item)
        self._by_place[(message["chat"]["id"], message["message_id"])] = item

    def _fold_edit(self, record: Json) -> None:
        item = self._by_place[(record["chat_id"], record["message_id"])]
        for name in record["without"]:
            item["message"].pop(name, None)
        item["message"].update(record["changes"])
        item["edits"] = item.get("edits", 0) + 1

    def _fold_delete(self, record: Json) -> None:
        self._by_place[(record["chat_id"], record["message_id"])]["deleted"] = record["at"]

    def _fold_update(self, record: Json) -> None:
        update = record["update"]
        self.updates.append(update)
        self.last_update = update["update_id"]
        query = update.get("callback_query")
        if query:
            self.queries.add(query["id"])
            place = (query["message"]["chat"]["id"], query["message"]["message_id"])
            if place in self._by_place:
                self._by_place[place].setdefault("pressed", []).append(query["id"])

    def _fold_confirm(self, record: Json) -> None:
        self.updates = [update for update in self.updates if update["update_id"] >= record["offset"]]

    def _fold_answer(self, record: Json) -> None:
        self.queries.discard(record["query_id"])
        for item in self.items:
            if record["query_id"] in item.get("pressed", ()):
                item.setdefault("answers", []).append(record["text"])

    def _fold_webhook(self, record: Json) -> None:
        self.webhook = record["webhook"]

    def _fold_commands(self, record: Json) -> None:
        self.commands[record["scope"]] = record["commands"]
