"""The edge of every function: from an HTTP request to a handler's call, and back.

Order: the function's own health, readiness and metrics; limits; token; route; models; handler. Nothing
below this module knows HTTP.
"""

import json
import re
import threading
import time
import uuid
from functools import cache
from typing import Any

import flask
import structlog
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.exceptions import NotFound as NoRoute

from lib.auth.sessions import COOKIE
from lib.auth.tokens import verify
from lib.domain.events import field_errors
from lib.errors import BadInput, ServiceError, Temporary, not_found
from lib.runtime import idempotency, metrics, probes, triggers
from lib.runtime.call import Call
from lib.runtime.function import Function, Route
from lib.runtime.problems import from_error, problem
from lib.runtime.reply import Reply
from lib.runtime.services import Services
from lib.runtime.settings import load

LARGEST_BODY = 5 * 1024 * 1024
REQUEST_ID = re.compile(r"^[A-Za-z0-9._:-]{1,100}$")
BEARER = re.compile(r"^Bearer +([A-Za-z0-9._~+/=-]+)$", re.IGNORECASE)
log = structlog.get_logger()
_composition = threading.Lock()


def answer(function: Function, request: flask.Request) -> flask.Response:
    """Answer one request of any kind. Never raises."""
    started = time.perf_counter()
    request_id = _request_id(request.headers.get("X-Request-Id"))
    with structlog.contextvars.bound_contextvars(function=function.name, request_id=request_id):
        reply = probes.answer(function, request.path) or _guarded(function, request, request_id)
        seconds = time.perf_counter() - started
        metrics.REQUESTS.labels(function.name, f"{reply.status // 100}xx").inc()
        metrics.SECONDS.labels(function.name).observe(seconds)
        if not probes.is_probe(request.path):
            log.info(
                "request",
                method=request.method,
                path=_told(function, request.path),
                status=reply.status,
                ms=round(seconds * 1000, 1),
            )
    response = flask.Response(
        reply.encoded(), reply.status, dict(reply.headers), content_type=reply.content_type
    )
    response.headers["X-Request-Id"] = request_id
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _told(function: Function, path: str) -> str:
    """A path as the log may hold it: without a token or a code that opens something for whoever knows it."""
    prefix = next((each for each in function.before_credentials if path.startswith(each)), None)
    return path if prefix is None else f"{prefix}…"


def _request_id(given: str | None) -> str:
    return given if given and REQUEST_ID.match(given) else uuid.uuid4().hex


def _guarded(function: Function, request: flask.Request, request_id: str) -> Reply:
    try:
        return _handle(function, request, request_id)
    except ServiceError as error:
        return from_error(error, request.path)
    except RequestEntityTooLarge:
        return problem(413, f"The body is larger than {LARGEST_BODY} bytes.", instance=request.path)
    except MethodNotAllowed:
        return problem(405, f"{request.method} is not offered here.", instance=request.path)
    except NoRoute:
        return from_error(not_found(), request.path)
    except HTTPException as error:
        return problem(error.code or 400, error.description or "Bad request.", instance=request.path)
    except DATABASE_AWAY as error:
        log.warning("database away", error=type(error).__name__)
        return from_error(database_away(), request.path)
    except Exception:
        log.exception("unexpected")
        return from_error(ServiceError(""), request.path)


DATABASE_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)


def database_away() -> Temporary:
    """The answer while PostgreSQL is restarting, full or out of reach."""
    return Temporary("The database does not answer now. Try again shortly.", retry_after=2)


def services_of(function: Function) -> Services:
    """The function's connections; made from the environment at the first need."""
    with _composition:
        if function.services is None:
            function.services = Services(load())
        return function.services


def _handle(function: Function, request: flask.Request, request_id: str) -> Reply:
    services = services_of(function)
    call = Call(
        services=services,
        request_id=request_id,
        now=services.clock(),
        headers=dict(request.headers),
        raw=_body(request),
        url=request.full_path.rstrip("?"),
    )
    if request.path == "/" and request.method == "POST" and triggers.wanted(function):
        return triggers.answer(function, call)
    route, arguments = _matched(function, request)
    if not route.open:
        call = _with_principal(call, route, request)
    arguments |= _decoded(route, call, request)
    if not route.write:
        return route.handler(call, **arguments)
    with services.db.begin() as conn:
        return idempotency.once(
            conn, call, request.method, lambda: route.handler(call, conn=conn, **arguments)
        )


def _body(request: flask.Request) -> bytes:
    if (request.content_length or 0) > LARGEST_BODY:
        raise RequestEntityTooLarge
    # A body that does not tell its length is cut at the limit without a word: one byte more shows that it was.
    request.max_content_length = LARGEST_BODY + 1
    body = request.get_data(cache=True)
    if len(body) > LARGEST_BODY:
        raise RequestEntityTooLarge
    return body


def _matched(function: Function, request: flask.Request) -> tuple[Route, dict[str, Any]]:
    index, arguments = function.url_map().bind("function").match(request.path, method=request.method)
    return function.routes[index], dict(arguments)


def _with_principal(call: Call, route: Route, request: flask.Request) -> Call:
    match = BEARER.match(call.headers.get("Authorization", ""))
    token = match[1] if match else _session(route, request)
    if not token:
        raise BadInput("Send a token: Authorization: Bearer …", status=401)
    principal = verify(token, call.settings)
    if route.roles is not None and principal.role not in route.roles:
        raise BadInput(f"The role {principal.role} may not do this.", status=403)
    if route.write and principal.on_behalf:
        raise BadInput("On behalf of somebody one may only read.", status=403)
    return Call(call.services, call.request_id, call.now, call.headers, principal, token, call.raw, call.url)


def _session(route: Route, request: flask.Request) -> str:
    """The token of somebody who signed in on a page: for reading alone, since a browser sends it by itself."""
    return request.cookies.get(COOKIE, "") if route.method == "GET" else ""


def _decoded(route: Route, call: Call, request: flask.Request) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if route.query is not None:
        arguments["query"] = _validated(route.query, _query(route.query, request), strings=True)
    if route.body is not None:
        _require_json(request)
        arguments["body"] = _validated(route.body, call.json())
    return arguments


def _query(model: type[BaseModel], request: flask.Request) -> dict[str, Any]:
    unknown = sorted(set(request.args) - {f.alias or n for n, f in model.model_fields.items()})
    if unknown:
        raise BadInput(
            f"Unknown query parameter {unknown[0][:50]!r}.",
            errors=[{"loc": name[:50], "msg": "is not a parameter here"} for name in unknown],
        )
    return {name: value for name, value in request.args.items() if value != ""}


def _require_json(request: flask.Request) -> None:
    mimetype = request.mimetype
    if mimetype != "application/json" and not mimetype.endswith("+json"):
        raise BadInput("Send JSON with Content-Type: application/json.", status=415)


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    """Made once a model: for a list of models it compiles a validator."""
    return TypeAdapter(model)


def _validated(model: Any, value: Any, *, strings: bool = False) -> Any:
    adapter = _adapter(model)
    try:
        return adapter.validate_strings(value) if strings else adapter.validate_json(json.dumps(value))
    except ValidationError as error:
        errors = field_errors(error)
        first = f"{errors[0]['loc']}: {errors[0]['msg']}" if errors[0]["loc"] else errors[0]["msg"]
        raise BadInput(f"The input is wrong: {first}", errors=errors) from None
