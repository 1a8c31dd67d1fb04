"""What can go wrong, sorted by what the caller should do about it.

Every error carries its facts as attributes, so that the edge that turns it into an HTTP answer or a parked
message never has to read a sentence.
"""

from collections.abc import Sequence
from typing import TypedDict


class FieldError(TypedDict):
    """One bad field: `loc` is a dotted path into the input, `msg` says what to do."""

    loc: str
    msg: str


class ServiceError(Exception):
    """Base of the three. `detail` is a sentence that may be shown to the caller."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class BadInput(ServiceError):
    """The caller has to change the request. `status` is the HTTP status that says how (4xx)."""

    def __init__(self, detail: str, *, status: int = 400, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.errors = tuple(errors)


class Permanent(ServiceError):
    """Trying again cannot help. `reason` is a stable code, `detail` a sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Temporary(ServiceError):
    """The same work may succeed in `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: float = 2.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


def not_found(what: str = "There is nothing here under this address, or it is not yours.") -> BadInput:
    """The one 404: absent and foreign look the same, so that ids cannot be guessed."""
    return BadInput(what, status=404)
