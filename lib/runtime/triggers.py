"""Queue messages and schedule ticks: POST / with exactly the answers every platform's connector understands.

200 with an empty body = an outcome is recorded; 503 with Retry-After = try again. A message that can never
succeed is parked here, with its reason, and then counts as done: some brokers drop a 4xx without a trace.
"""

import structlog
from sqlalchemy import exc

from lib.db import dead_letters
from lib.errors import BadInput, Permanent, Temporary
from lib.runtime import metrics
from lib.runtime.call import Call, Message
from lib.runtime.function import Function
from lib.runtime.reply import Reply

# A message that keeps failing for a reason we did not foresee is parked at this try.
TRIES = 5
DONE = Reply(b"", 200, "text/plain")
log = structlog.get_logger()


def wanted(function: Function) -> bool:
    """Whether POST / means a trigger for this function."""
    return function.queue_handler is not None or function.schedule_handler is not None


def answer(function: Function, call: Call) -> Reply:
    """Carry a trigger out. Raises Temporary, which the edge turns into 503 + Retry-After."""
    if function.schedule_handler is not None:
        function.schedule_handler(call)
        return DONE
    message = _message(call)
    try:
        assert function.queue_handler is not None  # noqa: S101 - `wanted` said so; this is for the type checker
        with metrics.PROCESSING.labels(function.name).time():
            function.queue_handler(call, message)
    except Permanent as error:
        park(call, function, message, f"{error.reason}: {error.detail}")
    except BadInput as error:
        park(call, function, message, f"bad_input: {error.detail}")
    except (Temporary, exc.OperationalError, exc.InterfaceError, exc.TimeoutError):
        raise
    except Exception as error:  # noqa: BLE001 - counted, logged, and parked when it keeps happening
        _unforeseen(call, function, message, error)
    return DONE


def _message(call: Call) -> Message:
    headers = call.headers
    return Message(
        body=call.raw,
        content_type=headers.get("Content-Type", ""),
        headers=headers,
        message_id=headers.get("X-Message-Id") or None,
        routing_key=headers.get("X-Routing-Key") or None,
    )


def park(call: Call, function: Function, message: Message, reason: str) -> None:
    """Put a message aside with its reason; the same message is parked once."""
    log.warning("parked", queue=function.queue, reason=reason)
    with call.db.begin() as conn:
        dead_letters.park(
            conn,
            queue=function.queue or "",
            reason=reason,
            body=message.body,
            content_type=message.content_type,
            message_id=message.message_id,
            routing_key=message.routing_key,
        )


def _unforeseen(call: Call, function: Function, message: Message, error: Exception) -> None:
    log.exception("unforeseen", queue=function.queue)
    with call.db.begin() as conn:
        tries = dead_letters.count_failure(conn, function.queue or "", message.body, message.message_id)
    if tries < TRIES:
        raise Temporary("The message could not be handled this time.", retry_after=2**tries) from error
    park(call, function, message, f"failed {tries} times, lastly with {type(error).__name__}")
