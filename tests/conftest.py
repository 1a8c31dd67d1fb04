"""The real servers that tests share, each started once a run, when the first test asks for it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from lib.db import migrations
from lib.local.servers import child
from lib.local.servers.postgres import PostgresServer
from lib.local.servers.redis import RedisServer
from lib.stack import Stack, load
from tests.servers.rabbitmq import RabbitServer

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "template_of_tests"
CLOCKED = "template_with_a_clock"
# now() stands still between two settings; clock_timestamp() goes on, for what waits for milliseconds.
CLOCK = """
    CREATE TABLE public.test_clock (at timestamptz, since timestamptz DEFAULT pg_catalog.clock_timestamp());
    CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql STABLE AS
        'SELECT coalesce((SELECT at FROM public.test_clock), pg_catalog.now())';
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
        'SELECT coalesce((SELECT at + (pg_catalog.clock_timestamp() - since) FROM public.test_clock),
            pg_catalog.clock_timestamp())';
"""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A running PostgreSQL."""
    with PostgresServer(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresServer) -> str:
    """The SQLAlchemy URL of an empty database that all tests share."""
    return postgres.url()


@pytest.fixture(scope="session")
def template_database(postgres: PostgresServer) -> str:
    """The name of a database at the present schema, to be copied, never to be changed."""
    _execute(postgres, f"CREATE DATABASE {TEMPLATE}")
    migrations.upgrade(postgres.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def new_database(postgres: PostgresServer, template_database: str) -> Iterator[Callable[[], str]]:
    """Makes databases at the present schema: each call answers the SQLAlchemy URL of a new one."""
    made: list[str] = []

    def make() -> str:
        made.append(f"test_{secrets.token_hex(6)}")
        _execute(postgres, f"CREATE DATABASE {made[-1]} TEMPLATE {template_database}")
        return postgres.url(made[-1])

    yield make
    for name in made:
        _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def clocked_template(postgres: PostgresServer) -> str:
    """Like `template_database`, but its `now()` is what the table test_clock says."""
    _execute(postgres, f"CREATE DATABASE {CLOCKED}")
    # Functions are looked for in the order of the path, and pg_catalog comes first only when it is not named.
    _execute(postgres, f"ALTER DATABASE {CLOCKED} SET search_path = public, pg_catalog")
    with contextlib.closing(psycopg2.connect(postgres.url(CLOCKED).replace("+psycopg2", ""))) as connection:
        connection.autocommit = True
        connection.cursor().execute(CLOCK)
    migrations.upgrade(postgres.url(CLOCKED))
    return CLOCKED


@pytest.fixture
def clocked_url(postgres: PostgresServer, clocked_template: str) -> Iterator[str]:
    """The SQLAlchemy URL of a database of this test's own, whose time the test sets."""
    name = f"test_{secrets.token_hex(6)}"
    _execute(postgres, f"CREATE DATABASE {name} TEMPLATE {clocked_template}")
    _execute(postgres, f"ALTER DATABASE {name} SET search_path = public, pg_catalog")
    yield postgres.url(name)
    _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """The SQLAlchemy URL of a database of this test's own, at the present schema."""
    return new_database()


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """A running RabbitMQ. Tests share it: name queues after the test, or take a virtual host."""
    with RabbitServer(tmp_path_factory.mktemp("rabbitmq")) as server:
        yield server


@pytest.fixture
def rabbitmq_url(rabbitmq: RabbitServer) -> Iterator[str]:
    """The `amqp://` URL of a virtual host of this test's own."""
    name = f"test_{secrets.token_hex(6)}"
    rabbitmq.add_vhost(name)
    yield rabbitmq.url(name)
    rabbitmq.ctl("delete_vhost", name)


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A running Redis."""
    with RedisServer(tmp_path_factory.mktemp("redis"), program=Path("/usr/bin/redis-server")) as server:
        yield server


@pytest.fixture
def redis_url(redis: RedisServer) -> str:
    """The `redis://` URL of a Redis that holds nothing."""
    redis.flush()
    return redis.url()


@pytest.fixture
def free_port() -> int:
    """A TCP port of the loopback that nobody listens on."""
    return child.free_port()


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The project's own stack.yml."""
    return load(ROOT / "stack.yml")


def _execute(server: PostgresServer, statement: str, *values: Any) -> None:
    connection = psycopg2.connect(server.url("postgres").replace("+psycopg2", ""))
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)
