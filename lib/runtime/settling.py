"""What becomes of a delivery after a try, written down in one transaction with its news."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from lib.db import deliveries, pauses, recipients, timeline
from lib.domain.decisions import Decision
from lib.domain.events import utc_now
from lib.domain.outcomes import CHANNEL_OFF, AnswerLost, ChannelPaused, Crowded, Receipt
from lib.domain.retry import next_try
from lib.errors import BadInput, Permanent, Temporary
from lib.runtime import dispatching, metrics
from lib.runtime.attempt import Try
from lib.runtime.fallback import fall_back

# A lost answer's one resend waits a little: what broke the connection is likely still there.
RESEND_AFTER = timedelta(seconds=5)
log = structlog.get_logger()


def sent(conn: Connection, attempt: Try, receipt: Receipt) -> None:
    """The provider has it. One statement; see `deliveries.sent`."""
    delivery = attempt.delivery
    told = replace(delivery, state="sent", reason="sent")
    detail = {"answer": receipt.answer, "id": receipt.provider_id}
    if receipt.via:
        detail["via"] = receipt.via
    if attempt.fell_back:
        detail["template_failed"] = attempt.fell_back
    news = dispatching.outbox_row(told, attempt.kind.name)
    provider_id = receipt.provider_id
    deliveries.sent(conn, delivery.id, attempt.token, provider_id=provider_id, detail=detail, news=news)
    due = max(delivery.created_at, delivery.due_at or delivery.created_at)
    metrics.DELIVERY.labels(delivery.channel).observe(max(0.0, (utc_now() - due).total_seconds()))


def moved(conn: Connection, attempt: Try, address: str) -> None:
    """The provider told us a new address, which the directory keeps."""
    recipients.tell(conn, attempt.delivery.user_id, {"telegram_chat_id": address})


def not_now(conn: Connection, attempt: Try, decision: Decision) -> None:
    if decision.is_alive and decision.due_at:
        put_back(conn, attempt, decision.reason, decision.due_at, state="held", refund=True)
    else:
        _finish(conn, attempt, decision.state, decision.reason, {"passed": list(decision.passed)})


def went_wrong(conn: Connection, attempt: Try, error: Exception) -> None:
    match error:
        case Permanent():
            _finish(conn, attempt, "failed", error.reason, {"answer": error.detail})
            if error.reason in CHANNEL_OFF:
                delivery = attempt.delivery
                recipients.switch_channel(conn, delivery.user_id, delivery.channel, "off", error.reason)
                fall_back(conn, attempt)
        case BadInput():
            wrong = [each["msg"] for each in error.errors]
            _finish(conn, attempt, "failed", "bad_content", {"answer": error.detail, "errors": wrong})
        case ChannelPaused():
            until = pauses.pause(conn, attempt.delivery.channel, error.retry_after, error.reason)
            put_back(conn, attempt, "paused", until, refund=True, answer=error.detail)
        case Crowded():
            soon = attempt.delivery.clock + timedelta(seconds=error.retry_after)
            put_back(conn, attempt, "rate_plan", soon, refund=True)
        case Temporary():
            _later(conn, attempt, error)
        case AnswerLost():
            lost(conn, attempt, error.detail)
        case _:
            log.error("unforeseen", delivery=attempt.delivery.id, exc_info=error)
            if attempt.handed_over:
                lost(conn, attempt, type(error).__name__)
            else:
                _later(conn, attempt, Temporary(f"failed here with {type(error).__name__}"))


def _later(conn: Connection, attempt: Try, error: Temporary) -> None:
    delivery = attempt.delivery
    # From the end of this try: it may have hung for longer than the wait.
    due_at = next_try(delivery.attempts, deliveries.clock(conn), delivery.expires_at)
    if due_at is None:
        _finish(conn, attempt, "failed", "attempts_used_up", {"answer": error.detail})
    else:
        put_back(conn, attempt, "retry", due_at, answer=error.detail)


def lost(conn: Connection, attempt: Try, detail: str) -> None:
    """Once more when it must arrive; otherwise left, and shown."""
    delivery = attempt.delivery
    if attempt.must_arrive and delivery.resends == 0:
        put_back(conn, attempt, "resend", delivery.clock + RESEND_AFTER, resend=True, answer=detail)
    else:
        _finish(conn, attempt, "unknown", "answer_lost", {"answer": detail})


def _finish(conn: Connection, attempt: Try, state: str, reason: str, detail: dict[str, Any]) -> None:
    settled = deliveries.settle(conn, attempt.delivery.id, attempt.token, state, reason)
    if settled:
        timeline.note(conn, settled, "answer" if "answer" in detail else "decision", reason, detail)
        dispatching.publish(conn, settled, attempt.kind.name)


def put_back(
    conn: Connection,
    attempt: Try,
    reason: str,
    due_at: datetime,
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
        dispatching.again(conn, waiting, attempt.notification.priority, attempt.token[:8])
