"""An event as the rest of the code sees it, and how the four envelopes become one.

Canonical form: CloudEvents 1.0.2 (https://github.com/cloudevents/spec). `(source, id)` identifies an event.
The platform's three older envelopes (A, B, C) are normalised here, so that nothing below knows them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from lib.domain.payloads import ALIASES, PAYLOADS
from lib.domain.shapes import as_id, in_utc
from lib.errors import FieldError, Permanent

CONTEXT = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"}
LEGACY = "repitbot/legacy"
WRAPPED = "dev.knative.rabbitmq.event"
"""Knative's RabbitMQ source puts what is no CloudEvent into one of this type: `data` is the message's body."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `type` is canonical, `data` validated and JSON-ready, `time` aware and in UTC."""

    source: str
    id: str
    type: str
    time: datetime
    data: Mapping[str, Any]
    subject: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one and the same event, wherever and however often it arrives."""
        return self.source, self.id

    @property
    def order(self) -> tuple[datetime, str, str]:
        """The event's own order: time first, then a tie-break that does not depend on arrival."""
        return self.time, self.source, self.id


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the transport said beside the body."""

    received_at: datetime
    routing_key: str | None = None
    message_id: str | None = None


def decode(body: object, arrival: Arrival) -> Event:
    """One decoded JSON value in any of the four envelopes → an Event.

    Raises:
        Permanent: with the reason a person can read, naming what is missing or wrong.
    """
    if not isinstance(body, dict):
        raise Permanent("not_an_event", "An event must be a JSON object.")
    if "specversion" in body:
        return _from_cloudevent(body, arrival)
    if "event_id" in body:
        return _from_event_bus(body, arrival)
    if "event_type" in body and ("service" in body or "version" in body):
        return _from_service(body, arrival)
    if "event_type" in body:
        return _from_flat(body, arrival)
    raise Permanent(
        "unknown_envelope", "Not a CloudEvent (no specversion) nor a known older envelope (no event_type)."
    )


def _from_cloudevent(body: dict[str, Any], arrival: Arrival) -> Event:
    if body["specversion"] != "1.0":
        raise Permanent("bad_specversion", f"specversion must be 1.0, not {str(body['specversion'])[:20]!r}.")
    if body.get("type") == WRAPPED:
        return decode(body.get("data"), replace(arrival, message_id=_told_id(body.get("id"))))
    extensions = {k: v for k, v in body.items() if k not in CONTEXT}
    return _build(
        source=body.get("source"),
        event_id=body.get("id"),
        event_type=body.get("type"),
        time=body.get("time", arrival.received_at),
        data=body.get("data", {}),
        subject=body.get("subject"),
        attributes=extensions,
    )


def _told_id(wrapper: object) -> str | None:
    """The message's own id, which the wrapper has taken over. A message without one got a random UUID, another at
    each delivery: that one says nothing."""
    try:
        made_up = UUID(str(wrapper)).version == 4
    except ValueError:
        made_up = False
    return None if made_up or not wrapper else str(wrapper)


def _from_flat(body: dict[str, Any], arrival: Arrival) -> Event:
    """Envelope A: `{event_type, lesson_id or homework_id, student_id, tutor_id, timestamp, data{}}`."""
    ids = {k: v for k, v in body.items() if k.endswith("_id") and v is not None}
    data = body.get("data") or {}
    return _build(
        source=LEGACY,
        event_id=arrival.message_id or body_hash(body),
        event_type=body["event_type"],
        time=body.get("timestamp"),
        data={**ids, **data} if isinstance(data, dict) else data,
    )


def _from_service(body: dict[str, Any], arrival: Arrival) -> Event:
    """Envelope B: `event_type` is only the last word; the routing key is the type."""
    service = str(body.get("service") or "")
    guess = f"{service.removesuffix('-service').removesuffix('_service')}.{body['event_type']}"
    return _build(
        source=service or LEGACY,
        event_id=arrival.message_id or body_hash(body),
        event_type=arrival.routing_key or (body["event_type"] if "." in str(body["event_type"]) else guess),
        time=body.get("timestamp"),
        data=body.get("data") or {},
        attributes=_kept(body, "correlation_id", "version"),
    )


def _from_event_bus(body: dict[str, Any], arrival: Arrival) -> Event:
    """Envelope C: `{event_id, event_type, source_service, timestamp, data, correlation_id, user_id, metadata}`."""
    data = body.get("data") or {}
    if isinstance(data, dict) and body.get("user_id") is not None:
        data = {"user_id": body["user_id"], **data}
    return _build(
        source=body.get("source_service") or LEGACY,
        event_id=body["event_id"],
        event_type=body.get("event_type") or arrival.routing_key,
        time=body.get("timestamp"),
        data=data,
        attributes=_kept(body, "correlation_id", "metadata"),
    )


def _kept(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: body[name] for name in names if body.get(name) is not None}


def _build(
    *,
    source: Any,
    event_id: Any,
    event_type: Any,
    time: Any,
    data: Any,
    subject: Any = None,
    attributes: Mapping[str, Any] | None = None,
) -> Event:
    kind = _required_text("type", event_type)
    kind = ALIASES.get(kind, kind)
    if not isinstance(data, dict):
        raise Permanent("bad_data", f"The data of {kind} must be a JSON object.")
    return Event(
        source=_required_text("source", source),
        id=_required_text("id", as_id(event_id)),
        type=kind,
        time=_instant(time),
        data=_validated(kind, data),
        subject=str(subject)[:500] if subject is not None else None,
        attributes=attributes or {},
    )


def _required_text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 500 or "\x00" in value:
        raise Permanent(f"bad_{name}", f"{name} must be a text of 1 to 500 characters.")
    return value.strip()


def _instant(value: Any) -> datetime:
    try:
        return in_utc(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    except OverflowError:
        raise Permanent("bad_time", "The event's time is outside the calendar.") from None
    except (TypeError, ValueError):
        raise Permanent(
            "bad_time",
            "The event's time must be RFC 3339 with a time zone, for example 2026-09-01T14:00:00Z.",
        ) from None


def _validated(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    model = PAYLOADS.get(kind)
    if model is None:
        return data
    try:
        return model.model_validate(data).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        wrong = field_errors(error)
        raise Permanent(
            "bad_data", f"{kind}: " + "; ".join(f"{e['loc']}: {e['msg']}" for e in wrong[:5])
        ) from None


def field_errors(error: ValidationError) -> list[FieldError]:
    """pydantic's errors as `{loc, msg}`, without the input's values: they may be personal."""
    return [
        {"loc": ".".join(map(str, e["loc"])), "msg": e["msg"].removeprefix("Value error, ")}
        for e in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def body_hash(body: Mapping[str, Any]) -> str:
    """An id for what came without one: the SHA-256 of the body in canonical JSON."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def utc_now() -> datetime:
    """The one place that reads the wall clock."""
    return datetime.now(UTC)
