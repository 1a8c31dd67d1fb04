"""GET /api/v1/analytics/homework/stats/rows."""

from functions.query_analytics.drill.figure import Figure
from functions.query_analytics.rows import Source

COLUMNS = ("student_id", "tutor_id", "subject")
NAMES = (
    "jsonb_build_array(homework_id, student_id)::text AS key, homework_id, student_id, tutor_id, "
    "coalesce(subject, '') AS subject, assigned_at, due_at, submitted_at, submissions, graded_at, percent"
)


def _by(instant: str) -> Source:
    return Source(
        f"(SELECT {instant} AS slot, {NAMES} FROM homeworks WHERE {instant} IS NOT NULL) AS h",  # noqa: S608
        COLUMNS,
        (),
    )


# A state remembers its first submission only; the roll-up has each of them, to the quarter of an hour.
SUBMITTED = Source(
    "(SELECT r.slot, jsonb_build_array(r.tutor_id, r.student_id, r.subject, n)::text AS key, "
    "(SELECT array_agg(h.homework_id ORDER BY h.homework_id) FROM homeworks h WHERE h.student_id = r.student_id "
    "AND coalesce(h.tutor_id, '') = r.tutor_id AND coalesce(h.subject, '') = r.subject "
    "AND h.submitted_at >= r.slot AND h.submitted_at < r.slot + interval '15 minutes')[n] AS homework_id, "
    "r.student_id, r.tutor_id, r.subject FROM homework_rollup r CROSS JOIN generate_series(1, r.submitted) AS n "
    ") AS h",
    COLUMNS,
    (),
)
ON_TIME = Source(
    "(SELECT slot, jsonb_build_array(tutor_id, student_id, subject)::text AS key, student_id, tutor_id, subject, "
    "with_due, on_time FROM homework_rollup WHERE with_due > 0) AS h",
    COLUMNS,
    (),
)
FIGURES = {
    "assigned": Figure(_by("assigned_at")),
    "submitted": Figure(SUBMITTED),
    "graded": Figure(_by("graded_at")),
    "overdue": Figure(_by("overdue_at")),
    "on_time_rate": Figure(ON_TIME, part="sum(on_time)", whole="sum(with_due)"),
    "average_score_percent": Figure(_by("graded_at"), part="sum(percent)", whole="count(*)"),
}
