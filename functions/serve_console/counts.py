"""Figures that the database knows better than any process: they survive restarts and count every replica."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Connection, Row, text

from functions.serve_console import queues
from lib.db import delivery_counts
from lib.domain.catalogue import CHANNELS, TYPES
from lib.domain.outcomes import FINAL

QUEUES = "SELECT queue, count(*) AS value FROM queue_messages WHERE queue NOT LIKE '%.dead' GROUP BY 1"
DEAD = "SELECT queue, count(*) AS value FROM dead_letters WHERE replayed_at IS NULL GROUP BY 1"
EVENTS = "SELECT type, events AS value FROM event_counts"
OUTBOX = "SELECT 'outbox' AS queue, count(*) AS value FROM outbox WHERE due_at <= now()"
# Whoever acted within a window acted last within it: one pass over a month, whatever the windows.
ACTIVE = (
    "SELECT w.name AS window, count(u.last) AS value FROM (VALUES ('1d', 1), ('7d', 7), ('30d', 30)) AS w(name, days) "
    "LEFT JOIN (SELECT user_id, max(slot) AS last FROM activity_rollup WHERE actions > 0 "
    "AND slot > now() - interval '30 days' AND slot <= now() GROUP BY 1) u "
    "ON u.last > now() - make_interval(days => w.days) GROUP BY 1"
)
LAG = (
    "SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) AS value FROM queue_messages "
    "WHERE queue = 'analytics.events' AND due_at <= now()"
)
PAUSES = (
    "SELECT c.channel, CAST(p.channel IS NULL AS integer) AS value FROM (VALUES ('email'), ('telegram')) AS c(channel) "
    "LEFT JOIN channel_pauses p ON p.channel = c.channel AND p.paused_until > now()"
)
FENCE = "SELECT count(*) AS value FROM send_fence WHERE opened_at IS NULL"

Family = Callable[..., Metric]


def counted(conn: Connection, *, embedded: bool) -> Iterator[Metric]:
    """Every family, read now. Unless the queue is `embedded`, the broker knows how much waits, but for the outbox."""
    yield notifications(conn)
    waiting, ours = ((QUEUES, OUTBOX), queues.QUEUES) if embedded else ((OUTBOX,), ())
    yield by_queue(conn, "notification_queue_size", "Messages waiting.", waiting, ours)
    yield by_queue(conn, "notification_dead_letters", "Messages put aside.", (DEAD,), queues.QUEUES)
    yield family(conn, CounterMetricFamily, "events_ingested", "Events in the log.", EVENTS)
    yield family(conn, GaugeMetricFamily, "events_lag_seconds", "Age of the oldest event not yet taken.", LAG)
    yield family(conn, GaugeMetricFamily, "active_users", "Distinct users with an act of their own.", ACTIVE)
    yield family(conn, GaugeMetricFamily, "channel_up", "0 while a channel is paused.", PAUSES)
    yield family(conn, GaugeMetricFamily, "send_fence", "1 while nothing is sent after a restore.", FENCE)


def notifications(conn: Connection) -> Metric:
    """How often a delivery came into each state.

    The final states are there from the beginning: what starts at its first value has no increase to be seen.
    """
    values = dict.fromkeys(product(CHANNELS, TYPES, FINAL), 0) | delivery_counts.entered(conn)
    metric = CounterMetricFamily(
        "notifications",
        "How often a delivery came into a state.",
        labels=["channel", "type", "status"],
    )
    for labels, value in sorted(values.items()):
        metric.add_metric(labels, value)
    return metric


def by_queue(
    conn: Connection, name: str, about: str, statements: Sequence[str], ours: Sequence[str]
) -> Metric:
    """`ours` are told of when they are empty, too: a series that comes and goes has gaps where there is a 0."""
    sizes = dict.fromkeys(ours, 0)
    for statement in statements:
        sizes |= {row.queue: row.value for row in conn.execute(text(statement))}
    metric = GaugeMetricFamily(name, about, labels=["queue"])
    for queue, size in sizes.items():
        metric.add_metric([queue], size)
    return metric


def family(
    conn: Connection, kind: Family, name: str, about: str, *statements: str, **values: object
) -> Metric:
    """The rows of `statements` as samples: the column `value`, and every other column as a label."""
    rows: list[Row[tuple[object, ...]]] = []
    for statement in statements:
        rows += conn.execute(text(statement), values).all()
    labels: Sequence[str] = [field for field in (rows[0]._fields if rows else ()) if field != "value"]
    metric = kind(name, about, labels=labels)
    for row in rows:
        fields = row._mapping
        metric.add_metric([str(fields[label]) for label in labels], float(fields["value"]))  # type: ignore[attr-defined]  # of both families
    return metric
