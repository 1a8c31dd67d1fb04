"""GET /api/v1/analytics/lessons/stats/rows."""

from functions.query_analytics.drill.figure import Figure
from functions.query_analytics.rows import Source

LESSONS = Source(
    "(SELECT starts_at AS slot, lesson_id AS key, lesson_id, student_id, tutor_id, coalesce(subject, '') AS subject, "
    "topic, starts_at, duration_minutes, actual_minutes, outcome, outcome_reason, student_rating, tutor_rating, "
    "price, currency, marked_at, CASE WHEN answered_for = starts_at THEN answer END AS answer "
    "FROM lessons WHERE NOT deleted) AS l",
    ("student_id", "tutor_id", "subject"),
    (),
)
HELD = "outcome IN ('attended', 'excused_absence', 'unexcused_absence')"


def _outcome(name: str) -> Figure:
    return Figure(LESSONS, f"outcome = '{name}'")


FIGURES = {
    "scheduled": Figure(LESSONS),
    "completed": _outcome("attended"),
    "cancelled": _outcome("cancelled"),
    "excused": _outcome("excused_absence"),
    "unexcused": _outcome("unexcused_absence"),
    "missed": Figure(LESSONS, "outcome IN ('excused_absence', 'unexcused_absence')"),
    "open": Figure(LESSONS, f"NOT coalesce({HELD} OR outcome = 'cancelled', false)"),
    "minutes": Figure(LESSONS, "outcome = 'attended'", "sum(coalesce(actual_minutes, duration_minutes))"),
    "confirmed": Figure(LESSONS, "answer = 'confirm'"),
    "reschedule_asked": Figure(LESSONS, "answer = 'reschedule'"),
    "declined": Figure(LESSONS, "answer = 'cannot'"),
    "attendance_rate": Figure(LESSONS, HELD, "count(*) FILTER (WHERE outcome = 'attended')", "count(*)"),
    "average_rating": Figure(LESSONS, "student_rating IS NOT NULL", "sum(student_rating)", "count(*)"),
}
