"""The metrics of one function process (Prometheus). Labels never hold a user, an address or free text."""

from prometheus_client import Counter, Histogram, generate_latest

from lib.runtime.reply import Reply

TEXT = "text/plain; version=0.0.4; charset=utf-8"
REQUESTS = Counter("function_requests", "Requests by function and status class.", ["function", "status"])
SECONDS = Histogram("function_request_seconds", "Time from request to answer, seconds.", ["function"])


def page() -> Reply:
    """This process's metrics in Prometheus' text format."""
    return Reply(generate_latest(), 200, TEXT)
