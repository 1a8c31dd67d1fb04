"""The event log itself, by the day the events happened on."""

from functions.export_data.dataset import Dataset, columns

EVENTS = Dataset(
    name="events",
    columns=columns(
        "e",
        position="integer",
        source="text",
        id="text",
        type="text",
        subject="text",
        entity="text",
        occurred_at="instant",
        received_at="instant",
        data="object",
        attributes="object",
    ),
    source="events e",
    at="e.occurred_at",
    key="e.position",
    filters={
        "tutor_id": "e.data ->> 'tutor_id' = %(tutor_id)s",
        "student_ids": "e.data ->> 'student_id' = ANY(%(student_ids)s::text[])",
        "subject": "e.subject = %(subject)s",
        "type": "e.type = %(type)s",
    },
)
