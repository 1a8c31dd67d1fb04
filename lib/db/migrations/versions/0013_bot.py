"""Which updates of the bot were taken, answered and done."""

from pathlib import Path

from alembic import op

from lib.db.migrations import concurrently

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


CHATS = (
    "CREATE INDEX CONCURRENTLY recipients_of_chat ON recipients (telegram_chat_id) "
    "WHERE telegram_chat_id IS NOT NULL"
)


def upgrade() -> None:
    """Run the DDL that stands beside this file, where a database person looks for it; the index beside traffic."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    concurrently.index(CHATS)


def downgrade() -> None:
    """Refused: nothing written since may be dropped. The code before this one runs on this schema as it is."""
    raise RuntimeError("This migration only adds. The earlier code runs on it; to go back, restore a backup.")
