"""GET /api/v1/analytics/materials/usage."""

from typing import Any

from sqlalchemy import Connection, text

from functions.query_analytics.people import among, people
from functions.query_analytics.question import Filters, Metric, Question
from functions.query_analytics.rows import Row, Source, grouped, only, series
from lib.domain.rollups import MATERIALS

POPULAR = 20
READERS = ", count(DISTINCT user_id) AS unique_users"
USED = Source(
    "(SELECT r.*, coalesce(m.subject, '') AS subject, coalesce(m.tutor_id, '') AS tutor_id "
    "FROM material_rollup r LEFT JOIN materials m USING (material_id)) AS used",
    (*MATERIALS.keys, "subject", "tutor_id"),
    tuple(MATERIALS.counts),
)
# A material of a student is one that the student opened in the period.
CREATED = Source(
    "(SELECT created_at AS slot, material_id, coalesce(subject, '') AS subject, "
    "coalesce(tutor_id, '') AS tutor_id, 1 AS created FROM materials WHERE created_at IS NOT NULL) AS made",
    ("material_id", "subject", "tutor_id"),
    ("created",),
)
OPENED = Source(
    "(SELECT m.created_at AS slot, m.material_id, coalesce(m.subject, '') AS subject, "
    "coalesce(m.tutor_id, '') AS tutor_id, r.user_id, 1 AS created FROM materials m "
    "JOIN (SELECT DISTINCT material_id, user_id FROM material_rollup WHERE accessed + downloads > 0 "
    "AND slot >= :start AND slot < :end) r USING (material_id) WHERE m.created_at IS NOT NULL) AS made",
    ("material_id", "subject", "tutor_id", "user_id"),
    ("created",),
)
DISTINCT = ", count(DISTINCT material_id) AS materials"
TITLES = text(
    "SELECT material_id, title, subject FROM materials WHERE material_id = ANY(CAST(:ids AS text[])) ORDER BY 1"
)
SETS: list[tuple[str, ...]] = [(), ("bucket",), ("subject",)]
Found = dict[tuple[str, ...], list[Row]]


def figures(used: Row | None, made: Row | None = None) -> dict[str, int]:
    """Sums of use and of creation → the figures of the contract."""
    return {
        "created": int(made["materials"]) if made else 0,
        "accessed": int(used["accessed"]) if used else 0,
        "downloads": int(used["downloads"]) if used else 0,
        "unique_users": int(used["unique_users"]) if used else 0,
    }


def usage(conn: Connection, question: Question) -> dict[str, Any]:
    """Materials by the local day of each fact: made, opened, downloaded."""
    used = grouped(conn, USED, about_readers(conn, question), sets=[*SETS, ("material_id",)], extra=READERS)
    made = _created(conn, question, SETS)
    return {
        "summary": figures(only(used[()]), only(made[()])),
        "series": _series(question, used, made),
        "by_subject": _by_subject(used, made),
        "popular": _popular(conn, used[("material_id",)]),
    }


# A material's title, subject and tutor are what they are now, whenever it is used.
USAGE = Metric("materials.usage", usage, dated=("materials",), undated=("materials", "lessons"))


def headline(conn: Connection, question: Question) -> dict[str, Any]:
    """The summary alone."""
    used = grouped(conn, USED, about_readers(conn, question), sets=[()], extra=READERS)
    return figures(only(used[()]), only(_created(conn, question, [()])[()]))


def about_readers(conn: Connection, question: Question) -> Question:
    """A tutor's use is that of the tutor's own materials by the tutor's own people."""
    filters = question.filters
    return among(question, Filters(filters.tutor_id, people(conn, filters), filters.subject))


def made_source(question: Question) -> Source:
    """Materials as made; for some students, those that they opened."""
    return CREATED if question.filters.student_ids is None else OPENED


def _created(conn: Connection, question: Question, sets: list[tuple[str, ...]]) -> Found:
    return grouped(conn, made_source(question), question, sets=sets, extra=DISTINCT)


def _series(question: Question, used: Found, made: Found) -> list[dict[str, Any]]:
    created = {row["bucket"]: row for row in made[("bucket",)]}
    days = series(question, used[("bucket",)], figures)
    return [
        {**day, "created": int(created[i]["materials"]) if i in created else 0} for i, day in enumerate(days)
    ]


def _by_subject(used: Found, made: Found) -> list[dict[str, Any]]:
    uses = {row["subject"]: row for row in used[("subject",)]}
    makes = {row["subject"]: row for row in made[("subject",)]}
    return [{"subject": name, **figures(uses.get(name), makes.get(name))} for name in sorted({*uses, *makes})]


def _popular(conn: Connection, rows: list[Row]) -> list[dict[str, Any]]:
    """The most opened first; equals by downloads, then by id."""
    best = sorted(rows, key=lambda row: (-row["accessed"], -row["downloads"], row["material_id"]))[:POPULAR]
    ids = [row["material_id"] for row in best]
    known = {row.material_id: row for row in conn.execute(TITLES, {"ids": ids})}
    return [_named(row, known.get(row["material_id"])) for row in best]


def _named(row: Row, known: Any) -> dict[str, Any]:
    title, subject = (known.title, known.subject) if known else (None, None)
    counts = {name: int(row[name]) for name in ("accessed", "downloads", "unique_users")}
    return {"material_id": row["material_id"], "title": title, "subject": subject or "", **counts}
