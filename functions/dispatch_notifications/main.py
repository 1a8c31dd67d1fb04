"""Decides who gets what, when and why, and keeps the ledger of it.

Routes: /api/v1/notifications…, /api/v1/broadcasts… and /api/v1/ledger….
Trigger: queue notifications.events, bound to the topic exchange repitbot_events.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from functions.dispatch_notifications import (
    acts,
    broadcasts,
    broadcasts_pages,
    escalation,
    explaining,
    gathering,
    intake,
    ledger,
    requests,
    simulation,
    views,
    words,
)
from functions.dispatch_notifications.audience import school_zone
from functions.dispatch_notifications.broadcasts_shapes import BroadcastRequest, PlaceQuery
from functions.dispatch_notifications.shapes import (
    Batch,
    DaysQuery,
    ExplainQuery,
    LogQuery,
    NotificationRequest,
    OneQuery,
    PageQuery,
    Simulation,
    WordsQuery,
)
from lib.db import dead_letters, recipients
from lib.domain.batches import decode_all
from lib.domain.catalogue import TYPES
from lib.domain.events import Arrival
from lib.errors import BadInput, Permanent, not_found
from lib.queue import outbox
from lib.runtime import dispatching, rejections
from lib.runtime.function import Call, Function, Message, Reply

QUEUE = "notifications.events"
SENDERS = ("admin", "service")
app = Function("dispatch_notifications")


@app.post(
    "/api/v1/notifications",
    body=NotificationRequest,
    roles=SENDERS,
    status=202,
    write=True,
    summary="Tell somebody something",
)
def ask(call: Call, body: NotificationRequest, conn: Connection) -> Reply:
    """Decided and durable when answered; sending follows."""
    made = requests.place(conn, call, [body])[0]
    if isinstance(made, BadInput):
        raise made
    return Reply(requests.answer(made), 202)


@app.post(
    "/api/v1/notifications/batch",
    body=Batch,
    roles=SENDERS,
    status=202,
    write=True,
    summary="Up to 500 notifications at once",
)
def ask_many(call: Call, body: list[NotificationRequest], conn: Connection) -> Reply:
    """One result each, in order; one that makes no message does not hold up the others."""
    results = [requests.answer(made) for made in requests.place(conn, call, body)]
    return Reply({"results": results, "accepted": sum(r["id"] is not None for r in results)}, 202)


@app.post("/api/v1/notifications/simulate", body=Simulation, roles=SENDERS, summary="Decide, send nothing")
def simulate(call: Call, body: Simulation) -> Reply:
    """The decisions that would be taken now or at `at`, with the words; nothing is kept or sent."""
    return Reply(simulation.simulate(call, body))


@app.get("/api/v1/notifications", query=LogQuery, summary="The delivery log")
def read_log(call: Call, query: LogQuery) -> Reply:
    """Newest first; one's own only, unless one may see all."""
    with call.db.connect() as conn:
        return Reply(views.log_page(conn, query, call.principal, school_zone(call.settings)))


@app.get("/api/v1/notifications/types", summary="The types, their groups and default channels")
def types(_: Call) -> Reply:
    """What can be told at all."""
    items = [
        {
            "type": kind.name,
            "group": kind.group,
            "channels": list(kind.channels),
            "critical": kind.critical,
            "must_arrive": kind.must_arrive,
            "priority": kind.priority,
            "keeps_for_hours": int(kind.keeps_for.total_seconds() // 3600),
        }
        for kind in TYPES.values()
    ]
    return Reply({"items": items, "next_cursor": None})


@app.get("/api/v1/notifications/explain", query=ExplainQuery, summary="Why somebody did, or did not, get it")
def explain(call: Call, query: ExplainQuery) -> Reply:
    """One sentence and the chain of rules; also for what never existed."""
    if not views.sees_all(call.principal) and query.user_id != call.principal.sub:
        raise not_found()
    with call.db.connect() as conn:
        return Reply(explaining.explain(conn, call, query))


@app.get("/api/v1/notifications/stats", query=DaysQuery, roles=SENDERS, summary="Counts, success, latency")
def stats(call: Call, query: DaysQuery) -> Reply:
    """Of the deliveries planned on these days."""
    with call.db.connect() as conn:
        return Reply(ledger.stats(conn, call, query))


@app.get("/api/v1/ledger/balance", query=DaysQuery, roles=SENDERS, summary="Planned = what became of it")
def balance(call: Call, query: DaysQuery) -> Reply:
    """Every delivery planned on these days is in exactly one of the states."""
    with call.db.connect() as conn:
        return Reply(ledger.balance(conn, call, query))


@app.get("/api/v1/notifications/dead-letters", query=PageQuery, roles=SENDERS, summary="What was put aside")
def parked(call: Call, query: PageQuery) -> Reply:
    """Messages that could not be handled, with the reason, newest first."""
    with call.db.connect() as conn:
        rows = dead_letters.listed(conn, limit=query.limit + 1, before=views.as_cursor(query.cursor))
    items = rows[: query.limit]
    return Reply({"items": items, "next_cursor": items[-1]["id"] if len(rows) > query.limit else None})


@app.post(
    "/api/v1/notifications/dead-letters/<letter_id>/replay",
    roles=SENDERS,
    write=True,
    summary="Send a parked message to its queue once more",
)
def replay(call: Call, conn: Connection, letter_id: str) -> Reply:
    """Once: what was replayed is not in the list any more."""
    return Reply(acts.replay(conn, call, views.as_uuid(letter_id)))


@app.get("/api/v1/notifications/<some_id>", query=OneQuery, summary="A notification and its story")
def show(call: Call, query: OneQuery, some_id: str) -> Reply:
    """By its own id or by that of one of its deliveries."""
    with call.db.connect() as conn:
        return Reply(views.whole(conn, some_id, call.principal, school_zone(call.settings), query.lang))


@app.get("/api/v1/notifications/<some_id>/words", query=WordsQuery, summary="How its messages read")
def show_words(call: Call, query: WordsQuery, some_id: str) -> Reply:
    """Rendered anew, without the links that act for their reader; for at most 20 of its deliveries."""
    with call.db.connect() as conn:
        return Reply(words.rendered(conn, call, some_id, query))


@app.post("/api/v1/notifications/<some_id>/cancel", roles=SENDERS, write=True, summary="Stop what waits")
def cancel(call: Call, conn: Connection, some_id: str) -> Reply:
    """Of a notification or one delivery; 409 with the state when nothing waits any more."""
    return Reply(acts.cancel(conn, call, views.as_uuid(some_id)))


@app.post(
    "/api/v1/notifications/<some_id>/retry", roles=SENDERS, write=True, summary="Send again what failed"
)
def retry(call: Call, conn: Connection, some_id: str) -> Reply:
    """Of a notification or one delivery; 409 with the state when nothing has failed."""
    return Reply(acts.retry(conn, call, views.as_uuid(some_id)))


@app.on_queue(QUEUE)
def consume(call: Call, message: Message) -> None:
    """One event or a batch. Of a batch the bad ones are parked by themselves."""
    body = message.json()
    if isinstance(body, dict) and _ours(call, body):
        return
    decoded = decode_all(body, Arrival(call.now, message.routing_key, message.message_id))
    if len(decoded.rejected) == 1 and not decoded.events:
        raise Permanent("refused", decoded.rejected[0].reason)
    with call.db.begin() as conn:
        # A transaction of its own: writers of the log take turns, and deciding takes longer than appending.
        recipients.record(conn, decoded.events)
    with call.db.begin() as conn:
        intake.take(conn, decoded.events, call.now, school_zone(call.settings))
        rejections.park(conn, QUEUE, decoded.rejected, message)


def _ours(call: Call, body: dict[str, Any]) -> bool:
    """Messages that this function writes to itself, due at a moment of their own."""
    work = TURNS.get(str(body.get("type"))) if body.get("source") == outbox.SOURCE else None
    if work is None:
        return False
    with call.db.begin() as conn:
        work(conn, call, body.get("data") or {})
    return True


TURNS: Mapping[str, Callable[[Connection, Call, dict[str, Any]], None]] = MappingProxyType(
    {
        dispatching.GATHER: gathering.release,
        escalation.ESCALATE: escalation.escalate,
        intake.AGAIN: intake.again,
        broadcasts_pages.TURN: broadcasts_pages.turn,
    }
)


@app.post(
    "/api/v1/broadcasts",
    query=PlaceQuery,
    body=BroadcastRequest,
    roles=SENDERS,
    status=202,
    write=True,
    summary="Tell many people something; dry_run=true only says what would happen",
)
def broadcast(call: Call, query: PlaceQuery, body: BroadcastRequest, conn: Connection) -> Reply:
    """Who gets it is settled when answered; it goes out page by page at the rate that the channel takes."""
    broadcasts.require_scope(call)
    if query.dry_run:
        return Reply(broadcasts.rehearse(conn, call, body))
    return Reply(broadcasts.place(conn, call, body), 202)


@app.get("/api/v1/broadcasts", query=PageQuery, roles=SENDERS, summary="Broadcasts, newest first")
def list_broadcasts(call: Call, query: PageQuery) -> Reply:
    """What was asked for, and the state it is in."""
    broadcasts.require_scope(call)
    with call.db.connect() as conn:
        return Reply(broadcasts.listed(conn, query))


@app.get("/api/v1/broadcasts/<broadcast_id>", roles=SENDERS, summary="How far a broadcast has come")
def show_broadcast(call: Call, broadcast_id: str) -> Reply:
    """How many people are in which state; together they are all of them."""
    broadcasts.require_scope(call)
    with call.db.connect() as conn:
        return Reply(broadcasts.show(conn, views.as_uuid(broadcast_id)))


@app.post("/api/v1/broadcasts/<broadcast_id>/pause", roles=SENDERS, write=True, summary="Plan no more of it")
def pause_broadcast(call: Call, conn: Connection, broadcast_id: str) -> Reply:
    """A few seconds' worth is on its way already; 409 with the state that forbids it."""
    broadcasts.require_scope(call)
    return Reply(broadcasts.pause(conn, views.as_uuid(broadcast_id)))


@app.post("/api/v1/broadcasts/<broadcast_id>/resume", roles=SENDERS, write=True, summary="Go on with it")
def resume_broadcast(call: Call, conn: Connection, broadcast_id: str) -> Reply:
    """From where it was paused; 409 with the state that forbids it."""
    broadcasts.require_scope(call)
    return Reply(broadcasts.resume(conn, views.as_uuid(broadcast_id)))


@app.post("/api/v1/broadcasts/<broadcast_id>/cancel", roles=SENDERS, write=True, summary="Stop it for good")
def cancel_broadcast(call: Call, conn: Connection, broadcast_id: str) -> Reply:
    """Whatever nobody has begun to send; 409 with the state that forbids it."""
    broadcasts.require_scope(call)
    return Reply(broadcasts.cancel(conn, call, views.as_uuid(broadcast_id)))


dispatch_notifications = app.target
