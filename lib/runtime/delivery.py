"""One try at one delivery, the same for every channel.

claim with a lease → look everything up afresh → render → hand over up to the point of no return → commit
`dot` → let the provider accept → commit the outcome at once. A crash at any line leaves a row that shows it:
before `dot` the next holder of the lease tries again, after it the outcome is unknown and the type decides.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection, exc

from lib.db import deliveries, pauses, timeline
from lib.db.deliveries import Delivery, Refusal
from lib.domain.decisions import Decision, Request, decide
from lib.domain.outcomes import FINAL, Carrier, Editor, Receipt
from lib.errors import Permanent, Temporary
from lib.runtime import dispatching, settling, updating
from lib.runtime.attempt import Try, attempt_of, letter_of
from lib.runtime.call import Call, Message

# Waits between tries to write an outcome down, seconds: a database restart must not turn `sent` into `unknown`.
INSIST_S = (0.2, 0.5, 1.0, 2.0)
log = structlog.get_logger()


class LeaseLost(Exception):
    """Our lease ran out before the point of no return."""


def deliver(call: Call, message: Message, carrier: Carrier) -> None:
    """Carry one `delivery.due` message out. Raises Temporary while somebody else holds the delivery."""
    if message.event().get("type") == dispatching.EDIT:
        _edit(call, message, carrier)
        return
    delivery_id = delivery_id_of(message)
    token = uuid.uuid4().hex
    with call.db.begin() as conn:
        found = deliveries.claim(conn, delivery_id, token)
        attempt = _begun(conn, call, found, token) if isinstance(found, Delivery) else None
        if attempt and _paused(conn, attempt):
            return
    if attempt is None:
        _not_ours(call, delivery_id, found, token)
        return
    try:
        _attempt(attempt, carrier)
    finally:
        if attempt.line is not None:
            attempt.line.close()


def _edit(call: Call, message: Message, carrier: Carrier) -> None:
    if not isinstance(carrier, Editor):
        raise Permanent("bad_message", f"Messages of {carrier.channel} cannot be changed.")
    updating.show_answers(call, delivery_id_of(message), carrier)


def delivery_id_of(message: Message) -> str:
    given = message.event()["data"].get("delivery_id")
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        raise Permanent("bad_message", "The message names no delivery.") from None


def _begun(conn: Connection, call: Call, delivery: Delivery, token: str) -> Try:
    timeline.note(conn, delivery, "attempt", detail={"number": delivery.attempts})
    return attempt_of(conn, call, delivery, token)


def _paused(conn: Connection, attempt: Try) -> bool:
    until = pauses.paused_until(conn, attempt.delivery.channel)
    if until is None:
        return False
    settling.put_back(conn, attempt, "paused", until, refund=True)
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
            settling.lost(
                conn, attempt_of(conn, call, adopted, token), "the sender vanished after handing it over"
            )


def _attempt(attempt: Try, carrier: Carrier) -> None:
    try:
        decision = _still_wanted(attempt)
        receipt = _handed_over(attempt, carrier) if decision.action == "send" else None
    except LeaseLost:
        log.warning("lease lost", delivery=attempt.delivery.id)
        return
    except Exception as error:  # noqa: BLE001 - whatever happened, the row must say so
        problem = error
        _insist(attempt, lambda conn: settling.went_wrong(conn, attempt, problem))
        return
    if receipt is None:
        _insist(attempt, lambda conn: settling.not_now(conn, attempt, decision))
    else:
        _insist(attempt, lambda conn: settling.sent(conn, attempt, receipt), at_once=True)
        if receipt.moved_to:
            address = receipt.moved_to
            _insist(attempt, lambda conn: settling.moved(conn, attempt, address))


def _handed_over(attempt: Try, carrier: Carrier) -> Receipt:
    return carrier.send(letter_of(attempt), lambda: _point_of_no_return(attempt))


def _still_wanted(attempt: Try) -> Decision:
    """The rules again, at the time of sending: somebody may have unsubscribed while it waited."""
    request = Request(
        kind=attempt.kind,
        critical=attempt.notification.critical,
        expires_at=attempt.delivery.expires_at,
        waited=True,
    )
    channels = (attempt.delivery.channel,)
    return decide(request, attempt.person, channels, attempt.delivery.clock)[0]


def _point_of_no_return(attempt: Try) -> None:
    attempt.line = _committing(attempt)
    if not deliveries.hand_over(attempt.line, attempt.delivery.id, attempt.token):
        raise LeaseLost
    attempt.handed_over = True


def _committing(attempt: Try) -> Connection:
    """A connection whose every statement commits itself, which saves two round trips."""
    return attempt.call.db.connect().execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def _connection(attempt: Try, *, at_once: bool) -> Iterator[Connection]:
    """A transaction; or for a single statement, the line that is open already."""
    if not at_once:
        with attempt.call.db.begin() as conn:
            yield conn
        return
    line, attempt.line = attempt.line or _committing(attempt), None
    with line:
        yield line


def _insist(attempt: Try, write: Callable[[Connection], None], *, at_once: bool = False) -> None:
    """Write an outcome down, through a short absence of the database."""
    for wait in (*INSIST_S, None):
        try:
            with _connection(attempt, at_once=at_once) as conn:
                write(conn)
            return
        except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError):
            if wait is None:
                raise
            time.sleep(wait)
