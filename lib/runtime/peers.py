"""Calling another function, as a stranger would: over HTTP, with the caller's own token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

from lib.errors import BadInput, Temporary

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
    ) -> Answer:
        """One call without retries.

        Raises Temporary when the peer is away or answers 429 or 5xx, and BadInput with the peer's own
        sentence and status for any other 4xx.
        """
        headers = {"Content-Type": content_type} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = self._pool.request(
                method,
                self._url.format(name=name) + path,
                body=body,
                headers=headers,
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
        raise BadInput(_detail(answer), status=answer.status)
    return answer


def _retry_after(answer: Answer) -> float:
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else 2.0


def _detail(answer: Answer) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return "The request was refused."
