"""Carrying a message or a tick to a function over HTTP, and reading the answer as an outcome."""

import re
from collections.abc import Callable

import structlog
import urllib3

from lib.queue.model import Again, Dead, Delivered, Done, Handle, Outcome

# At this many failures of the message's own it is put aside.
TRIES = 5
CONNECT_S = 2.0
LONGEST_WAIT_S = 30.0
# CloudEvents names its attributes in lower-case letters and digits; anything else cannot be a header's name.
ATTRIBUTE = re.compile(r"[A-Za-z0-9]+")
log = structlog.get_logger()


class Courier:
    """Posts to `function_url` (a template with `{name}`); connections are kept and shared by all threads."""

    def __init__(self, function_url: str) -> None:
        self._url = function_url
        self._pool = urllib3.PoolManager(num_pools=32, maxsize=16, block=False)

    def delivering_to(self, name: str, *, timeout_s: float) -> Handle:
        """A queue handler that POSTs each message to the function `name`."""
        return lambda message: self._deliver(name, message, timeout_s)

    def ringing(self, name: str, *, timeout_s: float) -> Callable[[], None]:
        """What a schedule calls: an empty POST, as OpenFaaS' cron connector sends it."""

        def ring() -> None:
            try:
                answer = self._post(name, b"", {"X-Topic": "cron-function"}, timeout_s)
                if answer.status != 200:
                    log.warning("tick not taken", function=name, status=answer.status)
            except urllib3.exceptions.HTTPError as error:
                log.warning("tick not taken", function=name, error=type(error).__name__)

        return ring

    def _post(
        self, name: str, body: bytes, headers: dict[str, str], timeout_s: float
    ) -> urllib3.BaseHTTPResponse:
        return self._pool.request(
            "POST",
            self._url.format(name=name) + "/",
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            timeout=urllib3.Timeout(connect=CONNECT_S, read=timeout_s),
        )

    def _deliver(self, name: str, message: Delivered, timeout_s: float) -> Outcome:
        try:
            answer = self._post(name, message.body, _headers(message), timeout_s)
        except urllib3.exceptions.HTTPError:
            # The function is away, not the message wrong: waiting does not count against it.
            return Again(min(LONGEST_WAIT_S, 0.5 * 2 ** min(message.waits, 6)))
        return outcome_of(answer.status, answer.headers.get("Retry-After", ""), message)


def outcome_of(status: int, retry_after: str, message: Delivered) -> Outcome:
    """The function's answer as an outcome: 2xx done; 429, 502, 503, 504 wait; anything else counts."""
    if 200 <= status < 300:
        return Done()
    if status in (429, 502, 503, 504):
        wait = float(retry_after) if retry_after.isdecimal() else 2.0
        return Again(min(wait, LONGEST_WAIT_S * 10))
    if message.failures + 1 >= TRIES:
        return Dead(f"the function answered {status}, {TRIES} times")
    return Again(2.0**message.failures, counted=True)


def _headers(message: Delivered) -> dict[str, str]:
    """CloudEvents in AMQP's binary mode travel on as HTTP's binary mode (`cloudEvents:x` → `ce-x`)."""
    headers = {"Content-Type": message.content_type, "X-Topic": message.queue}
    if message.message_id:
        headers["X-Message-Id"] = message.message_id
    if message.routing_key:
        headers["X-Routing-Key"] = message.routing_key
    for name, value in message.headers.items():
        for prefix in ("cloudEvents:", "cloudEvents_", "ce-"):
            if name.startswith(prefix) and ATTRIBUTE.fullmatch(name.removeprefix(prefix)):
                headers[f"ce-{name.removeprefix(prefix)}"] = value
    return {name: value for name, value in headers.items() if value.isprintable() and value.isascii()}
