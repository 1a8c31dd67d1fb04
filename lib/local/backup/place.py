"""Which database is meant: the one at DATABASE_URL, else the embedded one, running or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.local.backup.trouble import Trouble
from lib.local.servers.child import ServerError
from lib.local.servers.postgres import PostgresServer, running_at
from lib.runtime.settings import Settings


@contextmanager
def for_backup(settings: Settings, var: Path) -> Iterator[str]:
    """The SQLAlchemy URL; an embedded server that is not running is started for the while."""
    if settings.database_url:
        yield settings.database_url
    elif running := running_at(var / "postgres"):
        yield running
    elif not (var / "postgres" / "cluster").is_dir():
        raise Trouble(
            f"There is no database: set DATABASE_URL, or run the system once ({var}/postgres is not there)."
        )
    else:
        with _started(var) as url:
            yield url


@contextmanager
def for_restore(settings: Settings, var: Path) -> Iterator[str]:
    """The same; raises Trouble while the embedded one is in use."""
    if settings.database_url:
        yield settings.database_url
    elif running_at(var / "postgres"):
        raise Trouble("The system is running. Stop it (Ctrl-C where make run is), then restore.")
    else:
        with _started(var) as url:
            yield url


@contextmanager
def _started(var: Path) -> Iterator[str]:
    try:
        with PostgresServer(var / "postgres") as server:
            yield server.url()
    except ServerError as error:
        raise Trouble(f"The embedded PostgreSQL does not start: {error}") from error
