"""What became of each message to each person on each channel, by the day it was planned on. No words of it."""

from functions.export_data.dataset import Column, Dataset, columns

NOTIFICATIONS = Dataset(
    name="notifications",
    columns=(
        Column("id", "text", "d.id::text"),
        Column("notification_id", "text", "d.notification_id::text"),
        *columns("n", type="text", priority="text", critical="flag"),
        *columns(
            "d",
            user_id="text",
            channel="text",
            state="text",
            reason="text",
            attempts="integer",
            created_at="instant",
            due_at="instant",
            expires_at="instant",
            finished_at="instant",
        ),
    ),
    source="deliveries d JOIN notifications n ON n.id = d.notification_id",
    at="d.created_at",
    key="d.id",
    filters={"user_ids": "d.user_id = ANY(%(user_ids)s::text[])"},
)
