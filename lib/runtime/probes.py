"""Health, readiness and metrics of one function, answered before its handler."""

from sqlalchemy import text

from lib.runtime import draining, metrics
from lib.runtime.function import Function
from lib.runtime.reply import Reply

ALIVE = ("/_/health", "/healthz")
READY = "/_/ready"
METRICS = "/metrics"
# Of this process alone, also where a function answers /metrics for the whole service.
OWN_METRICS = "/_/metrics"


def is_probe(path: str) -> bool:
    """Whether the path is asked by machines every few seconds."""
    return path in ALIVE or path in (READY, METRICS, OWN_METRICS)


def answer(function: Function, path: str) -> Reply | None:
    """The probe's answer, or None when the path is not one of ours.

    A function that declares a route of its own under the path (the gateway's `/metrics`) answers it itself.
    """
    if path in ALIVE:
        return Reply({"status": "healthy", "function": function.name})
    if path == READY:
        return _ready(function)
    if path == OWN_METRICS or (path == METRICS and ("GET", METRICS) not in function.rules):
        return metrics.page(function.services)
    return None


def _ready(function: Function) -> Reply:
    """Ready = the database answers, for functions that have one configured, and this process is to stay."""
    # Imported here: the edge imports this module.
    from lib.runtime.edge import DATABASE_AWAY, services_of

    if draining.begun.is_set():
        return Reply({"status": "on its way out"}, 503, headers={"Retry-After": "2"})
    services = services_of(function)
    if services.settings.database_url:
        try:
            with services.db.connect() as conn:
                conn.execute(text("SELECT 1"))
        except DATABASE_AWAY:
            return Reply({"status": "waiting for the database"}, 503, headers={"Retry-After": "2"})
    return Reply({"status": "ready", "function": function.name})
