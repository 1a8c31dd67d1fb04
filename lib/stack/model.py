"""What stack.yml says, as frozen data."""

from dataclasses import dataclass

SERVICES = {8000: "bot", 8006: "notification", 8007: "analytics"}
"""The gateway's ports, each with the service that it tells the functions in X-Service."""


@dataclass(frozen=True, order=True)
class Route:
    """Requests to `port` whose path is `prefix` or goes on below it with `/…`. `/` takes only itself."""

    port: int
    prefix: str

    def takes(self, path: str) -> bool:
        """Whether a request for this path is meant."""
        return path == self.prefix or (self.prefix != "/" and path.startswith(self.prefix + "/"))


@dataclass(frozen=True)
class Resources:
    """Kubernetes quantities, such as `256Mi` and `500m`."""

    memory: str
    cpu: str


@dataclass(frozen=True)
class Scale:
    """How many instances run: never more than `at_most`, and no fewer than `at_least` — none at all while nothing
    calls a function that `sleeps`, where a platform can do that."""

    at_least: int
    at_most: int
    sleeps: bool


@dataclass(frozen=True)
class FunctionSpec:
    """One function: `name` has dashes and is its host; `module` is its folder, the same with underscores."""

    name: str
    module: str
    image: str
    routes: tuple[Route, ...]
    queue: str | None
    schedule: str | None
    concurrency: int
    timeout_seconds: int
    secrets: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    packages: tuple[str, ...]
    limits: Resources
    requests: Resources
    scale: Scale


@dataclass(frozen=True)
class Stack:
    """All functions, in the order of the file."""

    functions: tuple[FunctionSpec, ...]

    def table(self, port: int) -> tuple[tuple[str, FunctionSpec], ...]:
        """The routes of one port, longest prefix first."""
        rows = [(r.prefix, f) for f in self.functions for r in f.routes if r.port == port]
        return tuple(sorted(rows, key=lambda row: (-len(row[0]), row[0])))

    def find(self, port: int, path: str) -> FunctionSpec | None:
        """The function that answers this path on this port."""
        return next((f for prefix, f in self.table(port) if Route(port, prefix).takes(path)), None)

    def function(self, name: str) -> FunctionSpec:
        """The function of this name, with dashes or underscores. Raises KeyError."""
        return {f.name: f for f in self.functions}[name.replace("_", "-")]

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues that functions take messages from."""
        return tuple(f.queue for f in self.functions if f.queue)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that some function needs."""
        return tuple(sorted({secret for f in self.functions for secret in f.secrets}))
