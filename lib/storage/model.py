"""What every home of stored files can do, and what may be a key."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

# Lower case only: some file systems cannot tell the two apart. No segment begins with a dot.
KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
LONGEST_KEY = 200
LONGEST_LINK_S = 300


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of the store; `at` is when it was put there, in UTC."""

    key: str
    at: datetime
    size: int


class Store(Protocol):
    """Files by key. A file is there whole or not at all, and durable when `put` returns.

    Every method raises Temporary when the store is away or full, and Permanent (`storage_refused`) when it does not
    let us in; ValueError for what is no key.
    """

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Keep `data` under `key`, in the place of what was there."""
        ...

    def get(self, key: str) -> bytes:
        """The whole file. Raises Permanent (`not_stored`) when there is none."""
        ...

    def exists(self, key: str) -> bool:
        """Whether there is one."""
        ...

    def delete(self, key: str) -> None:
        """Make sure that there is none."""
        ...

    def stored(self, prefix: str) -> Iterator[Stored]:
        """Everything below the folder `prefix`, in no order of its own."""
        ...

    def link(self, key: str, filename: str, media_type: str, seconds: int, *, base: str) -> str:
        """An address that gives the file to whoever has it, under this name, for `seconds` (at most 300).

        `base` is the path under which we serve files ourselves; a store with a door of its own does not use it.
        """
        ...

    def ping(self) -> None:
        """Returns when the store answers and takes files."""
        ...


def checked_key(key: str) -> str:
    """The key, unchanged. Raises ValueError for anything that could mean another place."""
    if len(key) > LONGEST_KEY or not KEY.fullmatch(key):
        raise ValueError(
            "a key is made of a-z, 0-9, '.', '_' and '-', in segments that begin with a letter or digit"
        )
    return key


def checked_seconds(seconds: int) -> int:
    """How long a link may live. Raises ValueError beyond five minutes."""
    if not 0 < seconds <= LONGEST_LINK_S:
        raise ValueError(f"a link lives for {LONGEST_LINK_S} s at most")
    return seconds


def key_of(folder: str, data: bytes) -> str:
    """The key that follows from the bytes: the same file is kept once, whoever made it."""
    digest = hashlib.sha256(data).hexdigest()
    return f"{folder}/{digest[:2]}/{digest}"


def disposition(filename: str) -> str:
    """The Content-Disposition header of a download (RFC 6266): with a plain name for old clients."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", filename).strip("_") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
