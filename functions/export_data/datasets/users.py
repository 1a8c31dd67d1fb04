"""The register of users, by the day they registered on. No addresses: those are the directory's alone."""

from functions.export_data.dataset import Column, Dataset

TAUGHT = "u.user_id IN (SELECT l.student_id FROM lessons l WHERE l.tutor_id = %(tutor_id)s AND NOT l.deleted)"
USERS = Dataset(
    name="users",
    columns=(
        Column("user_id", "text", "u.user_id"),
        Column("role", "text", "u.role"),
        Column("name", "text", "r.name"),
        Column("locale", "text", "r.locale"),
        Column("timezone", "text", "r.timezone"),
        Column("registered_at", "instant", "u.registered_at"),
        Column("deactivated_at", "instant", "u.deactivated_at"),
    ),
    source="users u LEFT JOIN recipients r ON r.user_id = u.user_id",
    at="u.registered_at",
    key="u.user_id",
    filters={"tutor_id": TAUGHT, "student_ids": "u.user_id = ANY(%(student_ids)s::text[])"},
    own="u.user_id = %(self)s",
    register=True,
)
