"""The receiver's own log: what was attempted and accepted, and when. The truth of fault tests."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lib.testing.mailbox.durable import Journal


class Ledger:
    """Entries `{at, channel, what, …}` kept in memory and in `ledger.jsonl`; it survives a killed process.

    `what` is one of attempted, signed_in, received, accepted, refused, inside_retry_after, dropped, hung, delayed.
    """

    def __init__(self, path: Path) -> None:
        # Without fsync: an entry before each answer would otherwise double the cost of every message.
        self._journal = Journal(path, durable=False)
        self.entries: list[dict[str, Any]] = list(self._journal.records())

    def note(self, channel: str, what: str, **facts: Any) -> None:
        """Add an entry with the present time; facts that are None are left out."""
        known = {name: value for name, value in facts.items() if value is not None}
        entry = {"n": len(self.entries) + 1, "at": now(), "channel": channel, "what": what, **known}
        self._journal.append(entry)
        self.entries.append(entry)

    def close(self) -> None:
        """Close the file behind it."""
        self._journal.close()


def now() -> str:
    """The present as RFC 3339 with microseconds, UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
