"""GET /api/v1/analytics/users/activity/rows."""

from functions.query_analytics.drill.figure import Figure
from functions.query_analytics.rows import Source


def _by(instant: str) -> Source:
    return Source(
        f"(SELECT {instant} AS slot, user_id AS key, user_id, role, registered_at, deactivated_at "  # noqa: S608
        f"FROM users WHERE {instant} IS NOT NULL) AS u",
        ("user_id",),
        (),
    )


ACTIVE = Source(
    "(SELECT max(slot) AS slot, user_id AS key, user_id, max(u.role) AS role, sum(a.actions) AS actions "
    "FROM activity_rollup a LEFT JOIN users u USING (user_id) WHERE slot >= :start AND slot < :end AND a.actions > 0 "
    "GROUP BY user_id) AS u",
    ("user_id",),
    (),
)
# One row a login; the roll-up knows each to the quarter of an hour.
LOGINS = Source(
    "(SELECT slot, jsonb_build_array(user_id, n)::text AS key, user_id, u.role FROM activity_rollup a "
    "LEFT JOIN users u USING (user_id) CROSS JOIN generate_series(1, a.logins) AS n) AS u",
    ("user_id",),
    (),
)
FIGURES = {
    "registered": Figure(_by("registered_at")),
    "active": Figure(ACTIVE),
    "logins": Figure(LOGINS),
    "deactivated": Figure(_by("deactivated_at")),
}
