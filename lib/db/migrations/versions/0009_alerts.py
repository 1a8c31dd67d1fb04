"""What the figures called somebody for, and the indexes that make looking cheap."""

from pathlib import Path

from alembic import op

from lib.db.migrations import concurrently

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


# Only what changed lately is looked at, every five minutes.
INDEXES = (
    "CREATE INDEX CONCURRENTLY charges_charged ON charges (charged_at)",
    "CREATE INDEX CONCURRENTLY lessons_missed ON lessons (marked_at) "
    "WHERE outcome = 'unexcused_absence' AND NOT deleted",
    "CREATE INDEX CONCURRENTLY lessons_held ON lessons (student_id, starts_at, lesson_id) "
    "WHERE outcome IN ('attended', 'excused_absence', 'unexcused_absence') AND NOT deleted",
)


def upgrade() -> None:
    """Run the DDL that stands beside this file, where a database person looks for it; the indexes beside traffic."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    for statement in INDEXES:
        concurrently.index(statement)


def downgrade() -> None:
    """Refused: nothing written since may be dropped. The code before this one runs on this schema as it is."""
    raise RuntimeError("This migration only adds. The earlier code runs on it; to go back, restore a backup.")
