"""One try at one delivery, the same for every channel.

claim with a lease → look everything up afresh → render → hand over up to the point of no return → commit
`dot` → let the provider accept → commit the outcome at once. A crash at any line leaves a row that shows it:
before `dot` the next holder of the lease tries again, after it the outcome is unknown and the type decides.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, exc, select

from lib.db import deliveries, pauses, preferences, recipients, timeline
from lib.db.deliveries import Delivery, Refusal
from lib.db.tables import notifications
from lib.domain.catalogue import TYPES, NotificationType
from lib.domain.decisions import Decision, Person, Request, decide
from lib.domain.outcomes import CHANNEL_OFF, FINAL, AnswerLost, Carrier, ChannelPaused, Letter, Receipt
from lib.domain.retry import next_try
from lib.errors import BadInput, Permanent, Temporary
from lib.runtime import dispatching, letters
from lib.runtime.call import Call, Message

# A lost answer's one resend waits a little: what broke the connection is likely still there.
RESEND_AFTER = timedelta(seconds=5)
# Waits between tries to write an outcome down, seconds: a database restart must not turn `sent` into `unknown`.
INSIST_S = (0.2, 0.5, 1.0, 2.0)
log = structlog.get_logger()
T = TypeVar("T")


class LeaseLost(Exception):
    """Our lease ran out before the point of no return."""


@dataclass(slots=True)
class Try:
    """What one try knows: the claimed row, its notification, and whom it is for."""

    call: Call
    token: str
    delivery: Delivery
    notification: Any
    person: Person
    data: dict[str, Any] = field(default_factory=dict)
    handed_over: bool = False

    @property
    def kind(self) -> NotificationType:
        return TYPES[self.notification.type]


def deliver(call: Call, message: Message, carrier: Carrier) -> None:
    """Carry one `delivery.due` message out. Raises Temporary while somebody else holds the delivery."""
    delivery_id = _delivery_id(message)
    token = uuid.uuid4().hex
    with call.db.begin() as conn:
        found = deliveries.claim(conn, delivery_id, token)
        attempt = _prepare(conn, call, found, token) if isinstance(found, Delivery) else None
        if attempt and _paused(conn, attempt):
            return
    if attempt is None:
        _not_ours(call, delivery_id, found, token)
        return
    _attempt(attempt, carrier)


def _delivery_id(message: Message) -> str:
    given = message.event()["data"].get("delivery_id")
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        raise Permanent("bad_message", "The message names no delivery.") from None


def _prepare(conn: Connection, call: Call, delivery: Delivery, token: str) -> Try:
    timeline.note(conn, delivery, "attempt", detail={"number": delivery.attempts})
    wanted = select(notifications).where(notifications.c.id == delivery.notification_id)
    notification = conn.execute(wanted).one()
    user_id = delivery.user_id
    person = letters.person_of(
        call.settings, user_id, recipients.get(conn, user_id), preferences.get(conn, user_id)
    )
    return Try(call, token, delivery, notification, person, letters.with_names(conn, notification.data))


def _paused(conn: Connection, attempt: Try) -> bool:
    until = pauses.paused_until(conn, attempt.delivery.channel)
    if until is None:
        return False
    _put_back(conn, attempt, "paused", until, refund=True)
    return True


def _not_ours(call: Call, delivery_id: str, found: Delivery | Refusal | None, token: str) -> None:
    """The row could not be claimed: over, not due yet, held by somebody, or left behind by a crash."""
    if not isinstance(found, Refusal):
        raise Permanent("unknown_delivery", "There is no such delivery.")
    if found.delivery.state in FINAL:
        return
    if found.lease_left > 0:
        raise Temporary("Another instance is sending this now.", retry_after=found.lease_left + 0.5)
    if found.abandoned_after_handover:
        _settle_abandoned(call, delivery_id, token)
    elif found.too_late:
        with call.db.begin() as conn:
            expired = deliveries.expire(conn, delivery_id)
            if expired:
                timeline.note(conn, expired, "state", "expired")


def _settle_abandoned(call: Call, delivery_id: str, token: str) -> None:
    with call.db.begin() as conn:
        adopted = deliveries.adopt(conn, delivery_id, token)
        if adopted:
            _lost(conn, _prepare(conn, call, adopted, token), "the sender vanished after handing it over")


def _attempt(attempt: Try, carrier: Carrier) -> None:
    decision = _still_wanted(attempt)
    if decision.action != "send":
        _insist(attempt, lambda conn: _not_now(conn, attempt, decision))
        return
    try:
        receipt = carrier.send(_letter(attempt), lambda: _point_of_no_return(attempt))
    except LeaseLost:
        log.warning("lease lost", delivery=attempt.delivery.id)
        return
    except Exception as error:  # noqa: BLE001 - whatever happened, the row must say so
        problem = error
        _insist(attempt, lambda conn: _went_wrong(conn, attempt, problem))
        return
    _insist(attempt, lambda conn: _sent(conn, attempt, receipt))


def _still_wanted(attempt: Try) -> Decision:
    """The rules again, at the time of sending: somebody may have unsubscribed while it waited."""
    request = Request(
        kind=attempt.kind,
        critical=attempt.notification.critical,
        expires_at=attempt.delivery.expires_at,
    )
    channels = (attempt.delivery.channel,)
    return decide(request, attempt.person, channels, attempt.delivery.clock)[0]


def _letter(attempt: Try) -> Letter:
    settings, delivery, row = attempt.call.settings, attempt.delivery, attempt.notification
    rendered = letters.words(
        settings,
        attempt.kind,
        delivery.channel,
        attempt.person,
        attempt.data,
        delivery.clock,
        locale=row.locale,
        template=row.template,
    )
    return letters.addressed(
        settings,
        attempt.kind,
        delivery.channel,
        attempt.person,
        rendered,
        notification_id=delivery.notification_id,
        delivery_id=delivery.id,
        date=delivery.clock,
    )


def _point_of_no_return(attempt: Try) -> None:
    with attempt.call.db.begin() as conn:
        if not deliveries.hand_over(conn, attempt.delivery.id, attempt.token):
            raise LeaseLost
    attempt.handed_over = True


def _insist(attempt: Try, write: Callable[[Connection], T]) -> T:
    """Write an outcome down, through a short absence of the database."""
    for wait in (*INSIST_S, None):
        try:
            with attempt.call.db.begin() as conn:
                return write(conn)
        except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError):
            if wait is None:
                raise
            time.sleep(wait)
    raise AssertionError("unreachable: the last wait raises")


def _sent(conn: Connection, attempt: Try, receipt: Receipt) -> None:
    delivery, token = attempt.delivery, attempt.token
    settled = deliveries.settle(conn, delivery.id, token, "sent", "sent", receipt.provider_id)
    if settled is None:
        return
    timeline.note(conn, settled, "answer", "sent", {"answer": receipt.answer, "id": receipt.provider_id})
    dispatching.publish(conn, settled, attempt.kind.name)
    if receipt.moved_to:
        recipients.tell(conn, delivery.user_id, {"telegram_chat_id": receipt.moved_to})


def _not_now(conn: Connection, attempt: Try, decision: Decision) -> None:
    if decision.action == "hold" and decision.due_at:
        _put_back(conn, attempt, decision.reason, decision.due_at, state="held", refund=True)
    else:
        _finish(conn, attempt, decision.state, decision.reason, {"passed": list(decision.passed)})


def _went_wrong(conn: Connection, attempt: Try, error: Exception) -> None:
    match error:
        case Permanent():
            _finish(conn, attempt, "failed", error.reason, {"answer": error.detail})
            if error.reason in CHANNEL_OFF:
                delivery = attempt.delivery
                recipients.switch_channel(conn, delivery.user_id, delivery.channel, "off", error.reason)
        case BadInput():
            wrong = [each["msg"] for each in error.errors]
            _finish(conn, attempt, "failed", "bad_content", {"answer": error.detail, "errors": wrong})
        case ChannelPaused():
            until = pauses.pause(conn, attempt.delivery.channel, error.retry_after, error.reason)
            _put_back(conn, attempt, "paused", until, refund=True, answer=error.detail)
        case Temporary():
            _later(conn, attempt, error)
        case AnswerLost():
            _lost(conn, attempt, error.detail)
        case _:
            log.error("unforeseen", delivery=attempt.delivery.id, exc_info=error)
            if attempt.handed_over:
                _lost(conn, attempt, type(error).__name__)
            else:
                _later(conn, attempt, Temporary(f"failed here with {type(error).__name__}"))


def _later(conn: Connection, attempt: Try, error: Temporary) -> None:
    delivery = attempt.delivery
    due_at = next_try(delivery.attempts, delivery.clock, delivery.expires_at)
    if due_at is None:
        _finish(conn, attempt, "failed", "attempts_used_up", {"answer": error.detail})
    else:
        _put_back(conn, attempt, "retry", due_at, answer=error.detail)


def _lost(conn: Connection, attempt: Try, detail: str) -> None:
    """Once more when it must arrive; otherwise left, and shown."""
    delivery = attempt.delivery
    if attempt.kind.must_arrive and delivery.resends == 0:
        _put_back(conn, attempt, "resend", delivery.clock + RESEND_AFTER, resend=True, answer=detail)
    else:
        _finish(conn, attempt, "unknown", "answer_lost", {"answer": detail})


def _finish(conn: Connection, attempt: Try, state: str, reason: str, detail: dict[str, Any]) -> None:
    settled = deliveries.settle(conn, attempt.delivery.id, attempt.token, state, reason)
    if settled:
        timeline.note(conn, settled, "answer" if "answer" in detail else "decision", reason, detail)
        dispatching.publish(conn, settled, attempt.kind.name)


def _put_back(
    conn: Connection,
    attempt: Try,
    reason: str,
    due_at: Any,
    *,
    state: str = "queued",
    refund: bool = False,
    resend: bool = False,
    answer: str | None = None,
) -> None:
    waiting = deliveries.put_back(
        conn,
        attempt.delivery.id,
        attempt.token,
        reason=reason,
        due_at=due_at,
        state=state,
        refund=refund,
        resend=resend,
    )
    if waiting:
        detail = {"due_at": due_at.isoformat(), **({"answer": answer} if answer else {})}
        timeline.note(conn, waiting, "state", reason, detail)
        dispatching.again(conn, waiting, attempt.kind.name, attempt.token[:8])
