"""Figures that the database knows better than any process: they survive restarts and count every replica."""

from collections.abc import Callable, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Connection, Row, text

NOTIFICATIONS = (
    "SELECT d.channel, n.type, d.state AS status, count(*) AS value FROM deliveries d "
    "JOIN notifications n ON n.id = d.notification_id GROUP BY 1, 2, 3"
)
QUEUES = "SELECT queue, count(*) AS value FROM queue_messages WHERE queue NOT LIKE '%.dead' GROUP BY 1"
DEAD = "SELECT queue, count(*) AS value FROM dead_letters WHERE replayed_at IS NULL GROUP BY 1"
EVENTS = "SELECT type, events AS value FROM event_counts"
OUTBOX = "SELECT 'outbox' AS queue, count(*) AS value FROM outbox WHERE due_at <= now()"
ACTIVE = (
    "SELECT w.name AS window, count(DISTINCT user_id) FILTER (WHERE actions > 0) AS value "
    "FROM (VALUES ('1d', 1), ('7d', 7), ('30d', 30)) AS w(name, days) "
    "LEFT JOIN activity_rollup ON slot > now() - make_interval(days => w.days) AND slot <= now() GROUP BY 1"
)
LAG = (
    "SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) AS value FROM queue_messages "
    "WHERE queue = 'analytics.events' AND due_at <= now()"
)
PAUSES = (
    "SELECT c.channel, CAST(p.channel IS NULL AS integer) AS value FROM (VALUES ('email'), ('telegram')) AS c(channel) "
    "LEFT JOIN channel_pauses p ON p.channel = c.channel AND p.paused_until > now()"
)

Family = Callable[..., Metric]


def counted(conn: Connection) -> list[Metric]:
    """Every family, read now."""
    return [
        _family(conn, CounterMetricFamily, "notifications", "Deliveries by state.", NOTIFICATIONS),
        _family(conn, GaugeMetricFamily, "notification_queue_size", "Messages waiting.", QUEUES, OUTBOX),
        _family(conn, GaugeMetricFamily, "notification_dead_letters", "Messages put aside.", DEAD),
        _family(conn, CounterMetricFamily, "events_ingested", "Events in the log.", EVENTS),
        _family(conn, GaugeMetricFamily, "events_lag_seconds", "Age of the oldest event not yet taken.", LAG),
        _family(conn, GaugeMetricFamily, "active_users", "Distinct users with an act of their own.", ACTIVE),
        _family(conn, GaugeMetricFamily, "channel_up", "0 while a channel is paused.", PAUSES),
    ]


def _family(conn: Connection, kind: Family, name: str, about: str, *statements: str) -> Metric:
    rows: list[Row[tuple[object, ...]]] = []
    for statement in statements:
        rows += conn.execute(text(statement)).all()
    labels: Sequence[str] = [field for field in (rows[0]._fields if rows else ()) if field != "value"]
    metric = kind(name, about, labels=labels)
    for row in rows:
        values = row._mapping
        metric.add_metric([str(values[label]) for label in labels], float(values["value"]))  # type: ignore[attr-defined]  # of both families
    return metric
