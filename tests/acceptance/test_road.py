"""From an event on the platform's exchange to messages that people can read, over a real RabbitMQ."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pika
import pytest

from lib.db.engine import libpq_url
from lib.testing.mailbox.office import PostOffice
from tests.acceptance import school
from tests.acceptance.system import System, eventually

TOKEN = "1000000001:road-of-tests-road-of-tests-road"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """A real SMTP listener and a Bot API double, outside of the system."""
    with PostOffice(tmp_path / "office", token=TOKEN) as office:
        yield office


@pytest.fixture
def system(
    tmp_path: Path, office: PostOffice, rabbitmq_url: str, database_url: str, redis_url: str
) -> Iterator[System]:
    """The system with nothing embedded."""
    environment = {
        "DATABASE_URL": libpq_url(database_url),
        "RABBITMQ_URL": rabbitmq_url,
        "REDIS_URL": redis_url,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(office.smtp_port),
        "EMAIL_USE_TLS": "false",
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": f"http://127.0.0.1:{office.http_port}",
    }
    with System(tmp_path, environment) as system:
        yield system


def publish(url: str, routing_key: str, body: dict[str, Any], message_id: str) -> None:
    """As the platform's present publishers do it."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        properties = pika.BasicProperties(
            content_type="application/json", message_id=message_id, delivery_mode=2
        )
        channel.basic_publish(
            "repitbot_events", routing_key, json.dumps(body).encode(), properties, mandatory=True
        )


def test_a_lesson_announced_in_the_older_envelope_reaches_the_family_by_their_preferences_once(
    system: System, office: PostOffice, rabbitmq_url: str
) -> None:
    system.take(school.registrations())
    eventually(lambda: system.get("NOTIFICATION_PORT", "/api/v1/recipients/p-2").status == 200)
    no_mail = {"types": {"lesson_created": {"email": False}}}
    changed = system.ask("PATCH", "NOTIFICATION_PORT", "/api/v1/preferences/p-2", body=no_mail)
    assert changed.status == 200, changed.data

    envelope = {
        "event_type": "lesson.created",
        "lesson_id": 41,
        "student_id": "s-1",
        "tutor_id": "t-1",
        "timestamp": school.now().isoformat(),
        "data": {
            "date": school.lesson_created("x")["data"]["starts_at"],
            "subject": "Математика",
            "topic": "Дроби",
        },
    }
    started = time.monotonic()
    publish(rabbitmq_url, "lesson.created", envelope, "lesson-41")
    mail = office.mail(at_least=3)
    chats = office.telegram(at_least=4)
    print(f"delivered in {time.monotonic() - started:.2f} s")

    assert sorted(m["to"][0] for m in mail) == [f"{u}@family.example" for u in ("p-1", "s-1", "t-1")]
    assert sorted(m["chat_id"] for m in chats) == sorted(school.CHATS.values())
    assert all("Математика" in m["subject"] and "занятие" in m["subject"] for m in mail)
    assert all("Дроби" in m["text"] for m in chats)

    publish(rabbitmq_url, "lesson.created", envelope, "lesson-41")
    publish(rabbitmq_url, "lesson.created", {**envelope, "lesson_id": 42}, "lesson-42")
    eventually(lambda: system.settled(planned=8 * 3))
    assert (len(office.mail()), len(office.telegram())) == (6, 8)

    path = "/api/v1/notifications/explain?user_id=p-2&event_id=lesson-41&lang=ru"
    explained = system.get("NOTIFICATION_PORT", path)
    assert explained.status == 200, explained.data
    stats = system.get("ANALYTICS_PORT", "/api/v1/analytics/lessons/stats?days=1").json()
    assert stats["as_of"]["position"] == 6


def test_a_message_that_no_function_can_understand_is_parked_and_its_neighbours_pass(
    system: System, office: PostOffice, rabbitmq_url: str
) -> None:
    system.take(school.registrations())
    eventually(lambda: system.get("NOTIFICATION_PORT", "/api/v1/recipients/p-2").status == 200)
    publish(rabbitmq_url, "lesson.created", {"event_type": "lesson.created", "lesson_id": 1}, "bad-1")
    publish(rabbitmq_url, "lesson.created", school.lesson_created("good"), "good-1")
    assert len(office.telegram(at_least=4)) == 4
    parked = eventually(
        lambda: system.get("NOTIFICATION_PORT", "/api/v1/notifications/dead-letters").json()["items"]
    )
    eventually(
        lambda: (
            len(system.get("NOTIFICATION_PORT", "/api/v1/notifications/dead-letters").json()["items"]) == 2
        )
    )
    assert {letter["headers"]["message_id"] for letter in parked} == {"bad-1"}
