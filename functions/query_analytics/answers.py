"""One analytics answer: scope, snapshot, exact cache, receipt, ETag."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from functions.query_analytics.rows import Filters
from lib.db import event_log
from lib.domain.metrics import VERSION
from lib.domain.parameters import Parameters
from lib.domain.periods import Granularity, Period
from lib.domain.shapes import instant_text
from lib.runtime.function import Call, Reply
from lib.runtime.reply import to_json
from lib.runtime.row_scope import scope

Compute = Callable[[Connection, Period, Granularity, Filters], dict[str, Any]]
# Only memory is given back after this long; a stale answer cannot be met, its key holds the log's position.
KEEP_S = 3600


def answer(call: Call, query: Parameters, metric: str, compute: Compute) -> Reply:
    """The figures of `metric` for the caller, from one snapshot of the database.

    The cache key holds everything the answer depends on: definition version, filters after the row scope,
    period, and the position of the log. An event more is another key.
    """
    period = query.period(default_tz=call.settings.school_timezone, now=call.now)
    with call.db.connect().execution_options(isolation_level="REPEATABLE READ") as conn, conn.begin():
        filters = _filters(conn, call, query)
        position, received_at = event_log.head(conn)
        asked = {
            "metric": metric,
            "version": VERSION,
            "period": {"from": period.first, "to": period.last, "tz": period.tz},
            "filters": _shown(query, filters),
        }
        key = "analytics:" + _hash({**asked, "position": position})
        body = call.cache.get(key)
        if body is None:
            figures = _compute(conn, query, period, filters, compute)
            as_of = {"position": position, "time": instant_text(received_at) if received_at else None}
            body = to_json(_assembled(asked, as_of, figures)).encode()
            call.cache.put(key, body, ttl_s=KEEP_S)
    return _with_etag(call, body)


def _compute(
    conn: Connection, query: Parameters, period: Period, filters: Filters, compute: Compute
) -> dict[str, Any]:
    figures = compute(conn, period, query.granularity, filters)
    if query.compare is None:
        return figures
    before = period.previous()
    return {
        **figures,
        "previous": {
            "period": {"from": before.first, "to": before.last, "tz": before.tz},
            "summary": compute(conn, before, query.granularity, filters)["summary"],
        },
    }


def _assembled(asked: dict[str, Any], as_of: dict[str, Any], figures: dict[str, Any]) -> dict[str, Any]:
    """`receipt` says which definition over which events gave these figures, and their hash."""
    basis = {**asked, "position": as_of["position"], "hash": _hash(figures)}
    receipt = {"id": _hash(basis), **{k: basis[k] for k in ("metric", "version", "position", "hash")}}
    return {
        "period": asked["period"],
        "filters": asked["filters"],
        "as_of": as_of,
        "receipt": receipt,
        **figures,
    }


def _shown(query: Parameters, filters: Filters) -> dict[str, Any]:
    return {
        "granularity": query.granularity,
        "tutor_id": filters.tutor_id,
        "student_ids": filters.student_ids,
        "subject": filters.subject,
        "compare": query.compare,
    }


def _hash(value: Any) -> str:
    canonical = json.dumps(
        json.loads(to_json(value)), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


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
