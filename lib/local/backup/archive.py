"""The one file that a backup is: a tar with the dump, the stored files, and at its end the manifest."""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lib.local.backup import manifest
from lib.local.backup.manifest import Manifest, Member
from lib.local.backup.trouble import Trouble

DUMP = "database.dump"
STORED = "artifacts/"
BLOCK = 1 << 20
READ_BY_OWNER = 0o600


class Writer:
    """Adds members; `files` is what was added."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, Member] = {}

    def add_file(self, name: str, path: Path) -> None:
        """A file of the disk."""
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
            source.seek(0)
            self._add(name, source, path.stat().st_size, digest, "")

    def add_bytes(self, name: str, data: bytes, media_type: str) -> None:
        """What is in memory."""
        self._add(name, io.BytesIO(data), len(data), hashlib.sha256(data).hexdigest(), media_type)

    def _add(self, name: str, source: IO[bytes], size: int, sha256: str, media_type: str) -> None:
        self._tar.addfile(_header(name, size), source)
        self.files[name] = Member(bytes=size, sha256=sha256, media_type=media_type)

    def finish(self, told: Manifest) -> None:
        """The manifest, last: a file that was cut short has none."""
        text = told.model_dump_json(indent=1).encode() + b"\n"
        self._tar.addfile(_header(manifest.NAME, len(text)), io.BytesIO(text))


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, READ_BY_OWNER
    return header


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new file, on the disk when the block ends."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READ_BY_OWNER)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            yield Writer(tar)
        file.flush()
        os.fsync(file.fileno())


class Reader:
    """A backup that was opened; see `reading`."""

    def __init__(self, tar: tarfile.TarFile, told: Manifest) -> None:
        self._tar = tar
        self.manifest = told

    def check(self) -> None:
        """Every file is there, as long as it was and with the bytes it had. Raises Trouble."""
        for name, member in self.manifest.files.items():
            with self._opened(name) as source:
                if hashlib.file_digest(source, "sha256").hexdigest() != member.sha256:  # type: ignore[arg-type]  # tarfile's reader has readinto
                    raise Trouble(
                        f"{name} in the backup is damaged: its bytes are not those that were written."
                    )

    def extract(self, name: str, to: Path) -> None:
        """One member as a file of the disk."""
        with self._opened(name) as source, to.open("xb") as target:
            while block := source.read(BLOCK):
                target.write(block)

    def stored(self) -> Iterator[tuple[str, bytes, str]]:
        """The stored files: (key, bytes, media type)."""
        for name, member in self.manifest.files.items():
            if name.startswith(STORED):
                with self._opened(name) as source:
                    yield name.removeprefix(STORED), source.read(), member.media_type

    def _opened(self, name: str) -> IO[bytes]:
        try:
            found = self._tar.extractfile(name)
        except (KeyError, tarfile.TarError):
            found = None
        if found is None:
            raise Trouble(f"{name} is missing in the backup.")
        return found


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A backup to read from. Raises Trouble when there is none, or it was cut short."""
    try:
        with tarfile.open(path, "r:") as tar:
            text = tar.extractfile(manifest.NAME)
            yield Reader(tar, manifest.read(text.read() if text else b""))
    except FileNotFoundError:
        raise Trouble(f"There is no file {path}.") from None
    except (KeyError, tarfile.TarError, EOFError):
        raise Trouble(f"{path} is no whole backup: it was cut short, or is something else.") from None
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from None
