"""A steady stream of requests to every function, and what became of each."""

import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any, Self

import urllib3

from lib.auth.tokens import mint
from lib.runtime.settings import Settings
from tests.integration.notifications.school import lesson

THREADS = 12
SECRET = "a-secret-of-this-test"
TO = {"user_ids": ["u-1"], "channels": ["email"], "data": {"message": "Привет"}}


@dataclass(frozen=True, slots=True)
class Ask:
    """One kind of request; `{n}` of its body is another number each time."""

    function: str
    port: int
    method: str
    path: str
    body: Any = None
    role: str = "admin"
    headers: dict[str, str] = field(default_factory=dict)


ASKS = (
    Ask("dispatch-notifications", 8006, "POST", "/api/v1/notifications", {"type": "custom", **TO}),
    Ask("manage-recipients", 8006, "GET", "/api/v1/recipients/u-1"),
    Ask("send-email", 8006, "POST", "/api/v1/emails", {"user_id": "u-1"}),
    Ask("send-telegram", 8006, "POST", "/api/v1/telegram/messages", {"user_id": "u-1"}),
    Ask(
        "answer-telegram",
        8000,
        "POST",
        "/telegram/webhook",
        {"update_id": "{n}"},
        headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
    ),
    Ask("aggregate-events", 8007, "POST", "/api/v1/events", lesson("l-{n}", id="e-{n}"), role="service"),
    Ask("query-analytics", 8007, "GET", "/api/v1/analytics/lessons/stats"),
    Ask("render-chart", 8007, "GET", "/api/v1/charts/types"),
    Ask("generate-report", 8007, "GET", "/api/v1/reports/types"),
    Ask("export-data", 8007, "GET", "/api/v1/exports/lessons?format=csv"),
    Ask("serve-console", 8006, "GET", "/openapi.json"),
)


class Traffic:
    """`rate` requests a second through the gateway's `ports`, from the beginning of a with block to its end."""

    def __init__(
        self, ports: dict[int, int], settings: Settings, asks: Sequence[Ask] = ASKS, rate: int = 100
    ) -> None:
        self.answers: Counter[tuple[str, int | str]] = Counter()
        self.unavailable: list[dict[str, str]] = []
        self._ports, self._rate = ports, rate
        self._asks = cycle(asks)
        self._tokens = {role: mint(settings, role=role, sub=f"{role}-1") for role in ("admin", "service")}
        self._numbers, self._lock, self._over = count(1), threading.Lock(), threading.Event()
        # A connection for each request, as from clients of all kinds.
        self._http = urllib3.PoolManager(maxsize=THREADS, retries=False, timeout=urllib3.Timeout(30))
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(THREADS)]

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    @property
    def failed(self) -> dict[tuple[str, int | str], int]:
        """What was not answered by the function as it should be: (function, status or error) and how often."""
        return {key: n for key, n in self.answers.items() if key[1] not in (200, 202)}

    @property
    def sent(self) -> int:
        """Requests that were answered, one way or the other."""
        return self.answers.total()

    def accepted(self, function: str) -> int:
        """Answers of 200 and 202 from one function."""
        return sum(n for key, n in self.answers.items() if key[0] == function and key[1] in (200, 202))

    def _run(self) -> None:
        while True:
            with self._lock:
                n, ask = next(self._numbers), next(self._asks)
            if self._over.wait(max(0.0, self._began + n / self._rate - time.monotonic())):
                return
            result = self._one(ask, n)
            with self._lock:
                self.answers[ask.function, result] += 1

    def _one(self, ask: Ask, n: int) -> int | str:
        url = f"http://127.0.0.1:{self._ports[ask.port]}{ask.path}"
        headers = {"Authorization": f"Bearer {self._tokens[ask.role]}", "Connection": "close", **ask.headers}
        body = None
        if ask.body is not None:
            # A number where one is wanted, else a part of a word.
            body = json.dumps(ask.body).replace('"{n}"', str(n)).replace("{n}", str(n)).encode()
            headers["Content-Type"] = "application/json"
            if ask.function == "aggregate-events":
                headers["Content-Type"] = "application/cloudevents+json"
        try:
            answer = self._http.request(ask.method, url, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            return type(error).__name__
        if answer.status == 503:
            self.unavailable.append({"body": answer.data.decode(), **dict(answer.headers)})
        return answer.status
