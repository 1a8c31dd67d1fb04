"""Proving a receipt: its figures once more, told from nothing but the event log."""

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, text

from functions.query_analytics.receipts import Asked, hash_of
from lib.db import event_log, rebuild
from lib.domain.metrics import VERSION
from lib.domain.shapes import instant_text
from lib.domain.stories import FACTS, KINDS

MOST_NAMED = 100
# The search stops after this long and says that it did.
SEARCH_S = 15.0
STRETCH = 1024
# The kinds of stories, and the facts, that a family's states and roll-ups are told from.
TOLD_FROM: Mapping[str, tuple[str, ...]] = {
    "lessons": ("lesson",),
    "payments": ("payment",),
    "charges": ("charge",),
    "homework": ("homework",),
    "materials": ("material", "fact"),
    "users": ("user", "lesson", "payment", "homework", "fact"),
}
AT = text(
    "SELECT position, source, id, type, occurred_at, received_at FROM events "
    "WHERE position = ANY(CAST(:positions AS bigint[])) ORDER BY position"
)
ERASED_SINCE = text("SELECT EXISTS (SELECT FROM erasures WHERE erased_at > :made)")


def verified(conn: Connection, receipt: Row[Any], asked: Asked) -> dict[str, Any]:
    """Whether the log up to the receipt's position gives its figures, whether today's are still the same, and
    if not, which later events changed them. The caller's transaction is one snapshot; it writes nothing that
    outlives it.
    """
    now = asked.figures(conn)
    types = _types(asked)
    rebuild.begin_for_this_transaction(conn)
    then = _told(conn, asked, types, receipt.position)
    proved = hash_of(then) == receipt.hash
    changed = hash_of(now) != receipt.hash
    return {
        "id": receipt.id,
        "metric": receipt.metric,
        "definition": receipt.definition,
        "position": receipt.position,
        "hash": receipt.hash,
        "recomputed_hash": hash_of(then),
        "equal": proved,
        "reason": None if proved else _why_not(conn, receipt),
        "changed_since": changed,
        **(_changes(conn, asked, receipt.position, then) if proved and changed else {}),
        "figures": then,
    }


def _types(asked: Asked) -> list[str]:
    families = (*asked.metric.dated, *asked.metric.undated)
    kinds = {kind for family in families for kind in TOLD_FROM[family]}
    facts = FACTS if "fact" in kinds else ()
    return sorted([*(name for name, kind in KINDS.items() if kind in kinds), *facts])


def _told(conn: Connection, asked: Asked, types: list[str], upto: int) -> dict[str, Any]:
    """The figures from tables that are filled from the log. What counts at any time is told as a whole, the
    rest as far as it can count in the question's time."""
    undated = [t for t in types if _family_is_undated(asked, t)]
    dated = [t for t in types if t not in undated]
    rebuild.tell_again(conn, undated, None, upto)
    rebuild.tell_again(conn, dated, asked.span, upto)
    return asked.figures(conn)


def _family_is_undated(asked: Asked, event_type: str) -> bool:
    kind = KINDS.get(event_type, "fact")
    return any(kind in TOLD_FROM[family] for family in asked.metric.undated)


def _why_not(conn: Connection, receipt: Row[Any]) -> str:
    if conn.execute(ERASED_SINCE, {"made": receipt.created_at}).scalar_one():
        return (
            "Somebody was erased from the log since: figures that list people are told under a pseudonym now."
        )
    if receipt.definition != VERSION:
        return f"The figure was made by definition {receipt.definition}; the present one is {VERSION}."
    return "The log up to this position gives other figures. Ask for a recompute and tell the operator."


class _Search:
    """Which later events changed the figures, found by halving.

    The tables are moved on through the log. Where a stretch leaves the figures as they were, nothing in it
    matters; where it does not, it is undone and gone through in halves.
    """

    def __init__(self, conn: Connection, asked: Asked, figures: dict[str, Any]) -> None:
        self._conn, self._asked = conn, asked
        self._hash = hash_of(figures)
        self._give_up_at = time.monotonic() + SEARCH_S
        self.found: list[int] = []

    @property
    def over(self) -> bool:
        """Enough is known, or enough time was spent."""
        return len(self.found) >= MOST_NAMED or time.monotonic() > self._give_up_at

    def go(self, since: int, upto: int) -> bool:
        """Search the positions (since, upto]; whether all of them were looked at."""
        for start in range(since, upto, STRETCH):
            if self.over:
                return False
            self._look(start, min(start + STRETCH, upto))
        return not self.over

    def _look(self, since: int, upto: int) -> None:
        if self.over:
            return
        undo = self._conn.begin_nested()
        rebuild.catch_up(self._conn, since, upto)
        changed = hash_of(self._asked.figures(self._conn))
        if changed == self._hash:
            undo.commit()
        elif upto - since == 1:
            undo.commit()
            self._hash = changed
            self.found.append(upto)
        else:
            undo.rollback()
            middle = (since + upto) // 2
            self._look(since, middle)
            self._look(middle, upto)


def _changes(conn: Connection, asked: Asked, position: int, then: dict[str, Any]) -> dict[str, Any]:
    search = _Search(conn, asked, then)
    complete = search.go(position, event_log.head(conn)[0])
    rows = conn.execute(AT, {"positions": search.found})
    return {"changed_by": [_shown(row) for row in rows], "changed_by_is_complete": complete}


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "position": row.position,
        "source": row.source,
        "id": row.id,
        "type": row.type,
        "time": instant_text(row.occurred_at),
        "received_at": instant_text(row.received_at),
    }
