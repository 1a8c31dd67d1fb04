"""Alerts that were raised, and what the rules look at: each query reads what changed lately, by an index."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from lib.db.arrays import literal
from lib.domain.alerts import Alert, Kind

OPEN = text(
    "SELECT kind, subject, since, detail FROM alerts WHERE kind = :kind AND over_at IS NULL ORDER BY subject"
)
END = text(
    "UPDATE alerts SET over_at = :at WHERE kind = :kind AND over_at IS NULL "
    "AND subject = ANY(CAST(:subjects AS text[]))"
)
RAISE = text(
    "INSERT INTO alerts (kind, subject, since, detail) SELECT * FROM unnest(CAST(:kinds AS text[]), "
    "CAST(:subjects AS text[]), CAST(:since AS timestamptz[]), CAST(:details AS jsonb[])) "
    "ON CONFLICT DO NOTHING RETURNING kind, subject, since"
)
UNMARKED = text(
    "SELECT tutor_id, count(*) AS lessons, min(starts_at) AS starts_at, "
    "(array_agg(lesson_id ORDER BY starts_at, lesson_id))[1] AS lesson_id, "
    "(array_agg(subject ORDER BY starts_at, lesson_id))[1] AS subject FROM lessons "
    "WHERE outcome IS NULL AND NOT deleted AND tutor_id IS NOT NULL AND starts_at >= :start AND starts_at < :end "
    "AND starts_at + make_interval(mins => duration_minutes) <= :end GROUP BY tutor_id ORDER BY tutor_id"
)
# A payment makes no balance smaller; only charges and refunds do.
SPENT = text(
    "SELECT student_id FROM charges WHERE charged_at >= :since "
    "UNION SELECT student_id FROM payments WHERE refunded_at >= :since ORDER BY 1"
)
HELD = text("""
    WITH wanted AS (
        SELECT student_id FROM lessons WHERE outcome = 'unexcused_absence' AND NOT deleted AND marked_at >= :since
        UNION SELECT * FROM unnest(CAST(:students AS text[]))
    )
    SELECT w.student_id, h.lesson_id, h.tutor_id, h.outcome, h.starts_at FROM wanted w, LATERAL (
        SELECT lesson_id, tutor_id, outcome, starts_at FROM lessons l WHERE l.student_id = w.student_id
            AND outcome IN ('attended', 'excused_absence', 'unexcused_absence') AND NOT deleted
            AND starts_at IS NOT NULL
        ORDER BY starts_at DESC, lesson_id DESC LIMIT 2
    ) h ORDER BY w.student_id, h.starts_at DESC, h.lesson_id DESC
""")


def lasting(conn: Connection, kind: Kind) -> list[Alert]:
    """Those that are not over."""
    rows = conn.execute(OPEN, {"kind": kind})
    return [Alert(row.kind, row.subject, row.since, row.detail) for row in rows]


def end(conn: Connection, kind: Kind, subjects: Iterable[str], at: datetime) -> int:
    """Alerts about these are over; how many were."""
    return conn.execute(END, {"kind": kind, "subjects": literal(list(subjects)), "at": at}).rowcount


def put(conn: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """Write alerts down; those that are new. One about somebody for whom the same lasts is not."""
    if not alerts:
        return []
    values = {
        "kinds": [each.kind for each in alerts],
        "subjects": literal([each.subject for each in alerts]),
        "since": [each.since for each in alerts],
        "details": literal([json.dumps(dict(each.detail), ensure_ascii=False) for each in alerts]),
    }
    new = {(row.kind, row.subject, row.since) for row in conn.execute(RAISE, values)}
    return [each for each in alerts if (each.kind, each.subject, each.since) in new]


def unmarked(conn: Connection, start: datetime, end: datetime) -> dict[str, Row[Any]]:
    """By tutor: how many lessons began and ended in [start, end) without an outcome, and the first of them."""
    return {row.tutor_id: row for row in conn.execute(UNMARKED, {"start": start, "end": end})}


def spent_since(conn: Connection, since: datetime) -> list[str]:
    """Students whose balance a charge or a refund has made smaller."""
    return list(conn.execute(SPENT, {"since": since}).scalars())


def held(conn: Connection, since: datetime, students: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """The last two lessons held, latest first, of these students and of those marked as missing since then."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in conn.execute(HELD, {"since": since, "students": literal(list(students))}):
        found[row.student_id].append(row)
    return dict(found)
