"""The log in months, states of every entity, coarse roll-ups, and the versions that exact caching rests on."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the DDL that stands beside this file, where a database person looks for it."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Refused: the log lies in months now, and nothing written since may be dropped."""
    raise RuntimeError("This migration cuts the log into months. To go back, restore a backup.")
