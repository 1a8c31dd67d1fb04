"""Writes that survive a power cut: what these functions have returned from is on the disk."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def write_file(path: Path, content: bytes, *, name_later: bool = False) -> None:
    """Put `content` at `path` whole or not at all: temporary file, fsync, rename, fsync of the folder.

    With `name_later` the folder is synced by the next write to it.
    """
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    if not name_later:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable; a renamed file is not until its folder is synced."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Journal:
    """An append-only JSON Lines file. Not safe for two writers at once."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Open for appending; with `durable` false a record survives a killed process, not a power cut."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._durable = durable
        _cut_torn_end(path)
        self._file = path.open("ab")
        sync_folder(path.parent)

    def append(self, record: dict[str, Any]) -> None:
        """Write one record; raises OSError when the disk refuses it."""
        self._file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        if self._durable:
            os.fsync(self._file.fileno())

    def records(self) -> Iterator[dict[str, Any]]:
        """Everything written so far, oldest first."""
        with self.path.open("rb") as file:
            for line in file:
                yield json.loads(line)

    def close(self) -> None:
        """Close the file; further appends raise ValueError."""
        self._file.close()


def _cut_torn_end(path: Path) -> None:
    # A process killed in the middle of a write leaves half a line, which was never acknowledged.
    if not path.exists():
        return
    with path.open("r+b") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            file.truncate(whole)
