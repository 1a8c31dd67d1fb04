"""Received mail on the disk: `mail/000001.eml` and its envelope `mail/000001.json`."""

import asyncio
import json
from pathlib import Path
from typing import Any

from lib.testing.mailbox import durable, mail
from lib.testing.mailbox.ledger import now


class Letters:
    """Every message ever accepted in this folder, oldest first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.items: list[dict[str, Any]] = [_envelope(path) for path in sorted(folder.glob("*.eml"))]
        self._last = max((int(path.stem) for path in folder.glob("*.json")), default=0)

    async def keep(self, sender: str, recipients: list[str], raw: bytes) -> dict[str, Any]:
        """Store a message durably and return its envelope; raises OSError when the disk refuses it."""
        self._last += 1
        envelope = {"n": self._last, "at": now(), "from": sender, "to": recipients}
        path = self._folder / f"{self._last:06d}.eml"
        await asyncio.to_thread(_store, path, envelope, raw)
        self.items.append(envelope)
        return envelope

    def shown(self, item: dict[str, Any]) -> dict[str, Any]:
        """The envelope and what the message says; reading one costs 3 ms, so it is done once and on demand."""
        if "subject" not in item:
            item.update(mail.summary(self.source(item["n"])))
        return item

    def find(self, n: int) -> dict[str, Any] | None:
        """The message of this number, or None."""
        return next((self.shown(item) for item in reversed(self.items) if item["n"] == n), None)

    def source(self, n: int) -> bytes:
        """The message as it was received."""
        return (self._folder / f"{n:06d}.eml").read_bytes()


def _envelope(path: Path) -> dict[str, Any]:
    envelope: dict[str, Any] = json.loads(path.with_suffix(".json").read_bytes())
    return envelope


def _store(path: Path, envelope: dict[str, Any], raw: bytes) -> None:
    # The envelope first: a message counts as received once its .eml has its name.
    text = json.dumps(envelope, ensure_ascii=False)
    durable.write_file(path.with_suffix(".json"), text.encode(), name_later=True)
    durable.write_file(path, raw)
