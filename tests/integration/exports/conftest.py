"""The export, behind a port, over a database of the test's own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from lib.runtime.settings import Settings
from tests.integration.runtime.served import Served

MANY = text(
    "INSERT INTO lessons (lesson_id, student_id, tutor_id, subject, topic, starts_at, deleted) "
    "SELECT 'L' || n, 's', 't', 'Физика', repeat('т', 200), "
    "timestamptz '2026-11-22 07:00Z' + n * interval '1 second', false FROM generate_series(1, 20000) AS n"
)


@pytest.fixture
def school(database_url: str) -> Iterator[Served]:
    """A school without anything."""
    with Served(Settings(database_url=database_url, environment="test"), "export_data") as running:
        yield running


@pytest.fixture
def crowded(school: Served) -> Served:
    """Twenty thousand lessons on one day."""
    engine = create_engine(school.settings.database_url)
    with engine.begin() as conn:
        conn.execute(MANY)
    engine.dispose()
    return school
