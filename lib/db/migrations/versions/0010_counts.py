"""Counts that every scrape reads, and messages on their way kept as they are."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the DDL that stands beside this file, where a database person looks for it."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Refused: the counts would stand still while the log goes on."""
    raise RuntimeError("This migration counts the log. To go back, restore a backup.")
