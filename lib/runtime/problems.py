"""Errors as RFC 9457 problem details."""

import json
import math
from collections.abc import Sequence
from http import HTTPStatus

from lib.errors import BadInput, FieldError, Permanent, ServiceError, Temporary
from lib.runtime.reply import Reply

PROBLEM = "application/problem+json"
# When to try again after too many requests at a time, in seconds.
TOO_MANY_S = 30


def problem(
    status: int,
    detail: str,
    *,
    instance: str,
    errors: Sequence[FieldError] = (),
    retry_after: float | None = None,
) -> Reply:
    """One problem details object; `errors` name the fields, `retry_after` is in seconds."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    if errors:
        body["errors"] = list(errors)
    headers = {} if retry_after is None else {"Retry-After": str(max(1, math.ceil(retry_after)))}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Reply(json.dumps(body, ensure_ascii=False).encode(), status, PROBLEM, headers)


def from_error(error: ServiceError, instance: str) -> Reply:
    """Our own errors → the answer that says what the caller should do."""
    match error:
        case BadInput():
            wait = TOO_MANY_S if error.status == HTTPStatus.TOO_MANY_REQUESTS else None
            return problem(
                error.status, error.detail, instance=instance, errors=error.errors, retry_after=wait
            )
        case Temporary():
            return problem(503, error.detail, instance=instance, retry_after=error.retry_after)
        case Permanent():
            return problem(422, error.detail, instance=instance)
        case _:
            return problem(500, "Something went wrong here. It has been logged.", instance=instance)
