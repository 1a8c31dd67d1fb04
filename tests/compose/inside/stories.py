"""What a user of the stack goes through, from an event on the exchange to what people see.

Run inside the network: docker compose -f docker-compose.local.yml --profile testing run --rm tests
Each run has people of its own, so it can be run again, on a stack with data, too.
"""

import secrets
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import urllib3

from tests.compose.inside.network import (
    ANALYTICS,
    BOT,
    MAILBOX,
    NOTIFICATIONS,
    ask,
    eventually,
    publish,
    take,
    told,
)

RUN = secrets.token_hex(4)
STUDENT, TUTOR, PARENT, LESSON = f"s-{RUN}", f"t-{RUN}", f"p-{RUN}", f"l-{RUN}"
# Below the numbers of the simulated people.
CHAT = 10_000 + int(RUN, 16) % 100_000_000


def event(kind: str, data: dict[str, Any], *, ago: timedelta = timedelta()) -> dict[str, Any]:
    """A CloudEvent of now, or of some time ago."""
    body = {"specversion": "1.0", "id": f"{kind}-{secrets.token_hex(6)}", "source": "compose/stories"}
    return {**body, "type": kind, "time": (datetime.now(UTC) - ago).isoformat(), "data": data}


def person(user: str, role: str, chat: int) -> dict[str, Any]:
    """Someone who has been with the school for a month: nobody is welcomed again."""
    data = {"user_id": user, "role": role, "name": user, "email": f"{user}@family.example", "locale": "ru"}
    return event("user.registered", {**data, "telegram_chat_id": chat}, ago=timedelta(days=30))


def mail_to(user: str) -> list[dict[str, Any]]:
    return [m for m in told(f"{MAILBOX}/api/mail") if m["to"] == [f"{user}@family.example"]]


def messages_to(chat: int) -> list[dict[str, Any]]:
    return [m for m in told(f"{MAILBOX}/api/telegram") if m["chat_id"] == chat]


def _known(user: str) -> bool:
    return bool(ask("GET", f"{NOTIFICATIONS}/api/v1/recipients/{user}").status == 200)


@pytest.fixture(scope="module")
def school() -> None:
    """A student, a tutor and a parent whom the directory knows."""
    people = {STUDENT: "student", TUTOR: "tutor", PARENT: "parent"}
    take([person(user, role, CHAT + n) for n, (user, role) in enumerate(people.items())])
    for user in people:
        eventually(partial(_known, user))
        # Whatever the hour is.
        changed = ask("PATCH", f"{NOTIFICATIONS}/api/v1/preferences/{user}", {"quiet_hours": None})
        assert changed.status == 200, changed.data


@pytest.mark.parametrize("service", [NOTIFICATIONS, ANALYTICS, BOT])
def test_each_service_is_healthy_and_reaches_everything_it_needs(service: str) -> None:
    told_health = eventually(lambda: _healthy(service))
    assert {name for name, check in told_health["checks"].items() if check["status"] != "up"} == set()


def _healthy(service: str) -> Any:
    answer = ask("GET", f"{service}/health")
    return answer.json() if answer.status == 200 and answer.json()["status"] == "healthy" else None


@pytest.mark.usefixtures("school")
def test_one_event_on_the_exchange_becomes_a_letter_a_telegram_message_and_a_figure() -> None:
    starts_at = datetime.now(UTC) + timedelta(days=2)
    data = {"lesson_id": LESSON, "student_id": STUDENT, "tutor_id": TUTOR, "subject": "Математика"}
    publish(event("lesson.created", {**data, "starts_at": starts_at.isoformat(), "topic": f"Тема {RUN}"}))

    letter = eventually(lambda: mail_to(STUDENT))[0]
    message = eventually(lambda: messages_to(CHAT))[0]
    assert "Математика" in letter["subject"]
    assert f"Тема {RUN}" in message["text"]
    day = starts_at.date()
    period = f"from={day - timedelta(days=1)}&to={day + timedelta(days=1)}&tutor_id={TUTOR}"
    figures = f"{ANALYTICS}/api/v1/analytics/lessons/stats?{period}"
    eventually(lambda: told(figures)["summary"]["scheduled"] == 1)


@pytest.mark.usefixtures("school")
def test_a_report_is_made_kept_in_the_bucket_and_fetched_by_its_link() -> None:
    wanted = {"type": "lesson", "format": "pdf", "parameters": {"days": 7}}
    asked = ask("POST", f"{ANALYTICS}/api/v1/reports", wanted)
    assert asked.status == 202, asked.data
    address = f"{ANALYTICS}{asked.json()['links']['self']}"
    eventually(lambda: told(address)["state"] == "done", seconds=90)
    sent_on = ask("GET", f"{address}/download")
    assert sent_on.status == 302, sent_on.data
    assert sent_on.headers["Location"].startswith("http://s3.localhost:7070/artifacts/")
    fetched = urllib3.request("GET", sent_on.headers["Location"], timeout=30, retries=False)
    assert (fetched.status, fetched.data[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF-")])
def test_a_chart_is_drawn(form: str, begins: bytes) -> None:
    answer = ask("GET", f"{ANALYTICS}/api/v1/charts/lesson_completion?format={form}&days=7")
    assert (answer.status, answer.data[: len(begins)]) == (200, begins)


@pytest.mark.parametrize("dataset", ["lessons", "users"])
def test_an_export_streams_out(dataset: str) -> None:
    answer = ask("GET", f"{ANALYTICS}/api/v1/exports/{dataset}?format=csv&days=7")
    assert answer.status == 200, answer.data[:300]
