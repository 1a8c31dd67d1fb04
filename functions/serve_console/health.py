"""GET /health: a real ping of each dependency, in parallel, each with a deadline; nothing secret is shown."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late

import structlog
from pydantic import BaseModel

from functions.serve_console import pings
from lib.db import fence
from lib.runtime.function import Call, Reply

DEADLINE_S = 2.0
# Without these the service cannot do its work; without the others it does less, or later.
VITAL = ("database", "queue")
log = structlog.get_logger()
_pool = ThreadPoolExecutor(max_workers=24, thread_name_prefix="ping")


class Check(BaseModel):
    """One dependency: `up`, `down`, or `off` when none is configured. `sending` is there only while it is `held`: after
    a restore, until an operator allows it."""

    status: str
    latency_ms: float | None


class Health(BaseModel):
    """`healthy`, `degraded` (200), or `unhealthy` (503)."""

    status: str
    service: str
    version: str
    checks: dict[str, Check]


def answer(call: Call, service: str) -> Reply:
    """Ping everything and sum it up."""
    fenced = _pool.submit(_fenced, call)
    checks = checked(call)
    if fenced.result():
        checks["sending"] = Check(status="held", latency_ms=None)
    status = summed_up({name: check.status for name, check in checks.items()})
    health = Health(status=status, service=service, version=call.settings.version, checks=checks)
    return Reply(health, 503 if status == "unhealthy" else 200, headers={"Cache-Control": "no-store"})


def checked(call: Call) -> dict[str, Check]:
    """Ping everything at once; none takes longer than DEADLINE_S."""
    started = time.perf_counter()
    running = {name: _pool.submit(_timed, name, ping, call) for name, ping in pings.PINGS.items()}
    return {name: _result(future, started) for name, future in running.items()}


def summed_up(statuses: dict[str, str]) -> str:
    """The service's status from those of its dependencies."""
    down = {name for name, status in statuses.items() if status == "down"}
    if down & set(VITAL):
        return "unhealthy"
    return "degraded" if down or "held" in statuses.values() else "healthy"


def _fenced(call: Call) -> bool:
    """Whether nothing is sent since a restore. A database that does not answer says so by its own check."""
    try:
        with call.db.connect() as conn:
            return fence.is_closed(conn)
    except Exception:  # noqa: BLE001 - as above; the database's own check says what is wrong
        return False


def _timed(name: str, ping: Callable[[Call], bool], call: Call) -> Check:
    started = time.perf_counter()
    try:
        configured = ping(call)
    except Exception as error:  # noqa: BLE001 - clients have a hundred ways to say so, a bad address among them
        log.warning("down", check=name, error=type(error).__name__)
        return Check(status="down", latency_ms=None)
    latency = round((time.perf_counter() - started) * 1000, 1)
    return Check(status="up" if configured else "off", latency_ms=latency if configured else None)


def _result(future: "Future[Check]", started: float) -> Check:
    try:
        return future.result(max(0.0, DEADLINE_S - (time.perf_counter() - started)))
    except Late:
        return Check(status="down", latency_ms=None)
