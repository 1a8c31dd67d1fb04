"""The gateway's own pages, on both ports: health, metrics, the OpenAPI document and its page, the front page.

Which service is asked for stands in X-Service, which the gateway sets and no caller can.
"""

from functions.serve_console import documents, health, metrics, pages
from functions.serve_console.health import Health
from lib.runtime.function import Call, Function, Reply

app = Function("serve_console")


def service_of(call: Call) -> str:
    """`notification`, `analytics` or `bot`."""
    service = call.headers.get("X-Service", "")
    return service if service in ("notification", "analytics", "bot") else "notification"


@app.get("/health", open=True, answer=Health, summary="Is everything it needs there?")
def check_health(call: Call) -> Reply:
    """Pings every dependency, each with a deadline of 2 s. 503 when the service cannot do its work."""
    return health.answer(call, service_of(call))


@app.get("/metrics", open=True, produces=("text/plain",), summary="Prometheus metrics of the whole service")
def show_metrics(call: Call) -> Reply:
    """What the database knows, and what each function counted. For the internal network."""
    return metrics.answer(call, service_of(call))


@app.get("/openapi.json", open=True, produces=("application/json",), summary="This document")
def show_openapi(call: Call) -> Reply:
    """The OpenAPI 3.1 document of this service."""
    return documents.openapi(service_of(call))


@app.get("/docs", open=True, produces=("text/html",), summary="The document as a page")
def show_docs(call: Call) -> Reply:
    """Swagger UI, served from here: works without internet access."""
    return pages.docs(service_of(call))


@app.get("/", open=True, produces=("text/html",), summary="The front page")
def show_front(call: Call) -> Reply:
    """Where to go from here."""
    return pages.front(service_of(call))


@app.get(
    "/assets/<path:name>", open=True, produces=("text/css", "text/javascript"), summary="Styles and scripts"
)
def show_asset(call: Call, name: str) -> Reply:  # noqa: ARG001 - every handler is given the call
    """Files that the pages need; nothing comes from elsewhere."""
    return documents.asset(name)


serve_console = app.target
