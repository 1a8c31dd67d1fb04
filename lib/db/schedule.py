"""Slots of schedules: whoever inserts a slot's row has it, and nobody else."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

CLAIM = text(
    "INSERT INTO schedule_runs (schedule, slot) "
    "SELECT * FROM unnest(CAST(:schedules AS text[]), CAST(:slots AS timestamptz[])) "
    "ON CONFLICT DO NOTHING RETURNING schedule, slot"
)


def claim_slots(conn: Connection, slots: Sequence[tuple[str, datetime]]) -> set[tuple[str, datetime]]:
    """Claim `(schedule, slot)` pairs in the caller's transaction; returns those that are now ours."""
    rows = conn.execute(CLAIM, {"schedules": [s for s, _ in slots], "slots": [at for _, at in slots]})
    return {(row.schedule, row.slot) for row in rows}


def last_slot(conn: Connection, schedule: str) -> datetime | None:
    """The latest slot that was claimed."""
    row = conn.execute(text("SELECT max(slot) FROM schedule_runs WHERE schedule = :s"), {"s": schedule})
    found: datetime | None = row.scalar_one()
    return found
