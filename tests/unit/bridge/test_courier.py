"""What a function's answer means for its message, and what of a message travels on."""

from typing import Any

import pytest

from lib.queue.model import Again, Dead, Delivered, Done, Outcome
from lib.runtime.courier import LONGEST_WAIT_S, TRIES, Courier, outcome_of
from tests.integration.runtime.listener import Listener


def message(**more: Any) -> Delivered:
    return Delivered(
        **{"queue": "notifications.email", "body": b"{}", "content_type": "application/json", **more}
    )


@pytest.mark.parametrize(
    ("status", "retry_after", "outcome"),
    [
        (200, "", Done()),
        (202, "", Done()),
        (204, "7", Done()),
        (503, "7", Again(7)),
        (429, "1", Again(1)),
        (502, "", Again(2)),
        (504, "soon", Again(2)),
        (503, "Sun, 22 Nov 2026 12:00:00 GMT", Again(2)),
        (503, "-1", Again(2)),
        (503, "²", Again(2)),
        (503, "999999", Again(LONGEST_WAIT_S * 10)),
        (500, "", Again(1, counted=True)),
        (500, "60", Again(1, counted=True)),
        (400, "", Again(1, counted=True)),
        (404, "", Again(1, counted=True)),
        (301, "", Again(1, counted=True)),
    ],
)
def test_an_answer_is_an_outcome(status: int, retry_after: str, outcome: Outcome) -> None:
    assert outcome_of(status, retry_after, message()) == outcome


def test_what_counts_is_tried_later_and_later_and_put_aside_at_the_fifth_time() -> None:
    outcomes = [outcome_of(500, "", message(failures=n)) for n in range(TRIES)]
    assert outcomes[:-1] == [Again(seconds, counted=True) for seconds in (1, 2, 4, 8)]
    assert outcomes[-1] == Dead("the function answered 500, 5 times")


def test_waiting_never_puts_a_message_aside() -> None:
    assert outcome_of(503, "3", message(failures=TRIES - 1, waits=10_000)) == Again(3)


@pytest.mark.parametrize(("waits", "seconds"), [(0, 0.5), (1, 1), (3, 4), (6, 30), (1000, 30)])
def test_a_function_that_is_away_is_waited_for_and_its_message_is_not_blamed(
    free_port: int, waits: int, seconds: float
) -> None:
    deliver = Courier(f"http://127.0.0.1:{free_port}/{{name}}").delivering_to("send-email", timeout_s=5)
    assert deliver(message(failures=4, waits=waits)) == Again(seconds)


def test_a_function_that_does_not_answer_in_time_is_waited_for() -> None:
    with Listener(lambda _: None) as function:
        deliver = Courier(function.template).delivering_to("send-email", timeout_s=0.2)
        assert deliver(message()) == Again(0.5)


def carried(**more: Any) -> dict[str, str]:
    """The headers that a function sees of such a message, by lower-case name."""
    with Listener() as function:
        deliver = Courier(function.template).delivering_to("send-email", timeout_s=5)
        assert deliver(message(**more)) == Done()
        (request,) = function.requests
    assert (request.method, request.path, request.body) == ("POST", "/function/send-email/", b"{}")
    return request.headers


def test_a_message_carries_its_type_queue_id_and_routing_key() -> None:
    headers = carried(message_id="m-1", routing_key="lesson.created")
    assert headers["content-type"] == "application/json"
    assert headers["x-topic"] == "notifications.email"
    assert (headers["x-message-id"], headers["x-routing-key"]) == ("m-1", "lesson.created")
    assert {"x-message-id", "x-routing-key"} & set(carried()) == set()


@pytest.mark.parametrize("prefix", ["cloudEvents:", "cloudEvents_", "ce-"])
def test_a_cloudevent_in_amqps_binary_mode_becomes_one_in_https(prefix: str) -> None:
    headers = carried(
        headers={f"{prefix}type": "lesson.created", f"{prefix}id": "e-1", "x-death": "no", "a": "b"}
    )
    assert (headers["ce-type"], headers["ce-id"]) == ("lesson.created", "e-1")
    assert {"x-death", "a", "ce-x-death"} & set(headers) == set()


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"cloudEvents:a b": "1"}},
        {"headers": {"cloudEvents:a\r\nX-Forged": "1"}},
        {"headers": {"cloudEvents:a": "1\r\nX-Forged: 1"}},
        {"headers": {"cloudEvents:": "1"}},
        {"headers": {"cloudEvents:ключ": "1"}},
        {"headers": {"cloudEvents:subject": "урок"}},
        {"message_id": "m\r\nX-Forged: 1"},
        {"message_id": "сообщение", "routing_key": "урок\x00"},
        {"content_type": "application/json\nX-Forged: 1"},
    ],
)
def test_a_header_that_http_cannot_carry_stays_behind_and_the_message_goes_on(more: dict[str, Any]) -> None:
    headers = carried(**more)
    assert "x-forged" not in headers
    assert all(value.isascii() and value.isprintable() for value in headers.values())


def test_a_ring_is_an_empty_post_as_the_cron_connector_sends_it() -> None:
    with Listener() as function:
        Courier(function.template).ringing("run-schedules", timeout_s=5)()
        (request,) = function.requests
    assert (request.method, request.path, request.body) == ("POST", "/function/run-schedules/", b"")
    assert request.headers["x-topic"] == "cron-function"


def test_a_ring_that_nobody_hears_does_no_harm(free_port: int) -> None:
    Courier(f"http://127.0.0.1:{free_port}/{{name}}").ringing("run-schedules", timeout_s=1)()
