"""Lessons, by the day they start on."""

from functions.export_data.dataset import Dataset, columns

LESSONS = Dataset(
    name="lessons",
    columns=columns(
        "l",
        lesson_id="text",
        starts_at="instant",
        duration_minutes="integer",
        student_id="text",
        tutor_id="text",
        subject="text",
        topic="text",
        outcome="text",
        outcome_reason="text",
        actual_minutes="integer",
        student_rating="integer",
        tutor_rating="integer",
        price="money",
        currency="text",
        marked_at="instant",
    ),
    source="lessons l",
    always="NOT l.deleted",
    at="l.starts_at",
    key="l.lesson_id",
    filters={
        "tutor_id": "l.tutor_id = %(tutor_id)s",
        "student_ids": "l.student_id = ANY(%(student_ids)s::text[])",
        "subject": "l.subject = %(subject)s",
    },
)
