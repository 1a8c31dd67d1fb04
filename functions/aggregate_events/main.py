"""Takes events into the log and keeps states and figures up to date with it.

Routes: POST /api/v1/events (one CloudEvent or a batch), GET /api/v1/events (the log itself),
POST and GET /api/v1/admin/recompute (everything rebuilt from the log).
Trigger: queue analytics.events, bound to the topic exchange repitbot_events.
"""

from sqlalchemy import Connection

from functions.aggregate_events import recompute
from functions.aggregate_events.listing import EventPage, EventQuery, page
from functions.aggregate_events.relay import to_notifications
from functions.aggregate_events.shapes import Taken
from lib.db import recipients
from lib.domain.batches import decode_all
from lib.domain.events import Arrival
from lib.errors import Permanent
from lib.queue import outbox
from lib.runtime import rejections
from lib.runtime.function import Call, Function, Message, Reply

QUEUE = recompute.QUEUE
CONSUMES = ("application/cloudevents+json", "application/cloudevents-batch+json", "application/json")
app = Function("aggregate_events")


@app.post(
    "/api/v1/events",
    answer=Taken,
    roles=("service", "admin"),
    write=True,
    status=202,
    summary="Take events in",
)
def take(call: Call, conn: Connection) -> Reply:
    """One CloudEvent (structured or binary mode), an older envelope, or a batch of up to 1,000.

    Answered only when the events are durable. New ones are passed on to the notification side in the same
    transaction; a known `(source, id)` is counted and changes nothing.
    """
    message = Message(call.raw, call.headers.get("Content-Type", ""), call.headers)
    decoded = decode_all(message.json(), Arrival(call.now))
    appended = recipients.record(
        conn, decoded.events, along=lambda new: outbox.added(list(to_notifications(new)))
    )
    rejections.park(conn, QUEUE, decoded.rejected, message)
    rejected = [{"index": r.index, "reason": r.reason} for r in decoded.rejected]
    return Reply(
        {"accepted": len(appended.new), "duplicates": appended.duplicates, "rejected": rejected}, 202
    )


@app.get("/api/v1/events", query=EventQuery, answer=EventPage, roles=("admin",), summary="Read the event log")
def read(call: Call, query: EventQuery) -> Reply:
    """The log in its own order, newest first."""
    with call.db.connect() as conn:
        return Reply(page(conn, query))


@app.post(
    "/api/v1/admin/recompute",
    answer=recompute.Recompute,
    roles=("admin",),
    write=True,
    status=202,
    summary="Rebuild every figure from the log",
)
def ask_for_recompute(call: Call, conn: Connection) -> Reply:
    """Beside the live tables, then swapped in; events keep coming meanwhile. Ask again to see how far it is."""
    return Reply(recompute.start(conn, call), 202)


@app.get(
    "/api/v1/admin/recompute", answer=recompute.Recompute, roles=("admin",), summary="The latest recompute"
)
def latest_recompute(call: Call) -> Reply:
    """How far it is, and whether the figures were the same."""
    return Reply(recompute.find(call, None))


@app.get(
    "/api/v1/admin/recompute/<uuid:run_id>",
    answer=recompute.Recompute,
    roles=("admin",),
    summary="One recompute",
)
def one_recompute(call: Call, run_id: object) -> Reply:
    """How far it is, and whether the figures were the same."""
    return Reply(recompute.find(call, str(run_id)))


@app.on_queue(QUEUE)
def consume(call: Call, message: Message) -> None:
    """Append what a publisher sent to the exchange. The notification side has its own copy in its own queue."""
    body = message.json()
    if isinstance(body, dict) and body.get("type") == recompute.TURN and body.get("source") == outbox.SOURCE:
        recompute.turn(call, str(body["data"]["id"]))
        return
    decoded = decode_all(body, Arrival(call.now, message.routing_key, message.message_id))
    if len(decoded.rejected) == 1 and not decoded.events:
        raise Permanent("refused", decoded.rejected[0].reason)
    with call.db.begin() as conn:
        recipients.record(conn, decoded.events)
        rejections.park(conn, QUEUE, decoded.rejected, message)


aggregate_events = app.target
