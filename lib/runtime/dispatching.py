"""The messages that move deliveries on: to a channel's queue when one is due, to the world when it is over."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from lib.db.deliveries import Delivery
from lib.domain.catalogue import PRIORITIES
from lib.domain.plans import Plan
from lib.domain.shapes import instant_text
from lib.domain.timing import GATHERED
from lib.queue import outbox
from lib.queue.outbox import Outgoing

EXCHANGE = "repitbot_notifications"
GATHER = "delivery.gather"
EDIT = "delivery.edit"
PUBLISHED = ("sent", "failed", "suppressed", "unknown")


def due(delivery_id: str, channel: str, tag: str, *, due_at: datetime | None, priority: str) -> Outgoing:
    """To the channel's queue at `due_at`. `tag` tells one turn of the same delivery from the next."""
    return outbox.message(
        "delivery.due",
        f"{delivery_id}:{tag}",
        {"delivery_id": delivery_id},
        queue=f"notifications.{channel}",
        due_at=due_at,
        priority=PRIORITIES[priority],
    )


def gathering(delivery_id: str, user_id: str, channel: str, tag: str, due_at: datetime | None) -> Outgoing:
    """To the dispatcher at `due_at`: see what waits for this person on this channel by then."""
    return outbox.message(
        GATHER,
        f"{delivery_id}:gather:{tag}",
        {"user_id": user_id, "channel": channel},
        queue="notifications.events",
        due_at=due_at,
        priority=PRIORITIES["high"],
    )


def first_turns(plans: Iterable[Plan]) -> Iterator[Outgoing]:
    """What new plans put in the outbox: the due deliveries, and the news of those that were suppressed."""
    for plan in plans:
        for each in plan.deliveries:
            decision = each.decision
            if decision.is_gathered:
                yield gathering(each.id, each.user_id, decision.channel, "0", decision.due_at)
            elif decision.is_alive:
                priority = plan.asked.priority
                yield due(each.id, decision.channel, "0", due_at=decision.due_at, priority=priority)
            elif decision.state in PUBLISHED:
                yield _published(
                    decision.state,
                    f"{each.id}:{decision.state}:0",
                    notification_id=plan.id,
                    delivery_id=each.id,
                    user_id=each.user_id,
                    type=plan.asked.kind.name,
                    channel=decision.channel,
                    reason=decision.reason,
                    attempts=0,
                    at=plan.created_at,
                )


def _published(state: str, tag: str, *, at: datetime, **facts: Any) -> Outgoing:
    kind = f"notification.{state}"
    data = {**facts, "status": state, "at": instant_text(at)}
    return outbox.message(kind, tag, data, exchange=EXCHANGE, routing_key=kind)


def over(delivery: Delivery, type_name: str) -> Outgoing | None:
    """To the exchange of outcomes; None for an outcome that is not published. No words of the message."""
    if delivery.state not in PUBLISHED:
        return None
    return _published(
        delivery.state,
        f"{delivery.id}:{delivery.state}:{delivery.attempts}",
        notification_id=delivery.notification_id,
        delivery_id=delivery.id,
        user_id=delivery.user_id,
        type=type_name,
        channel=delivery.channel,
        reason=delivery.reason,
        attempts=delivery.attempts,
        at=delivery.clock,
    )


def outbox_row(delivery: Delivery, type_name: str) -> dict[str, Any]:
    """The news of a delivery that is over, as a row of the outbox, and the channel that wakes its relay."""
    message = over(delivery, type_name)
    if message is None:
        raise ValueError(f"{delivery.state} is not published")
    row = asdict(message)
    del row["due_at"]
    return {**row, "wake": outbox.WAKE}


def publish(conn: Connection, delivery: Delivery, type_name: str) -> None:
    """Tell the world how a delivery ended, in the transaction that ends it."""
    message = over(delivery, type_name)
    if message:
        outbox.add(conn, [message])


def again(conn: Connection, delivery: Delivery, priority: str, tag: str) -> None:
    """See to a waiting delivery when its row says: one that is held may become one message with others."""
    if delivery.state == "held" and delivery.reason in GATHERED:
        message = gathering(delivery.id, delivery.user_id, delivery.channel, tag, delivery.due_at)
    else:
        message = due(delivery.id, delivery.channel, tag, due_at=delivery.due_at, priority=priority)
    outbox.add(conn, [message])
