"""Payments, by the day they were processed on; one that never was, by the day it failed or was refunded."""

from functions.export_data.dataset import Dataset, columns

PAYMENTS = Dataset(
    name="payments",
    columns=columns(
        "p",
        payment_id="text",
        processed_at="instant",
        student_id="text",
        tutor_id="text",
        subject="text",
        amount="money",
        currency="text",
        method="text",
        lessons="integer",
        failed_at="instant",
        refunded="money",
        refunded_at="instant",
    ),
    source="payments p",
    at="coalesce(p.processed_at, p.failed_at, p.refunded_at)",
    key="p.payment_id",
    filters={
        "tutor_id": "p.tutor_id = %(tutor_id)s",
        "student_ids": "p.student_id = ANY(%(student_ids)s::text[])",
        "subject": "p.subject = %(subject)s",
    },
)
