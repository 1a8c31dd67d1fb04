"""The first schema: the log, its figures, recipients, deliveries and the edges."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the DDL that stands beside this file, where a database person looks for it."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Refused: the log is append-only, and going back before it would destroy it."""
    raise RuntimeError("The first schema has nothing before it. Restore a backup instead.")
