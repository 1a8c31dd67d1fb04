"""GET /api/v1/analytics/materials/usage/rows."""

from functions.query_analytics.drill.figure import Figure
from functions.query_analytics.question import Filters
from functions.query_analytics.rows import Source

COLUMNS = ("tutor_id", "subject")
KNOWN = "m.title, coalesce(m.subject, '') AS subject, coalesce(m.tutor_id, '') AS tutor_id"
MADE = (
    "SELECT created_at AS slot, material_id AS key, material_id, title, coalesce(subject, '') AS subject, "
    "coalesce(tutor_id, '') AS tutor_id, grade, material_type, created_at, deleted_at "
    "FROM materials WHERE created_at IS NOT NULL"
)
# A material of some students is one that they opened in the period.
OPENED = (
    " AND material_id IN (SELECT material_id FROM material_rollup WHERE slot >= :start AND slot < :end "
    "AND accessed + downloads > 0 AND user_id = ANY(CAST(:readers AS text[])))"
)


def _each(count: str) -> Source:
    """One row for each time; the roll-up knows each to the quarter of an hour."""
    return Source(
        "(SELECT r.slot, jsonb_build_array(r.material_id, r.user_id, n)::text AS key, "  # noqa: S608
        f"r.material_id, r.user_id, {KNOWN} FROM material_rollup r LEFT JOIN materials m USING (material_id) "
        f"CROSS JOIN generate_series(1, r.{count}) AS n) AS u",
        (*COLUMNS, "user_id"),
        (),
    )


READERS = Source(
    "(SELECT max(slot) AS slot, user_id AS key, user_id, sum(accessed) AS accessed, sum(downloads) AS downloads "
    "FROM material_rollup r LEFT JOIN materials m USING (material_id) WHERE slot >= :start AND slot < :end "
    "AND accessed + downloads > 0 AND (CAST(:of_tutor AS text) IS NULL OR m.tutor_id = :of_tutor) "
    "AND (CAST(:of_subject AS text) IS NULL OR coalesce(m.subject, '') = :of_subject) GROUP BY user_id) AS u",
    ("user_id",),
    (),
)


def figures(filters: Filters) -> dict[str, Figure]:
    """By name."""
    opened = "" if filters.student_ids is None else OPENED
    return {
        "created": Figure(Source(f"({MADE}{opened}) AS m", COLUMNS, ())),
        "accessed": Figure(_each("accessed")),
        "downloads": Figure(_each("downloads")),
        "unique_users": Figure(READERS),
    }
