"""deploy/nginx/nginx.conf: the gateway of Compose and Kubernetes."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from lib.stack.model import SERVICES, FunctionSpec, Stack

INTERNAL_NETWORKS = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
)


@dataclass(frozen=True)
class Problem:
    """What the gateway answers itself. `when` are nginx's own statuses that lead to it."""

    status: int
    detail: str
    when: str

    @property
    def title(self) -> str:
        """The status's name."""
        return HTTPStatus(self.status).phrase


PROBLEMS = (
    Problem(400, "The request could not be read.", "400 431 494"),
    Problem(403, "This is for the internal network only.", "403"),
    Problem(404, "There is nothing here under this address, or it is not yours.", "404"),
    Problem(413, "The body is larger than 5 MB.", "413"),
    Problem(414, "The address is too long.", "414"),
    Problem(503, "This cannot be answered at the moment.", "500 502 503"),
    Problem(504, "The function took too long.", "504"),
)


@dataclass(frozen=True)
class Place:
    """Where the gateway runs: how it reaches a function, where it listens and writes.

    `host` gives the Host header that a platform's own router needs; without it the client's own is passed on.
    `path` is where a function stands behind a gateway that has all of them; by default the client's own path.
    `resolver` is the name server to ask every second, where a function's address changes with its container; without
    it addresses (several are separated by spaces) stay as they were at the start, and connections are kept.
    """

    address: Callable[[FunctionSpec], str]
    listen: Callable[[int], str]
    temporary: str = "/tmp"  # noqa: S108 - a tmpfs of the gateway's own container
    access_log: str = "/dev/stdout"
    host: Callable[[FunctionSpec], str] | None = None
    path: Callable[[FunctionSpec], str] = lambda _: ""
    resolver: str = ""


# Docker's own name server.
COMPOSE = Place(address=lambda f: f"{f.name}:8080", listen=str, resolver="127.0.0.11")


def nginx(stack: Stack, place: Place = COMPOSE) -> str:
    """The whole configuration file."""
    environment = Environment(  # noqa: S701 - not HTML
        undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    template = files("lib.stack.render").joinpath("nginx.conf.j2").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        stack=stack,
        place=place,
        services=sorted(SERVICES.items()),
        problems=PROBLEMS,
        internal_networks=INTERNAL_NETWORKS,
    )
