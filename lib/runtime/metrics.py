"""The metrics of one function process (Prometheus). Labels never hold a user, an address or free text."""

from prometheus_client import Counter, Gauge, Histogram, generate_latest

from lib.runtime.reply import Reply
from lib.runtime.services import Services

TEXT = "text/plain; version=0.0.4; charset=utf-8"
REQUESTS = Counter("function_requests", "Requests by function and status class.", ["function", "status"])
SECONDS = Histogram("function_request_seconds", "Time from request to answer, seconds.", ["function"])
PROCESSING = Histogram(
    "notification_processing_seconds",
    "Time a function took for a message of its queue, seconds.",
    ["function"],
)
DELIVERY = Histogram(
    "notification_delivery_seconds",
    "From the time a notification was due to the provider's answer, seconds.",
    ["channel"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
CHARTS = Histogram("chart_render_seconds", "Time to draw a picture, seconds.", ["format"])
REPORTS = Histogram(
    "report_generation_seconds",
    "Time to write a report, seconds.",
    ["type", "format"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
LATENESS = Gauge("schedule_lateness_seconds", "How late the latest tick of the schedule came, seconds.")
CONNECTIONS = Gauge("db_pool_connections", "Database connections of this process.", ["state"])


def page(services: Services | None) -> Reply:
    """This process's metrics in Prometheus' text format."""
    if services is not None:
        for state, count in services.pool_connections().items():
            CONNECTIONS.labels(state).set(count)
    return Reply(generate_latest(), 200, TEXT)
