"""The rate plan works on PostgreSQL 15 and 16, too."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the DDL that stands beside this file, where a database person looks for it."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Refused: nothing written since may be dropped. The code before this one runs on this schema as it is."""
    raise RuntimeError("This migration only adds. The earlier code runs on it; to go back, restore a backup.")
