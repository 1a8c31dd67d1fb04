"""What happens by the clock: lesson reminders, and deliveries whose sender vanished.

Trigger: a schedule, every minute. The platform's cron may ring late, twice, or on five machines at once:
each thing to do claims a slot of its own, so it happens once.
"""

import structlog

from functions.run_schedules import reminders
from functions.run_schedules.abandoned import requeued
from lib.queue import outbox
from lib.runtime.function import Call, Function

app = Function("run_schedules")
log = structlog.get_logger()


@app.on_schedule
def tick(call: Call) -> None:
    """Plan the reminders that fall due before the ring after next; wake up abandoned deliveries."""
    with call.db.begin() as conn:
        planned = outbox.add_all(conn, reminders.due(conn, call.now))
    with call.db.begin() as conn:
        woken = outbox.add_all(conn, requeued(conn, call.now))
    if planned or woken:
        log.info("tick", reminders=planned, requeued=woken)


run_schedules = app.target
