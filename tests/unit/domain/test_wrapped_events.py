"""What Knative's RabbitMQ source makes of a message that is no CloudEvent is that message again."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from lib.domain.events import Arrival, decode
from lib.errors import Permanent

ARRIVED = Arrival(datetime(2026, 11, 22, 12, tzinfo=UTC))
FLAT = {
    "event_type": "lesson.created",
    "lesson_id": 7,
    "student_id": 1,
    "tutor_id": 2,
    "timestamp": "2026-11-22T10:00:00Z",
    "data": {"date": "2026-11-25T14:00:00Z"},
}
SERVICE = {
    "event_type": "completed",
    "service": "payment-service",
    "timestamp": "2026-11-22T10:00:00Z",
    "data": {"payment_id": 5, "student_id": 1, "amount": 1500},
}
BUS = {
    "event_id": "b-1",
    "event_type": "user.login",
    "source_service": "auth",
    "timestamp": "2026-11-22T10:00:00Z",
    "user_id": 7,
}


def wrapped(body: Any, event_id: str) -> dict[str, Any]:
    """As eventing-rabbitmq's `ConvertToCloudEvent` makes it (pkg/rabbit/message.go)."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "type": "dev.knative.rabbitmq.event",
        "source": "/apis/v1/namespaces/repitbot/rabbitmqsources/aggregate-events#analytics.events",
        "subject": event_id,
        "time": "0001-01-01T00:00:00Z",
        "data": body,
    }


@pytest.mark.parametrize("body", [FLAT, SERVICE, BUS], ids=["flat", "service", "bus"])
def test_it_is_the_event_that_the_bridge_would_have_brought(body: dict[str, Any]) -> None:
    by_bridge = decode(body, Arrival(ARRIVED.received_at, message_id="m-1"))
    assert decode(wrapped(body, "m-1"), ARRIVED) == by_bridge


def test_the_type_of_a_services_event_comes_from_its_body_where_no_routing_key_is_told() -> None:
    assert decode(wrapped(SERVICE, "m-2"), ARRIVED).type == "payment.processed"


def test_an_id_that_the_source_made_up_makes_no_second_event_of_the_same_message() -> None:
    first, again = (decode(wrapped(FLAT, str(uuid.uuid4())), ARRIVED) for _ in range(2))
    assert first.key == again.key
    assert decode(wrapped({**FLAT, "lesson_id": 8}, str(uuid.uuid4())), ARRIVED).key != first.key


def test_what_is_no_event_inside_is_refused_as_it_would_be_outside() -> None:
    with pytest.raises(Permanent, match="An event must be a JSON object"):
        decode(wrapped("not an event", "m-3"), ARRIVED)
