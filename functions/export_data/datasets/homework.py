"""Homework, one row a piece of work and student, by the day it was assigned on.

Whose assignment was never heard of counts on the first day that something was heard of it.
"""

from functions.export_data.dataset import Dataset, columns

HOMEWORK = Dataset(
    name="homework",
    columns=columns(
        "h",
        homework_id="text",
        student_id="text",
        tutor_id="text",
        subject="text",
        assigned_at="instant",
        due_at="instant",
        submitted_at="instant",
        submissions="integer",
        graded_at="instant",
        percent="percent",
        overdue_at="instant",
    ),
    source="homeworks h",
    at="coalesce(h.assigned_at, least(h.submitted_at, h.graded_at, h.overdue_at), h.due_at)",
    key="h.homework_id, h.student_id",
    filters={
        "tutor_id": "h.tutor_id = %(tutor_id)s",
        "student_ids": "h.student_id = ANY(%(student_ids)s::text[])",
        "subject": "h.subject = %(subject)s",
    },
)
