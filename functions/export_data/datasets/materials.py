"""The register of materials, by the day they were created on. To a student belongs what they have opened."""

from functions.export_data.dataset import Dataset, columns

# A row whose counts went back to zero must leave no trace.
OPENED = (
    "m.material_id IN (SELECT r.material_id FROM material_rollup r "
    "WHERE r.user_id = ANY(%(student_ids)s::text[]) AND r.accessed + r.downloads > 0)"
)
MATERIALS = Dataset(
    name="materials",
    columns=columns(
        "m",
        material_id="text",
        title="text",
        subject="text",
        grade="integer",
        material_type="text",
        tutor_id="text",
        created_at="instant",
        deleted_at="instant",
        files="integer",
        shares="integer",
    ),
    source="materials m",
    at="m.created_at",
    key="m.material_id",
    filters={
        "tutor_id": "m.tutor_id = %(tutor_id)s",
        "student_ids": OPENED,
        "subject": "m.subject = %(subject)s",
    },
    register=True,
)
