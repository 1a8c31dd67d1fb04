"""The balance of what was planned, and statistics of how it went."""

from collections import Counter
from typing import Any

from sqlalchemy import Connection

from functions.dispatch_notifications.shapes import DaysQuery
from lib.db import delivery_log
from lib.domain.outcomes import FINAL
from lib.domain.periods import Period, period_of
from lib.runtime.call import Call


def period(call: Call, query: DaysQuery) -> Period:
    """The days asked for, in the school's zone unless another is named."""
    tz = query.tz or call.settings.school_timezone
    return period_of(first=query.first, last=query.last, days=query.days, tz=tz, now=call.now)


def _shown(days: Period) -> dict[str, Any]:
    return {"from": days.first, "to": days.last, "tz": days.tz}


def balance(conn: Connection, call: Call, query: DaysQuery) -> dict[str, Any]:
    """planned = sent + failed + suppressed + digested + cancelled + expired + unknown + open."""
    days = period(call, query)
    rows = delivery_log.ledger(conn, days.start, days.end)
    states: Counter[str] = Counter()
    reasons: dict[str, dict[str, int]] = {}
    for row in rows:
        state = row.state if row.state in FINAL else "open"
        states[state] += row.deliveries
        by_reason = reasons.setdefault(state, {})
        by_reason[row.reason or "none"] = by_reason.get(row.reason or "none", 0) + row.deliveries
    planned = sum(row.deliveries for row in rows)
    parts = {state: states.get(state, 0) for state in (*FINAL, "open")}
    return {
        "period": _shown(days),
        "planned": planned,
        **parts,
        "by_reason": reasons,
        "balanced": planned == sum(parts.values()),
    }


def stats(conn: Connection, call: Call, query: DaysQuery) -> dict[str, Any]:
    """Counts by channel, type and status, the rate of success, and how long sending took."""
    days = period(call, query)
    rows = delivery_log.stats(conn, days.start, days.end)
    counts: dict[str, Counter[str]] = {"channel": Counter(), "type": Counter(), "status": Counter()}
    for row in rows:
        counts["channel"][row.channel] += row.deliveries
        counts["type"][row.type] += row.deliveries
        counts["status"][row.state] += row.deliveries
    tried = sum(counts["status"][state] for state in ("sent", "failed", "unknown"))
    latencies = delivery_log.latencies(conn, days.start, days.end)
    return {
        "period": _shown(days),
        "total": sum(counts["status"].values()),
        "by_channel": counts["channel"],
        "by_type": counts["type"],
        "by_status": counts["status"],
        "rows": [dict(row._mapping) for row in rows],
        "success_rate": round(counts["status"]["sent"] / tried, 4) if tried else None,
        "latency_seconds": {
            channel: dict(zip(("p50", "p90", "p99"), (round(s, 3) for s in seconds), strict=True))
            for channel, seconds in latencies.items()
        },
    }
