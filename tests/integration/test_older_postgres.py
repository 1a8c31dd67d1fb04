"""What works on the PostgreSQL of the tests and would not on version 15, which the stack in containers has."""

from sqlalchemy import create_engine, text

DEFAULTS = text(
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = 'public' AND column_default LIKE '%infinity%'"
)


def test_no_time_begins_as_infinite_for_it_could_not_be_counted_with(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as conn:
        assert list(conn.execute(DEFAULTS)) == []
        for table, column in (
            ("send_permits", "free_at"),
            ("send_lines", "next_at"),
            ("send_lines", "urgent_until"),
        ):
            counted = text(f"SELECT count(*) FROM {table} WHERE NOT isfinite({column})")  # noqa: S608 - names of ours
            assert conn.scalar(counted) == 0
    engine.dispose()
