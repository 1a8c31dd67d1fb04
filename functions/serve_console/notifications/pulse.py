"""How it goes right now: today's ledger, what waits, what was put aside, which channels work."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from functions.serve_console import counts, queues
from functions.serve_console.notifications.bars import parts
from functions.serve_console.notifications.pages import DISPATCH, NOTIFICATIONS
from functions.serve_console.web.api import Api
from functions.serve_console.web.visitor import Visitor
from lib.db import fence
from lib.runtime.function import Call

OURS = "notifications."
# A school's history that is loaded at once would fill the whole strip; it is told beside it.
TOO_OLD = "event_too_old"
# From what went well to what did not; the open ones last, as they are the ones that still move.
ORDER = ("sent", "digested", "suppressed", "cancelled", "expired", "unknown", "failed", "open")


def pulse(call: Call, visitor: Visitor) -> dict[str, Any]:
    """The strip above the log."""
    api = Api(call, visitor)
    today = call.now.astimezone(visitor.zone).date().isoformat()
    days = {"from": today, "to": today, "tz": visitor.zone.key}
    balance = api.get(DISPATCH, "/api/v1/ledger/balance", **days)
    stats = api.get(DISPATCH, f"{NOTIFICATIONS}/stats", **days)
    old = balance["by_reason"].get("expired", {}).get(TOO_OLD, 0)
    balance = {**balance, "planned": balance["planned"] - old, "expired": balance["expired"] - old}
    waiting, dead, up = _counted(call)
    with call.db.connect() as conn:
        standing = fence.look(conn)
    slowest = max(stats["latency_seconds"].values(), key=lambda each: each["p90"] or 0, default=None)
    return {
        "planned": balance["planned"],
        "old": old,
        "parts": list(parts(ORDER, balance)),
        "balanced": balance["balanced"],
        "success": stats["success_rate"],
        "latency": slowest,
        "fence": standing if standing and standing.is_closed else None,
        "waiting": waiting,
        "dead": dead,
        "paused": [channel for channel, works in up.items() if not works],
    }


def _counted(call: Call) -> tuple[int, int, Mapping[str, bool]]:
    """Messages waiting on our queues, letters put aside, and whether each channel works."""
    with call.db.connect() as conn:
        sizes = {row.queue: int(row.value) for row in conn.execute(text(counts.QUEUES))}
        sizes |= {row.queue: int(row.value) for row in conn.execute(text(counts.OUTBOX))}
        dead = sum(int(row.value) for row in conn.execute(text(counts.DEAD)))
        up = {str(row.channel): bool(row.value) for row in conn.execute(text(counts.PAUSES))}
    if call.settings.rabbitmq_url:
        sizes |= queues.depths(call.settings.rabbitmq_url)
    waiting = sum(size for name, size in sizes.items() if name.startswith(OURS) or name == "outbox")
    return waiting, dead, up
