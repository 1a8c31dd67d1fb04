"""The whole system on a database of its own, before doubles of the mail server and the Bot API that are not counted."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from lib.db import migrations
from lib.db.engine import connect, libpq_url
from lib.local.servers.postgres import PostgresServer
from lib.testing.mailbox.office import PostOffice
from tests.acceptance.system import System

MEMORY = "/dev/shm"  # noqa: S108 - a folder of a random name in it
TOKEN = "1000000001:the-stage-of-benchmarks-the-stage-0000"  # noqa: S105 - the double's own


class Stage(NamedTuple):
    """`folder` has the database's files, in `postgres`."""

    folder: Path
    engine: Engine
    office: PostOffice
    system: System


@contextmanager
def stage(people: Callable[[Connection], object]) -> Iterator[Stage]:
    """`people` puts somebody into the directory."""
    with (
        tempfile.TemporaryDirectory() as folder,
        # The doubles stand for machines of their own: their journal shall not share the disk with ours.
        tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as elsewhere,
        PostgresServer(Path(folder) / "postgres") as server,
        PostOffice(Path(elsewhere) / "office", token=TOKEN, process=True) as office,
    ):
        migrations.upgrade(server.url())
        engine = connect(server.url())
        with engine.begin() as conn:
            people(conn)
        home = Path(folder) / "system"
        home.mkdir()
        with System(home, _environment(server.url(), office)) as system:
            yield Stage(Path(folder), engine, office, system)
        engine.dispose()


def _environment(database_url: str, office: PostOffice) -> dict[str, str]:
    return {
        "DATABASE_URL": libpq_url(database_url),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(office.smtp_port),
        "EMAIL_USE_TLS": "false",
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": office.url,
    }
