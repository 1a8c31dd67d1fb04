"""The running stack as a client in its network sees it."""

import json
import os
import time
from collections.abc import Callable
from typing import Any

import pika
import urllib3

from lib.auth.tokens import mint
from lib.runtime.settings import load

NOTIFICATIONS = os.environ.get("NOTIFICATIONS_URL", "http://gateway:8006")
ANALYTICS = os.environ.get("ANALYTICS_SERVICE_URL", "http://gateway:8007")
BOT = os.environ.get("BOT_URL", "http://gateway:8000")
MAILBOX = os.environ.get("TELEGRAM_API_URL", "http://mailbox:8025")
BATCH = "application/cloudevents-batch+json"


def ask(
    method: str, url: str, body: Any = None, *, role: str = "admin", kind: str = "application/json"
) -> Any:
    """One request with a token of `role`; the urllib3 answer."""
    headers = {
        "Authorization": f"Bearer {mint(load(), role=role, sub=f'{role}-1')}",
        "Content-Type": kind,
    }
    data = None if body is None else json.dumps(body).encode()
    return urllib3.request(method, url, body=data, headers=headers, timeout=60, retries=False, redirect=False)


def told(url: str, *, role: str = "admin") -> Any:
    """The JSON of a GET that must succeed."""
    answer = ask("GET", url, role=role)
    assert answer.status == 200, (url, answer.status, answer.data[:300])
    return answer.json()


def take(events: list[dict[str, Any]]) -> None:
    """Send events by HTTP."""
    answer = ask("POST", f"{ANALYTICS}/api/v1/events", events, role="service", kind=BATCH)
    assert (answer.status, answer.json()["rejected"]) == (202, []), answer.data


def publish(event: dict[str, Any]) -> None:
    """Send one event as the platform's services do, and wait until the broker has it."""
    with pika.BlockingConnection(pika.URLParameters(load().rabbitmq_url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        properties = pika.BasicProperties(content_type="application/cloudevents+json", delivery_mode=2)
        channel.basic_publish(
            "repitbot_events", event["type"], json.dumps(event).encode(), properties, mandatory=True
        )


def eventually(holds: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until `holds()` is true; its value. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.2)
    return found
