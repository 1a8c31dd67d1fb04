"""An ordinary hour of a school in some minutes: people looking, tutors marking, the platform telling.

make load USERS=50 SECONDS=60        the running system; a page of results in var/load/report.html
"""

import random
import sys
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from locust import FastHttpUser, between, events, task
from locust.env import Environment

from tests.load.people import ANALYTICS, NOTIFICATIONS, Directory, NobodyThere, Person, lesson

PERIODS = (7, 30, 90)
# Told to come back later is an answer: the client is meant to wait.
LATER = (429, 503)
_directory: list[Directory] = []


@events.test_start.add_listener  # type: ignore[untyped-decorator]  # locust's
def _meet(environment: Environment, **_: Any) -> None:
    try:
        _directory[:] = [Directory()]
    except NobodyThere as nobody:
        sys.stderr.write(f"{nobody}\n")
        environment.process_exit_code = 2
        assert environment.runner is not None
        environment.runner.quit()


@events.quitting.add_listener  # type: ignore[untyped-decorator]  # locust's
def _judge(environment: Environment, **_: Any) -> None:
    """Any failed request makes the command fail; so does a run that asked nothing."""
    total = environment.stats.total
    if environment.process_exit_code is None:
        environment.process_exit_code = int(total.num_failures > 0 or total.num_requests == 0)


class Someone(FastHttpUser):
    """What all have in common."""

    abstract = True
    host = NOTIFICATIONS
    wait_time = between(0.5, 2.5)
    network_timeout = 65.0
    connection_timeout = 10.0
    role = ""

    def on_start(self) -> None:
        directory = _directory[0]
        known = {"admin": directory.admin, "service": directory.platform}
        self.me: Person = known.get(self.role) or directory.anyone(self.role)

    def ask(self, name: str, url: str, method: str = "GET", body: Any = None) -> None:
        """One request, counted under `name`; anything but a success, or a plea to come later, is a failure."""
        with self.client.request(
            method, url, name=name, headers=self.me.headers, json=body, catch_response=True
        ) as answer:
            if answer.status_code in LATER and answer.headers and "Retry-After" in answer.headers:
                answer.success()
            elif not 200 <= answer.status_code < 300:
                answer.failure(f"{answer.status_code} {answer.text[:200]}")

    def period(self) -> str:
        """Most look at the last week."""
        return f"days={random.choices(PERIODS, (6, 3, 1))[0]}"


class Parent(Someone):
    """Looks how the children are doing; changes when messages come."""

    weight = 6
    role = "parent"

    @task(6)
    def look(self) -> None:
        self.ask("dashboard/parent", f"{ANALYTICS}/api/v1/analytics/dashboard/parent?{self.period()}")

    @task(2)
    def lessons(self) -> None:
        self.ask("lessons/stats", f"{ANALYTICS}/api/v1/analytics/lessons/stats?{self.period()}")

    @task(1)
    def choose(self) -> None:
        url = f"{NOTIFICATIONS}/api/v1/preferences/{self.me.user_id}"
        self.ask("preferences", url, "PATCH", {"reminder_minutes": random.choice((15, 30, 60))})


class Student(Someone):
    """Looks at progress and homework."""

    weight = 4
    role = "student"

    @task(3)
    def look(self) -> None:
        self.ask("dashboard/student", f"{ANALYTICS}/api/v1/analytics/dashboard/student?{self.period()}")

    @task(1)
    def chart(self) -> None:
        url = f"{ANALYTICS}/api/v1/charts/homework_scores?format=json&{self.period()}"
        self.ask("chart json", url)


class Tutor(Someone):
    """Looks at the week; draws charts; now and then a report."""

    weight = 3
    role = "tutor"

    @task(6)
    def look(self) -> None:
        self.ask("dashboard/tutor", f"{ANALYTICS}/api/v1/analytics/dashboard/tutor?{self.period()}")

    @task(2)
    def chart(self) -> None:
        self.ask("chart png", f"{ANALYTICS}/api/v1/charts/lesson_completion?format=png&{self.period()}")

    @task(1)
    def report(self) -> None:
        self.ask("quick report xlsx", f"{ANALYTICS}/api/v1/reports/quick/lesson?days=7&format=xlsx")


class Owner(Someone):
    """Looks at the whole, at the delivery log and at the ledger."""

    weight = 1
    role = "admin"

    @task(4)
    def look(self) -> None:
        self.ask("overview", f"{ANALYTICS}/api/v1/analytics/overview?{self.period()}")

    @task(2)
    def log(self) -> None:
        self.ask("delivery log", f"{NOTIFICATIONS}/api/v1/notifications?limit=50")

    @task(1)
    def ledger(self) -> None:
        self.ask("ledger", f"{NOTIFICATIONS}/api/v1/ledger/balance")


class Platform(Someone):
    """Tells what happens: lessons planned and marked, and messages for people."""

    weight = 2
    role = "service"
    wait_time = between(0.1, 0.5)

    @task(5)
    def tell(self) -> None:
        directory = _directory[0]
        at = datetime.now(UTC) - timedelta(minutes=random.randrange(60, 600))
        told = lesson(
            f"load-{uuid.uuid4()}",
            directory.anyone("student").user_id,
            directory.anyone("tutor").user_id,
            at.isoformat(timespec="seconds"),
        )
        for event in told:
            self.ask("events", f"{ANALYTICS}/api/v1/events", "POST", event)

    @task(1)
    def write(self) -> None:
        wanted = {
            "type": "custom",
            "user_id": _directory[0].anyone("parent").user_id,
            "data": {"title": "Нагрузочная проверка", "message": "Это сообщение можно не читать."},
        }
        self.ask("notifications", f"{NOTIFICATIONS}/api/v1/notifications", "POST", wanted)
