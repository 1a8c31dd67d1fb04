"""The tables, as SQLAlchemy Core sees them. Their DDL stands in `migrations/versions`."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, DateTime, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData()
Instant = DateTime(timezone=True)


def _text(name: str) -> "Column[str]":
    return Column(name, Text)


events = Table(
    "events",
    metadata,
    Column("position", BigInteger, primary_key=True),
    *map(_text, ("source", "id", "type", "subject", "entity")),
    Column("occurred_at", Instant),
    Column("received_at", Instant),
    Column("data", JSONB),
    Column("attributes", JSONB),
)

lessons = Table(
    "lessons",
    metadata,
    Column("lesson_id", Text, primary_key=True),
    *map(_text, ("student_id", "tutor_id", "subject", "topic")),
    Column("starts_at", Instant),
    Column("duration_minutes", Integer),
    Column("price", Numeric),
    *map(_text, ("currency", "room_url", "outcome", "outcome_reason")),
    Column("actual_minutes", Integer),
    Column("student_rating", Integer),
    Column("tutor_rating", Integer),
    Column("marked_at", Instant),
    Column("deleted", Boolean),
    _text("answer"),
    Column("answered_for", Instant),
)

recipients = Table(
    "recipients",
    metadata,
    Column("user_id", Text, primary_key=True),
    *map(_text, ("role", "name", "email", "telegram_chat_id", "phone", "locale", "timezone")),
    Column("active", Boolean),
    Column("parent_ids", ARRAY(Text)),
    Column("child_ids", ARRAY(Text)),
    Column("channels", JSONB),
    Column("updated_at", Instant),
)

preferences = Table(
    "preferences",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("body", JSONB),
    Column("updated_at", Instant),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    *map(_text, ("type", "priority", "event_source", "event_id", "correlation_id")),
    Column("data", JSONB),
    *map(_text, ("template", "locale")),
    Column("critical", Boolean),
    Column("send_at", Instant),
    Column("expires_at", Instant),
    Column("created_at", Instant),
    _text("requested_by"),
    Column("must_answer_minutes", Integer),
    _text("fallback"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("notification_id", UUID(as_uuid=False)),
    *map(_text, ("user_id", "channel", "state", "reason")),
    Column("due_at", Instant),
    Column("expires_at", Instant),
    Column("attempts", Integer),
    Column("resends", Integer),
    _text("stage"),
    Column("lease_until", Instant),
    *map(_text, ("lease_token", "message_id", "provider_id")),
    Column("created_at", Instant),
    Column("updated_at", Instant),
    Column("finished_at", Instant),
    Column("merged_into", UUID(as_uuid=False)),
)

timeline = Table(
    "timeline",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("delivery_id", UUID(as_uuid=False)),
    Column("notification_id", UUID(as_uuid=False)),
    Column("at", Instant),
    *map(_text, ("kind", "state", "reason")),
    Column("detail", JSONB),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", Instant),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    *map(_text, ("queue", "fingerprint", "reason", "content_type", "body")),
    Column("headers", JSONB),
    Column("parked_at", Instant),
    Column("replayed_at", Instant),
)

telegram_links = Table(
    "telegram_links",
    metadata,
    Column("code_hash", Text, primary_key=True),
    _text("user_id"),
    Column("expires_at", Instant),
    Column("used_at", Instant),
)

channel_pauses = Table(
    "channel_pauses",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("paused_until", Instant),
    _text("reason"),
)

schedule_runs = Table(
    "schedule_runs",
    metadata,
    Column("schedule", Text, primary_key=True),
    Column("slot", Instant, primary_key=True),
    Column("ran_at", Instant),
)
