"""The four envelopes become one event, or are refused with a reason that a person can read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lib.domain.batches import as_cloudevent, decode_all
from lib.domain.events import Arrival, Event, decode
from lib.errors import BadInput, Permanent

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LESSON = {"lesson_id": 7, "student_id": 1, "tutor_id": 2, "starts_at": "2026-11-25T17:00:00+03:00"}


def arrived(**more: Any) -> Arrival:
    return Arrival(NOW, **more)


def cloudevent(**more: Any) -> dict[str, Any]:
    body = {"specversion": "1.0", "id": "e-1", "source": "test", "type": "lesson.created", "data": LESSON}
    return {**body, "time": "2026-11-22T10:00:00Z", **more}


def test_a_cloudevent_is_taken_with_its_ids_as_texts_and_its_times_in_utc() -> None:
    event = decode(cloudevent(subject="lesson-7", traceparent="00-1"), arrived())
    assert event.key == ("test", "e-1")
    assert event.data["lesson_id"] == "7"
    assert event.data["starts_at"] == "2026-11-25T14:00:00Z"
    assert event.attributes == {"traceparent": "00-1"}


def test_envelope_a_puts_its_ids_into_the_data_and_takes_its_id_from_the_message() -> None:
    body = {
        "event_type": "lesson.created",
        "lesson_id": 7,
        "student_id": 1,
        "tutor_id": 2,
        "timestamp": "2026-11-22T10:00:00Z",
        "data": {"date": "2026-11-25T14:00:00Z", "topic": "Дроби"},
    }
    event = decode(body, arrived(message_id="m-1", routing_key="lesson.created"))
    assert event.id == "m-1"
    assert (event.data["student_id"], event.data["tutor_id"], event.data["topic"]) == ("1", "2", "Дроби")
    assert event.data["starts_at"] == "2026-11-25T14:00:00Z"


def test_envelope_a_without_a_message_id_has_the_same_id_however_its_keys_are_ordered() -> None:
    body = {"event_type": "lesson.deleted", "lesson_id": 7, "timestamp": "2026-11-22T10:00:00Z", "data": {}}
    backwards = dict(reversed(body.items()))
    assert decode(body, arrived()).id == decode(backwards, arrived()).id
    assert decode({**body, "lesson_id": 8}, arrived()).id != decode(body, arrived()).id


def test_envelope_b_takes_its_type_from_the_routing_key() -> None:
    body = {
        "event_type": "completed",
        "data": {"payment_id": 5, "student_id": 1, "amount": 1500.5, "lessons_paid": 4},
        "service": "payment-service",
        "timestamp": "2026-11-22T10:00:00Z",
        "correlation_id": "c-1",
        "version": "1.0",
    }
    event = decode(body, arrived(routing_key="payment.completed", message_id="m-2"))
    assert (event.type, event.source) == ("payment.processed", "payment-service")
    assert (event.data["amount"], event.data["lessons"]) == ("1500.5", 4)
    assert event.attributes["correlation_id"] == "c-1"


def test_envelope_b_without_a_routing_key_falls_back_to_the_service_name() -> None:
    body = {
        "event_type": "processed",
        "service": "payment-service",
        "timestamp": "2026-11-22T10:00:00Z",
        "data": {"payment_id": 5, "student_id": 1, "amount": "10"},
    }
    assert decode(body, arrived()).type == "payment.processed"


def test_envelope_c_has_its_own_id_and_passes_its_user_on() -> None:
    body = {
        "event_id": "c-9",
        "event_type": "user.login",
        "source_service": "auth",
        "timestamp": "2026-11-22T10:00:00Z",
        "data": {},
        "user_id": 3,
    }
    event = decode(body, arrived())
    assert (event.key, event.data["user_id"]) == (("auth", "c-9"), "3")


@pytest.mark.parametrize(
    ("alias", "canonical", "data"),
    [
        ("homework.checked", "homework.graded", {"homework_id": 1, "student_id": 1, "grade": 4}),
        ("lesson.attendance", "lesson.attendance_marked", {"lesson_id": 1, "attendance_status": "attended"}),
        ("lesson.reminder", "lesson.reminder_needed", {"lesson_id": 1}),
        ("material.uploaded", "material.created", {"material_id": 1}),
        ("user.created", "user.registered", {"user_id": 1}),
        ("user.profile_updated", "user.updated", {"user_id": 1}),
        ("balance.updated", "payment.balance.updated", {"student_id": 1}),
    ],
)
def test_an_older_name_of_a_type_means_the_present_one(
    alias: str, canonical: str, data: dict[str, Any]
) -> None:
    assert decode(cloudevent(type=alias, data=data), arrived()).type == canonical


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"data": {**LESSON, "starts_at": None}}, "starts_at"),
        ({"data": {k: v for k, v in LESSON.items() if k != "student_id"}}, "student_id"),
        ({"data": {**LESSON, "starts_at": "2026-11-25T17:00:00"}}, "time zone"),
        ({"time": "2026-11-22T10:00:00"}, "time zone"),
        ({"time": "soon"}, "RFC 3339"),
        ({"id": ""}, "id"),
        ({"source": None}, "source"),
        ({"specversion": "0.3"}, "specversion"),
        ({"data": [1]}, "object"),
        (
            {"type": "payment.processed", "data": {"payment_id": 1, "student_id": 1, "amount": "NaN"}},
            "amount",
        ),
        ({"type": "payment.processed", "data": {"payment_id": 1, "student_id": 1, "amount": -1}}, "amount"),
        ({"type": "homework.graded", "data": {"homework_id": 1, "student_id": 1, "score": True}}, "score"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_reason_that_names_it(
    change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Permanent) as refused:
        decode(cloudevent(**change), arrived())
    assert reason in refused.value.detail


def test_an_unknown_type_is_kept_as_it_came() -> None:
    event = decode(cloudevent(type="course.finished", data={"anything": [1, None]}), arrived())
    assert event.data == {"anything": [1, None]}


def test_unknown_extra_fields_of_a_known_type_are_kept() -> None:
    event = decode(cloudevent(data={**LESSON, "weather": {"rain": True}}), arrived())
    assert event.data["weather"] == {"rain": True}


def test_a_batch_refuses_each_bad_event_by_its_index_and_takes_the_others() -> None:
    decoded = decode_all([cloudevent(), 5, cloudevent(id="e-2")], arrived())
    assert [event.id for event in decoded.events] == ["e-1", "e-2"]
    assert [(r.index, r.reason) for r in decoded.rejected] == [(1, "An event must be a JSON object.")]


def test_a_batch_of_more_than_a_thousand_is_too_large() -> None:
    with pytest.raises(BadInput) as refused:
        decode_all([cloudevent()] * 1001, arrived())
    assert refused.value.status == 413


def test_an_event_written_as_a_cloudevent_is_read_back_the_same() -> None:
    event: Event = decode(cloudevent(subject="s", traceparent="00-1"), arrived())
    assert decode(as_cloudevent(event), arrived()) == event
