"""What people look at, on both ports: the notification console and the analytics pages; health, metrics, API documents.

Which service is asked for stands in X-Service, which the gateway sets and no caller can.
"""

from functions.serve_console import documents, health, metrics, pages
from functions.serve_console.analytics import routes as dashboards
from functions.serve_console.health import Health
from functions.serve_console.notifications import routes as console
from functions.serve_console.web import sign_in
from functions.serve_console.web.answers import service_of
from functions.serve_console.web.forms import Query
from functions.serve_console.web.routes import missing, page
from functions.serve_console.web.visitor import Visitor
from lib.runtime.function import Call, Function, Reply

app = Function("serve_console")


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


@page(app, "/")
def show_front(call: Call, visitor: Visitor, query: Query) -> Reply:
    """The delivery log on one port, the dashboard on the other."""
    home = dashboards.home if service_of(call) == "analytics" else console.home
    return home(call, visitor, query)


@app.get(
    "/assets/<path:name>", open=True, produces=("text/css", "text/javascript"), summary="Styles and scripts"
)
def show_asset(call: Call, name: str) -> Reply:  # noqa: ARG001 - every handler is given the call
    """Files that the pages need; nothing comes from elsewhere."""
    return documents.asset(name)


sign_in.declare(app)
console.declare(app)
dashboards.declare(app)
for below in ("/console", "/pages"):
    page(app, f"{below}/<path:rest>")(missing)
serve_console = app.target
