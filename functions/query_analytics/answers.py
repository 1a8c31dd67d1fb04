"""One analytics answer: scope, snapshot, exact cache, receipt, ETag."""

import hashlib
import time
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from functions.query_analytics import receipts
from functions.query_analytics.question import Filters, Metric, Question
from functions.query_analytics.receipts import Asked
from lib.db import versions
from lib.domain.parameters import Parameters
from lib.domain.periods import Period
from lib.domain.shapes import instant_text
from lib.runtime.function import Call, Reply
from lib.runtime.reply import to_json
from lib.runtime.row_scope import scope

# Only memory is given back after this long; a stale answer cannot be met, its key holds the data's version.
KEEP_S = 3600
# One caller computes, the others look again; longer than any answer takes, so nobody waits for the dead for long.
CLAIM_S = 5
LOOK_AGAIN_S = 0.01
PATIENCE_S = 2.0


def answer(call: Call, query: Parameters, metric: Metric, **more: str | None) -> Reply:
    """The figures of `metric` for the caller, from one snapshot of the database; `more` is what only it asks.

    The cache key holds everything the answer depends on: the definition, what is asked after the row scope,
    and the version of the data. An event that could change the figures makes another key.
    """
    period = query.period(default_tz=call.settings.school_timezone, now=call.now)
    with call.db.connect().execution_options(isolation_level="REPEATABLE READ") as conn, conn.begin():
        filters = _filters(conn, call, query)
        now = call.now.replace(second=0, microsecond=0)
        given = tuple(sorted((name, value) for name, value in more.items() if value is not None))
        asked = Asked(metric, Question(period, query.granularity, filters, now, given), query.compare)
        version = versions.at(conn, asked.families())
        key = f"analytics:{asked.hash}:{version}"
        body = call.cache.get(key) or _computed(conn, call, asked, version, key)
    return _with_etag(call, body)


def _computed(conn: Connection, call: Call, asked: Asked, version: int, key: str) -> bytes:
    """Computed by whoever comes first; the others wait for it, and help themselves if it takes too long."""
    claim, give_up_at = f"{key}:claim", time.monotonic() + PATIENCE_S
    while not call.cache.claim(claim, ttl_s=CLAIM_S):
        if time.monotonic() > give_up_at:
            break
        time.sleep(LOOK_AGAIN_S)
        if body := call.cache.get(key):
            return body
    try:
        body = to_json(_assembled(conn, asked, version)).encode()
        call.cache.put(key, body, ttl_s=KEEP_S)
    finally:
        call.cache.release(claim)
    return body


def _assembled(conn: Connection, asked: Asked, version: int) -> dict[str, Any]:
    """`as_of` is the last event that could have changed these figures: whatever came later did not."""
    figures = asked.figures(conn)
    return {
        "period": _shown(asked.question.period),
        "filters": asked.filters(),
        "as_of": {"position": version, "time": _received(conn, version)},
        "receipt": receipts.keep(conn, asked, version, figures),
        **figures,
    }


def _shown(period: Period) -> dict[str, Any]:
    return {"from": period.first, "to": period.last, "tz": period.tz}


def _received(conn: Connection, position: int) -> str | None:
    at: datetime | None = conn.execute(
        text("SELECT received_at FROM events WHERE position = :position"), {"position": position}
    ).scalar()
    return instant_text(at) if at else None


def _filters(conn: Connection, call: Call, query: Parameters) -> Filters:
    tutor_id, student_ids = scope(conn, call).filters(tutor_id=query.tutor_id, student_id=query.student_id)
    return Filters(tutor_id, student_ids, query.subject)


def _with_etag(call: Call, body: bytes) -> Reply:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    asked = call.headers.get("If-None-Match", "")
    if etag in (tag.strip().removeprefix("W/") for tag in asked.split(",")):
        return Reply(b"", 304, headers=headers)
    return Reply(body, headers=headers)
