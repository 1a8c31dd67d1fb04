"""The one place where a function's connections are made; nothing else opens one."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from lib.cache.store import Cache
from lib.db.engine import connect
from lib.domain.events import utc_now
from lib.errors import Temporary
from lib.runtime.peers import Peers
from lib.runtime.settings import Settings


class Services:
    """Made lazily from the settings; tests pass a clock of their own."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.clock = clock

    @cached_property
    def db(self) -> Engine:
        """The pool. Raises Temporary when no database is configured."""
        if not self.settings.database_url:
            raise Temporary("No database is configured: set DATABASE_URL.", retry_after=30)
        return connect(self.settings.database_url)

    def pool_connections(self) -> dict[str, int]:
        """Connections in use and idle; nothing before the first use."""
        pool = self.__dict__["db"].pool if "db" in self.__dict__ else None
        return {"used": pool.checkedout(), "idle": pool.checkedin()} if isinstance(pool, QueuePool) else {}

    @cached_property
    def cache(self) -> Cache:
        """The cache, or one that holds nothing when REDIS_URL is empty."""
        return Cache(self.settings.redis_url)

    @cached_property
    def peers(self) -> Peers:
        """The other functions."""
        return Peers(self.settings.function_url)
