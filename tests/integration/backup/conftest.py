"""A school with something to lose, and an empty database to bring it back into."""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from lib.local.servers.postgres import PostgresServer
from lib.runtime.services import Services
from lib.runtime.settings import Settings
from lib.storage.files import FileStore
from lib.testing.mailbox.office import PostOffice
from tests.integration.notifications.conftest import settings_of
from tests.integration.notifications.school import School


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """The providers' side: what it accepted is the truth."""
    with PostOffice(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def settings(database_url: str, office: PostOffice) -> Settings:
    """The environment of the school that is backed up."""
    return settings_of(database_url, office)


@pytest.fixture
def school(settings: Settings, office: PostOffice) -> Iterator[School]:
    """The school that is backed up."""
    services = Services(settings)
    yield School(services, office)
    services.db.dispose()


@pytest.fixture
def empty_url(postgres: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of a database with nothing in it."""
    name = f"test_{secrets.token_hex(6)}"
    _execute(postgres, f"CREATE DATABASE {name}")
    yield postgres.url(name)
    _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """Where the school's files are."""
    return FileStore(tmp_path / "artifacts", "a-secret")


@pytest.fixture
def restored_school(empty_url: str, office: PostOffice) -> Iterator[Callable[[], School]]:
    """The school in the database that was restored, with the same providers; call it after the restore."""
    services = Services(settings_of(empty_url, office))
    yield lambda: School(services, office)
    services.db.dispose()


def _execute(server: PostgresServer, statement: str) -> None:
    connection = psycopg2.connect(server.url("postgres").replace("+psycopg2", ""))
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
