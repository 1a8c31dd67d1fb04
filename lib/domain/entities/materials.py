"""A material as the figures need it, and the facts of its use."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lib.domain.events import Event
from lib.domain.rollups import ACTIVITY, MATERIALS, Contribution, contribution

FIELDS = ("title", "subject", "grade", "material_type", "tutor_id")


@dataclass(frozen=True, slots=True)
class Material:
    """`files` and `shares` count what the log tells; `deleted_at` is None while the material is there."""

    material_id: str
    title: str | None = None
    subject: str | None = None
    grade: int | None = None
    material_type: str | None = None
    tutor_id: str | None = None
    created_at: datetime | None = None
    deleted_at: datetime | None = None
    files: int = 0
    shares: int = 0


def fold(events: Iterable[Event], material: Material | None = None) -> Material | None:
    """Events of one material, in their own order, after the state so far → its state; None when there are none."""
    for event in events:
        before = material or Material(str(event.data["material_id"]))
        material = replace(before, **_changes(before, event))
    return material


def _changes(material: Material, event: Event) -> dict[str, Any]:
    known = {name: event.data[name] for name in FIELDS if event.data.get(name) is not None}
    match event.type:
        case "material.created":
            return {**known, "created_at": material.created_at or event.time, "deleted_at": None}
        case "material.deleted":
            return {"deleted_at": material.deleted_at or event.time}
        case "material.file.uploaded":
            return {**known, "files": material.files + 1}
        case "material.shared":
            return {**known, "shares": material.shares + 1}
        case _:
            return known


def access(event: Event) -> Iterator[Contribution]:
    """Opening or downloading a material: a fact of its own, and an action of its reader.

    A download may be told as material.file.downloaded or as an access of type download; the second is both.
    """
    counts = {"accessed": 1} if event.type == "material.accessed" else {"downloads": 1}
    if event.data.get("access_type") == "download":
        counts["downloads"] = 1
    reader = str(event.data["user_id"])
    yield contribution(MATERIALS, event.time, str(event.data["material_id"]), reader, **counts)
    yield contribution(ACTIVITY, event.time, reader, actions=1)
