"""Schema migrations (Alembic). `python -m lib.db.migrations` brings DATABASE_URL to the newest revision."""

from pathlib import Path

from sqlalchemy import create_engine, text

# One migrator at a time, however many machines start at once.
MIGRATION_LOCK = 8006_8007


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (a SQLAlchemy URL) to `revision`. Does nothing when it is there already."""
    # Imported here: function images read the schema, only a migrator needs Alembic.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:k)"), {"k": MIGRATION_LOCK})
            connection.commit()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            connection.commit()
    finally:
        engine.dispose()
