"""The life of a delivery: claimed with a lease, staged, finished. Every step is one conditional UPDATE.

Whoever holds the lease's token may go on; who lost it finds no row and has to let go.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from lib.db import delivery_steps as step

# Longer than any try can take (setting up and waiting for the answer are bounded to 38 s together).
LEASE_S = 40
HANDED_OVER = "dot"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery's row as the sender sees it; `clock` is the database's time of the statement."""

    id: str
    notification_id: str
    user_id: str
    channel: str
    state: str
    reason: str | None
    attempts: int
    resends: int
    stage: str | None
    due_at: datetime | None
    expires_at: datetime | None
    provider_id: str | None
    created_at: datetime
    clock: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a delivery could not be claimed. `lease_left` is in seconds, 0 when nobody holds it."""

    delivery: Delivery
    lease_left: float
    too_late: bool

    @property
    def abandoned_after_handover(self) -> bool:
        """Whether whoever had it vanished after the point of no return."""
        d = self.delivery
        return d.state == "sending" and d.stage == HANDED_OVER and self.lease_left <= 0


def as_delivery(row: Row[Any]) -> Delivery:
    values = {name: getattr(row, name) for name in Delivery.__slots__}
    return Delivery(**{**values, "id": str(row.id), "notification_id": str(row.notification_id)})


def _first(conn: Connection, statement: Any, **values: Any) -> Delivery | None:
    row = conn.execute(statement, values).first()
    return as_delivery(row) if row else None


def claim(conn: Connection, delivery_id: str, token: str) -> Delivery | Refusal | None:
    """Take a delivery that is due; or say why not; None when there is no such delivery."""
    claimed = _first(conn, step.CLAIM, id=delivery_id, token=token, lease=LEASE_S)
    if claimed:
        return claimed
    row = conn.execute(step.LOOK, {"id": delivery_id}).first()
    return Refusal(as_delivery(row), 0.0 if row.lease_over else row.lease_left, row.too_late) if row else None


def clock(conn: Connection) -> datetime:
    """The database's time."""
    at: datetime = conn.execute(step.CLOCK).scalar_one()
    return at


def look(conn: Connection, delivery_id: str) -> Delivery | None:
    """One delivery as it stands; None when there is no such one."""
    return _first(conn, step.LOOK, id=delivery_id)


def adopt(conn: Connection, delivery_id: str, token: str) -> Delivery | None:
    """Take over one whose holder vanished after the point of no return, in order to settle it."""
    return _first(conn, step.ADOPT, id=delivery_id, token=token, lease=LEASE_S)


def hand_over(conn: Connection, delivery_id: str, token: str) -> bool:
    """Write down that the next bytes may be accepted; False when the lease is lost: do not send them."""
    return conn.execute(step.STAGE, {"id": delivery_id, "token": token, "lease": LEASE_S}).rowcount == 1


def settle(
    conn: Connection, delivery_id: str, token: str, state: str, reason: str, provider_id: str | None = None
) -> Delivery | None:
    """Finish a claimed delivery; None when the lease was lost meanwhile."""
    return _first(
        conn, step.SETTLE, id=delivery_id, token=token, state=state, reason=reason, provider_id=provider_id
    )


def sent(
    conn: Connection,
    delivery_id: str,
    token: str,
    provider_id: str | None,
    detail: Mapping[str, Any],
    news: Mapping[str, Any],
) -> None:
    """Finish a delivery the provider has accepted, with its line in the timeline and its news in the outbox.

    One statement: give it a connection in autocommit. Does nothing when the lease was lost meanwhile.
    `news` holds the outbox row and `wake`, the channel the relay listens on.
    """
    values = {"id": delivery_id, "token": token, "provider_id": provider_id}
    conn.execute(step.SENT, {**values, "detail": json.dumps(detail, ensure_ascii=False), **news})


def put_back(
    conn: Connection,
    delivery_id: str,
    token: str,
    *,
    reason: str,
    due_at: datetime,
    state: str = "queued",
    refund: bool = False,
    resend: bool = False,
) -> Delivery | None:
    """Give a claimed delivery back for a later try. `refund`: this one does not count as a try."""
    return _first(
        conn,
        step.PUT_BACK,
        id=delivery_id,
        token=token,
        state=state,
        reason=reason,
        due_at=due_at,
        refund=int(refund),
        resend=int(resend),
    )


def expire(conn: Connection, delivery_id: str) -> Delivery | None:
    """Finish one whose time has run out; None when somebody else settled it."""
    return _first(conn, step.EXPIRE, id=delivery_id)


def cancel(conn: Connection, delivery_ids: Sequence[str], reason: str) -> list[Delivery]:
    """Cancel those of the given deliveries that nobody has begun to send; returns them."""
    rows = conn.execute(step.CANCEL, {"ids": list(delivery_ids), "reason": reason})
    return [as_delivery(row) for row in rows]


def cancel_reminders(
    conn: Connection, lesson_ids: Iterable[str], reason: str, users: Iterable[str] | None = None
) -> list[Delivery]:
    """Cancel the waiting reminders of these lessons, everybody's or those of `users`; returns them."""
    values = {"lessons": sorted(set(lesson_ids)), "reason": reason}
    rows = conn.execute(step.CANCEL_REMINDERS, {**values, "users": None if users is None else sorted(users)})
    return [as_delivery(row) for row in rows]


def revive(conn: Connection, delivery_ids: Sequence[str], worth_s: float) -> list[Delivery]:
    """Queue failed and unknown ones anew, worth sending for `worth_s` seconds; returns them."""
    rows = conn.execute(step.REVIVE, {"ids": list(delivery_ids), "worth": worth_s})
    return [as_delivery(row) for row in rows]
