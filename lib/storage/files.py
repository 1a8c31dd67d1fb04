"""A folder as a store: a file is written beside, synced, and moved to its place in one step."""

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from lib.errors import Permanent, Temporary
from lib.storage.links import Linked, signed
from lib.storage.model import Stored, checked_key, checked_seconds

FULL = (errno.ENOSPC, errno.EDQUOT)
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
# No key begins with a dot, so what a killed writer left behind is never taken for a file.
UNFINISHED = ".unfinished-"
# A writer needs seconds; what is older belongs to one that is gone.
ABANDONED_S = 3600


class FileStore:
    """`root` is made at the first `put`; `secret` signs links, which `generate_report` serves."""

    def __init__(self, root: Path, secret: str) -> None:
        self._root = root
        self._secret = secret

    def put(self, key: str, data: bytes, media_type: str) -> None:  # noqa: ARG002 - links say the type themselves
        """See `Store`."""
        place = self._place(key)
        with _sorted_errors():
            _make_folders(place.parent)
            beside = place.parent / f"{UNFINISHED}{secrets.token_hex(8)}"
            try:
                _write(beside, data)
                beside.replace(place)
            finally:
                beside.unlink(missing_ok=True)
            _sync_folder(place.parent)

    def get(self, key: str) -> bytes:
        """See `Store`."""
        with _sorted_errors():
            return self._place(key).read_bytes()

    def exists(self, key: str) -> bool:
        """See `Store`."""
        return self._place(key).is_file()

    def delete(self, key: str) -> None:
        """See `Store`."""
        place = self._place(key)
        with _sorted_errors():
            if place.is_file():
                place.unlink(missing_ok=True)
                _sync_folder(place.parent)

    def stored(self, prefix: str) -> Iterator[Stored]:
        """See `Store`. What killed writers left behind goes on the way."""
        with _sorted_errors():
            for path in self._place(prefix).rglob("*"):
                with suppress(FileNotFoundError):
                    known = path.stat()
                    if path.name.startswith(UNFINISHED) and known.st_mtime < time.time() - ABANDONED_S:
                        path.unlink(missing_ok=True)
                    elif path.is_file() and not path.name.startswith("."):
                        at = datetime.fromtimestamp(known.st_mtime, UTC)
                        yield Stored(path.relative_to(self._root).as_posix(), at, known.st_size)

    def link(self, key: str, filename: str, media_type: str, seconds: int, *, base: str) -> str:
        """See `Store`: a path on our own server."""
        until = int(time.time()) + checked_seconds(seconds)
        return f"{base}/{signed(self._secret, Linked(checked_key(key), filename, media_type, until))}"

    def ping(self) -> None:
        """The nearest existing folder takes a byte: permissions alone say nothing of a full disk."""
        folder = self._root
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        probe = folder / f"{UNFINISHED}{secrets.token_hex(8)}"
        with _sorted_errors():
            try:
                probe.write_bytes(b"1")
            finally:
                probe.unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        return self._root / checked_key(key)


@contextmanager
def _sorted_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise Permanent("not_stored", "There is no such file any more.") from None
    except OSError as error:
        if error.errno in FULL:
            raise Temporary("The storage is full. Try again later.", retry_after=30) from error
        if error.errno in REFUSED:
            raise Permanent("storage_refused", "The storage does not let us in.") from error
        raise Temporary("The storage does not answer now.", retry_after=5) from error


def _make_folders(folder: Path) -> None:
    """Each new one is synced into the one above it, or a power cut could take it away with what is in it."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        _sync_folder(each.parent)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
