"""How long things have been waiting, and how full the database is: what an operator is woken for."""

from collections.abc import Iterator
from typing import get_args

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Connection

from functions.serve_console.counts import family
from functions.serve_console.queues import QUEUES
from lib.db import event_log
from lib.domain import school_hours
from lib.domain.alerts import Kind
from lib.domain.timing import GATHERED
from lib.runtime.function import Call

# With a broker the database does not see the events' queues, but it knows every delivery that is due.
OLDEST = """
    SELECT q.queue, coalesce(extract(epoch FROM now() - min(w.due_at)), 0) AS value
    FROM unnest(CAST(:queues AS text[])) AS q(queue) LEFT JOIN (
        SELECT queue, due_at FROM queue_messages WHERE due_at <= now() AND coalesce(lease_until < now(), true)
        UNION ALL SELECT 'outbox', due_at FROM outbox WHERE due_at <= now()
        UNION ALL SELECT 'reports.requested', updated_at FROM reports WHERE state = 'queued'
        UNION ALL SELECT CASE WHEN state = 'held' AND reason = ANY(CAST(:gathered AS text[]))
            THEN 'notifications.events' ELSE 'notifications.' || channel END, due_at
        FROM deliveries WHERE state IN ('planned', 'held', 'queued') AND due_at <= now()
    ) w USING (queue) GROUP BY 1
"""
# A schedule that was never rung is as old as the database's run.
TICK = (
    "SELECT extract(epoch FROM now() - coalesce(max(slot), pg_postmaster_start_time())) AS value "
    "FROM schedule_runs WHERE schedule = 'tick'"
)
ALERTS = (
    "SELECT k.kind, count(a.kind) AS value FROM unnest(CAST(:kinds AS text[])) AS k(kind) "
    "LEFT JOIN alerts a ON a.kind = k.kind AND a.over_at IS NULL GROUP BY 1"
)
BYTES = "SELECT pg_database_size(current_database()) AS value"
CONNECTIONS = (
    "SELECT 'used' AS state, count(*) AS value FROM pg_stat_activity WHERE backend_type = 'client backend' "
    "UNION ALL SELECT 'allowed', CAST(current_setting('max_connections') AS bigint)"
)


def measured(conn: Connection, call: Call) -> Iterator[Metric]:
    """Every family, read now."""
    gauge = GaugeMetricFamily
    waiting = {"queues": [*QUEUES, "outbox"], "gathered": list(GATHERED)}
    oldest = "notification_queue_oldest_seconds"
    yield family(
        conn, gauge, oldest, "For how long the oldest message that is due has waited.", OLDEST, **waiting
    )
    yield family(
        conn, gauge, "schedule_age_seconds", "Since the latest minute the schedule worked for.", TICK
    )
    kinds = list(get_args(Kind))
    yield family(conn, gauge, "alerts_open", "Alerts to people that last.", ALERTS, kinds=kinds)
    yield family(conn, gauge, "database_bytes", "What the database takes on its disk.", BYTES)
    yield family(conn, gauge, "database_connections", "Connections of everybody.", CONNECTIONS)
    yield from _school(conn, call)


def _school(conn: Connection, call: Call) -> Iterator[Metric]:
    """PromQL knows no zones: the school's clock is read here."""
    zone = call.settings.school_timezone
    silence = school_hours.silence(event_log.head(conn)[1], call.now, zone).total_seconds()
    yield GaugeMetricFamily(
        "school_hours", "1 while the school is at work.", value=school_hours.is_open(call.now, zone)
    )
    yield GaugeMetricFamily(
        "events_silence_seconds", "School hours of today without a new event.", value=silence
    )
