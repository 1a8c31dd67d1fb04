"""Every file that derives from stack.yml, wholly or between two marker lines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.stack.model import Stack
from lib.stack.parse import load_settings
from lib.stack.render import broker, compose, nginx, readme
from lib.stack.render.kubernetes import knative, openfaas


@dataclass(frozen=True)
class Derived:
    """`path` holds `text`: as the whole file, or between the lines that contain `begin` and `end`."""

    path: str
    text: str
    markers: tuple[str, str] | None = None

    def current(self, root: Path) -> str:
        """What the file says now; empty when it is not there."""
        path = root / self.path
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def wanted(self, root: Path) -> str:
        """What the file should say. Raises ValueError when a marker is not in it."""
        if self.markers is None:
            return self.text
        lines = self.current(root).splitlines(keepends=True)
        begin, end = (_line(lines, marker, self.path) for marker in self.markers)
        return "".join([*lines[: begin + 1], self.text, *lines[end:]])


def derived(stack: Stack, root: Path) -> Iterator[Derived]:
    """All of them; a README that is not there is left out."""
    yield Derived("deploy/nginx/nginx.conf", nginx.nginx(stack))
    yield Derived("deploy/rabbitmq/definitions.json", broker.definitions(stack))
    settings = load_settings(root / "deploy" / "settings.yml")
    for folder, platform in (("knative", knative), ("openfaas", openfaas)):
        for name, text in sorted(platform.manifests(stack, settings).items()):
            yield Derived(f"deploy/{folder}/{name}", f"# Written by `make render` from stack.yml.\n{text}")
    compose_file = "docker-compose.local.yml"
    yield Derived(compose_file, compose.services(stack), ("# functions:begin", "# functions:end"))
    yield Derived(compose_file, compose.gateway_waits(stack), ("# gateway:begin", "# gateway:end"))
    yield Derived(compose_file, compose.secrets(stack), ("# secrets:begin", "# secrets:end"))
    for path, words in (("README.md", readme.ENGLISH), ("README.ru.md", readme.RUSSIAN)):
        if (root / path).exists():
            table = readme.table(stack, words)
            yield Derived(path, table, ("<!-- functions:begin -->", "<!-- functions:end -->"))


def _line(lines: list[str], marker: str, path: str) -> int:
    found = [number for number, line in enumerate(lines) if marker in line]
    if len(found) != 1:
        raise ValueError(f"{path} must have exactly one line with “{marker}”, it has {len(found)}.")
    return found[0]


def stale(stack: Stack, root: Path) -> list[str]:
    """The files that do not say what stack.yml says."""
    return sorted({d.path for d in derived(stack, root) if d.current(root) != d.wanted(root)})


def write(stack: Stack, root: Path, tell: Callable[[str], None]) -> None:
    """Write what is stale, and tell each path."""
    for part in derived(stack, root):
        if part.current(root) != (wanted := part.wanted(root)):
            (root / part.path).parent.mkdir(parents=True, exist_ok=True)
            (root / part.path).write_text(wanted, encoding="utf-8")
            tell(part.path)
