"""What happens by the clock: lesson reminders, alerts, deliveries whose sender vanished, the log's coming months.

Trigger: a schedule, every minute. The platform's cron may ring late, twice, or on five machines at once:
each thing to do claims a slot of its own, so it happens once.
"""

import structlog

from functions.run_schedules import alerting, forgetting, reminders, reporting, upkeep
from functions.run_schedules.abandoned import requeued
from lib.db import delivery_counts
from lib.db.schedule import claim_slots
from lib.queue import outbox
from lib.runtime import metrics
from lib.runtime.function import Call, Function

app = Function("run_schedules")
log = structlog.get_logger()


@app.on_schedule
def tick(call: Call) -> None:
    """Plan the reminders that fall due before the ring after next; wake up abandoned deliveries."""
    _measure(call)
    with call.db.begin() as conn:
        planned = outbox.add(conn, reminders.due(conn, call.now))
    with call.db.begin() as conn:
        woken = outbox.add(conn, requeued(conn, call.now))
    with call.db.begin() as conn:
        forgetting.forget(conn, call.cache)
    with call.db.begin() as conn:
        delivery_counts.fold(conn)
    with call.db.begin() as conn:
        upkeep.keep_up(conn, call.now)
    with call.db.begin() as conn:
        reports = outbox.add(conn, reporting.due(conn, call))
    alerted = alerting.watch(call)
    if planned or woken or reports or alerted:
        log.info("tick", reminders=planned, requeued=woken, reports=reports, alerts=alerted)


def _measure(call: Call) -> None:
    """The first tick of a minute says how late the schedule rings."""
    minute = call.now.replace(second=0, microsecond=0)
    with call.db.begin() as conn:
        if claim_slots(conn, [("tick", minute)]):
            metrics.LATENESS.set((call.now - minute).total_seconds())


run_schedules = app.target
