"""The connection pool, with every wait bounded."""

from pydantic_core import from_json
from sqlalchemy import Engine, create_engine

# A stopped server answers nothing at all: without these, psycopg2 waits past 20 s even with a statement
# timeout, because that one is kept by the server. tcp_user_timeout bounds it on our side.
CONNECT_TIMEOUT_S = 2
DEAD_PEER_MS = 5_000
SERVER_LIMITS = (
    "-c lock_timeout=4000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC "
    # Many short statements at once: starting helpers for one of them costs more than it gives.
    "-c max_parallel_workers_per_gather=0"
)


def sqlalchemy_url(url: str) -> str:
    """`postgresql://…` or `postgres://…` → the same with the psycopg2 driver named."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg2://" + url.removeprefix(prefix)
    return url


def libpq_url(url: str) -> str:
    """The same for PostgreSQL's own programs and for settings, where no driver is named."""
    return url.replace("postgresql+psycopg2:", "postgresql:")


def connect(url: str, *, pool_size: int = 8, statement_timeout_ms: int = 30_000) -> Engine:
    """An engine whose pool waits at most 2 s for a connection and whose statements are bounded.

    Raises nothing here: the first use raises `sqlalchemy.exc.OperationalError` when the server is away.
    """
    return create_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=2,
        pool_pre_ping=True,
        pool_recycle=1800,
        executemany_mode="values_plus_batch",
        # More than twice as fast as the standard library's, and the log is read back for every story that goes on.
        json_deserializer=from_json,
        # An error's text goes to the log; names and addresses must not.
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "keepalives": 1,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": DEAD_PEER_MS,
            "options": f"{SERVER_LIMITS} -c statement_timeout={statement_timeout_ms}",
        },
    )
