"""Calling another function, as a stranger would: over HTTP, with the caller's own token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

from lib.errors import BadInput, FieldError, Temporary

CONNECT_S = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A peer's answer, whole."""

    status: int
    data: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.data)


class Peers:
    """`function_url` is a template with `{name}`, the dashed name of a function."""

    def __init__(self, function_url: str) -> None:
        self._url = function_url
        self._pool = urllib3.PoolManager(num_pools=16, maxsize=8)

    def get(
        self,
        name: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        token: str = "",
        timeout_s: float = 30.0,
    ) -> Answer:
        """GET `path` at function `name`; see `call`."""
        query = urlencode({k: v for k, v in (params or {}).items() if v is not None})
        return self.call("GET", name, f"{path}?{query}" if query else path, token=token, timeout_s=timeout_s)

    def call(
        self,
        method: str,
        name: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = "application/json",
        token: str = "",
        timeout_s: float = 30.0,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One call without retries; `headers` beside those for the token and the body, such as Idempotency-Key.

        Raises Temporary when the peer is away or answers 429 or 5xx, and BadInput with the peer's own
        sentence and status for any other 4xx.
        """
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = content_type
        if token:
            sent["Authorization"] = f"Bearer {token}"
        try:
            answer = self._pool.request(
                method,
                self._url.format(name=name) + path,
                body=body,
                headers=sent,
                retries=False,
                redirect=False,
                timeout=urllib3.Timeout(connect=CONNECT_S, read=timeout_s),
            )
        except urllib3.exceptions.HTTPError:
            raise Temporary(f"The function {name} does not answer now. Try again shortly.") from None
        return _checked(name, Answer(answer.status, answer.data, dict(answer.headers)))


def _checked(name: str, answer: Answer) -> Answer:
    if answer.status == 429 or answer.status >= 500:
        raise Temporary(f"The function {name} is busy. Try again shortly.", retry_after=_retry_after(answer))
    if answer.status >= 400:
        raise _refusal(answer)
    return answer


def _retry_after(answer: Answer) -> float:
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else 2.0


def _refusal(answer: Answer) -> BadInput:
    try:
        problem = answer.json()
        errors = [
            FieldError(loc=str(each["loc"]), msg=str(each["msg"])) for each in problem.get("errors", ())
        ]
        return BadInput(str(problem["detail"]), status=answer.status, errors=errors)
    except (ValueError, KeyError, TypeError, AttributeError):
        return BadInput("The request was refused.", status=answer.status)
