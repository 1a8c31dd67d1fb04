"""Declaring a function: its routes, its queue or schedule, and the plain callable the platforms load."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flask
from pydantic import BaseModel
from werkzeug.routing import Map, Rule

from lib.runtime.call import Call, Message
from lib.runtime.reply import Reply
from lib.runtime.services import Services

__all__ = ["Call", "Function", "Message", "Reply", "Route", "Services"]

Handler = Callable[..., Reply]
QueueHandler = Callable[[Call, Message], None]
ScheduleHandler = Callable[[Call], None]
StartHandler = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `roles` None = any valid token; `open` = no token; `write` = one transaction with the
    idempotency key, passed to the handler as `conn`. `consumes` and `produces` are media types of bodies that
    no model describes. A `page` is for people's eyes and stands in no API document."""

    method: str
    path: str
    handler: Handler
    body: Any = None
    query: type[BaseModel] | None = None
    answer: Any = None
    roles: tuple[str, ...] | None = None
    open: bool = False
    write: bool = False
    status: int = 200
    summary: str = ""
    consumes: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    page: bool = False


class Function:
    """A capability. Declare routes and at most one trigger, then hand `target` to the platform."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.routes: list[Route] = []
        self.queue: str | None = None
        self.queue_handler: QueueHandler | None = None
        self.schedule_handler: ScheduleHandler | None = None
        self.start_handler: StartHandler | None = None
        self.services: Services | None = None
        self._map: Map | None = None

    @property
    def scheduled(self) -> bool:
        """Whether a schedule triggers it."""
        return self.schedule_handler is not None

    @property
    def before_credentials(self) -> list[str]:
        """The beginnings of those paths that go on with a token or a code."""
        return [r.path.partition("<")[0] for r in self.routes if r.path.endswith(("<token>", "<code>"))]

    @property
    def rules(self) -> list[tuple[str, str]]:
        """(method, path rule) of every operation."""
        return [(route.method, route.path) for route in self.routes]

    def bind(self, services: Services) -> "Function":
        """Use these connections instead of those of the environment (tests, the local runner)."""
        self.services = services
        return self

    def route(self, method: str, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare an operation; options are the fields of `Route`."""

        def declare(handler: Handler) -> Handler:
            roles: Sequence[str] | None = options.pop("roles", None)
            self.routes.append(
                Route(method, path, handler, roles=None if roles is None else tuple(roles), **options)
            )
            self._map = None
            return handler

        return declare

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a GET."""
        return self.route("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a POST."""
        return self.route("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a PUT."""
        return self.route("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a PATCH."""
        return self.route("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a DELETE."""
        return self.route("DELETE", path, **options)

    def on_queue(self, queue: str) -> Callable[[QueueHandler], QueueHandler]:
        """Declare the queue whose messages arrive as POST /."""
        self._only_trigger()
        self.queue = queue

        def declare(handler: QueueHandler) -> QueueHandler:
            self.queue_handler = handler
            return handler

        return declare

    def on_schedule(self, handler: ScheduleHandler) -> ScheduleHandler:
        """Declare that a schedule's ticks arrive as POST /."""
        self._only_trigger()
        self.schedule_handler = handler
        return handler

    def on_start(self, handler: StartHandler) -> StartHandler:
        """Declare what is made warm in the serving process before its first request. It must not raise."""
        self.start_handler = handler
        return handler

    def _only_trigger(self) -> None:
        if self.queue is not None or self.schedule_handler is not None:
            raise ValueError(f"{self.name} has a trigger already; the platforms' connectors allow one.")

    def url_map(self) -> Map:
        """The operations as a werkzeug map whose endpoints are indexes into `routes`."""
        if self._map is None:
            self._map = Map(
                [Rule(r.path, methods=[r.method], endpoint=i) for i, r in enumerate(self.routes)],
                strict_slashes=False,
                merge_slashes=False,
            )
        return self._map

    @property
    def target(self) -> Callable[[flask.Request], flask.Response]:
        """A plain function named like the folder: what functions-framework wants to be given."""
        # Imported here: the edge needs this module's types.
        from lib.runtime.edge import answer

        def handle(request: flask.Request) -> flask.Response:
            return answer(self, request)

        handle.__name__ = handle.__qualname__ = self.name
        handle.function = self  # type: ignore[attr-defined]  # tests and the OpenAPI writer find it here
        return handle
