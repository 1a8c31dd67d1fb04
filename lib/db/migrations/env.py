"""Alembic's entry: runs the migrations on the connection that `lib.db.migrations.upgrade` opened."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]


def told(**step: Any) -> None:
    """Say which revision is there now."""
    context.config.attributes["tell"](f"{step['step'].up_revision_id} is in place.")


context.configure(connection=connection, transaction_per_migration=True, on_version_apply=told)  # type: ignore[arg-type]  # Alembic calls it by names
with context.begin_transaction():
    context.run_migrations()
