"""What a backup says of itself: enough to know, without a database, whether it is whole, and after a restore, whether
everything came back."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from lib.local.backup.trouble import Trouble

NAME = "manifest.json"
FORMAT = 1


class Rows(BaseModel):
    """A table: how many rows, and a sum over their hashes, which no order of them changes."""

    model_config = ConfigDict(frozen=True)

    count: int
    sum: str


class Member(BaseModel):
    """A file in the backup. `media_type` is there for files of the store."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str
    media_type: str = ""


class Manifest(BaseModel):
    """`made_at` is the moment that the backup shows; `position` the last event of the log then; `schema_revision` the
    last migration; `postgres` the server's major version; `missing` are keys of files that were gone already."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    made_at: datetime
    version: str
    schema_revision: str
    postgres: int
    position: int
    tables: Mapping[str, Rows]
    files: Mapping[str, Member]
    missing: tuple[str, ...] = ()


def read(text: bytes) -> Manifest:
    """Raises Trouble when it is none of ours, or of a later kind."""
    try:
        found = Manifest.model_validate_json(text)
    except ValidationError:
        raise Trouble("The file's manifest cannot be read: it is damaged, or no backup of ours.") from None
    if found.format > FORMAT:
        raise Trouble(f"The backup was made by a later version ({found.version}). Restore it with that one.")
    return found


def differences(wanted: Mapping[str, Rows], found: Mapping[str, Rows]) -> list[str]:
    """The tables that are not the same, sorted."""
    return sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
