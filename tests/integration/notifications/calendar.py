"""A school whose clock the test holds: the functions', and that of the database."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from functions.aggregate_events import main as aggregate_events
from functions.run_schedules import main as run_schedules
from lib.domain.outcomes import Carrier
from lib.runtime.services import Services
from lib.testing.mailbox.office import PostOffice
from tests.integration.notifications.school import Json, School

NEXT = "SELECT min(due_at) AS at FROM outbox WHERE due_at > now()"


class Calendar(School):
    """`go(to)` lets time pass, with everything done at its second."""

    def __init__(self, make: Callable[[Callable[[], datetime]], Services], office: PostOffice, at: datetime):
        self.at = at
        self.carriers: dict[str, Carrier] = {}
        super().__init__(make(lambda: self.at), office)
        for module in (run_schedules, aggregate_events):
            self.functions[module.app.name] = module.app.bind(self.services)
        self.sql("INSERT INTO test_clock (at) VALUES (:at)", at=at)

    def set(self, at: datetime) -> None:
        """The clock only."""
        self.at = at
        self.sql("UPDATE test_clock SET at = :at, since = pg_catalog.clock_timestamp()", at=at)

    def go(self, to: datetime, *, tick_at: tuple[datetime, ...] = ()) -> None:
        """Let time pass until `to`: everything due is done at its own instant, schedules ring at `tick_at`."""
        rings = sorted(each for each in tick_at if self.at <= each <= to)
        self._work()
        while True:
            due = self.sql(NEXT)[0]["at"]
            upcoming = [each for each in (due, *rings[:1]) if each is not None and each <= to]
            if not upcoming:
                break
            self.set(max(min(upcoming), self.at))
            if rings and rings[0] <= self.at:
                rings.pop(0)
                self.ring()
            self._work()
        self.set(to)

    def ring(self) -> None:
        """The platform's cron."""
        with self._web("run_schedules").test_client() as client:
            client.post("/", data=b"", headers={"X-Topic": "cron-function"})

    def _work(self) -> None:
        for _ in range(20):
            worked = [self.turn(queue) for queue in ("notifications.events", *self.channels)]
            if not any(worked):
                return
        raise AssertionError("it never ends")

    channels = ("notifications.email", "notifications.telegram")

    def later(self, **amount: float) -> datetime:
        """An instant so much later than now."""
        return self.at + timedelta(**amount)

    def learn(self, event: Json) -> None:
        """An event on both sides: the log with its figures, and the notifications."""
        body = json.dumps([event], ensure_ascii=False).encode()
        with self._web("aggregate_events").test_client() as client:
            answer = client.post("/", data=body, content_type="application/cloudevents-batch+json")
            assert answer.status_code == 200, answer.get_data(as_text=True)
        self.event(event)

    def take_from_exchange(self, exchange: str) -> None:
        """What was published there, as both sides get it."""
        for row in self.sql(
            "DELETE FROM outbox WHERE exchange = :exchange RETURNING body", exchange=exchange
        ):
            self.learn(json.loads(row["body"]))
