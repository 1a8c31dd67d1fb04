"""Files that ship with this function: the OpenAPI documents and the pages' assets."""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

from lib.errors import not_found
from lib.runtime.function import Reply

HERE = Path(__file__).parent
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
# No route leads to a function that only a schedule calls; its figures belong to this service.
UNROUTED = {"notification": ("run-schedules",)}
SWAGGER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


def openapi(service: str) -> Reply:
    """The document of a service, as it was written at build time."""
    return Reply(_text(service).encode(), content_type="application/json")


@cache
def _text(service: str) -> str:
    path = HERE / "openapi" / f"{service}.json"
    if not path.exists():
        raise not_found()
    return path.read_text(encoding="utf-8")


def functions_of(service: str) -> tuple[str, ...]:
    """The functions that answer for a service, by dashed name."""
    document: dict[str, Any] = json.loads(_text(service))
    names = {operation["x-function"] for path in document["paths"].values() for operation in path.values()}
    return tuple(sorted({*(name.replace("_", "-") for name in names), *UNROUTED.get(service, ())}))


def asset(name: str) -> Reply:
    """One of the pages' own files, or one of Swagger UI's. Raises BadInput (404)."""
    known = assets()
    if name not in known:
        raise not_found()
    path = known[name]
    return Reply(
        path.read_bytes(), content_type=TYPES[path.suffix], headers={"Cache-Control": "max-age=3600"}
    )


@cache
def assets() -> dict[str, Path]:
    """Every file that may be asked for, by its name below /assets/: an allow-list, not a folder."""
    own = {path.name: path for path in (HERE / "assets").glob("*") if path.suffix in TYPES}
    spec = importlib.util.find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        return own
    folder = Path(spec.submodule_search_locations[0]) / "dist"
    return own | {f"swagger-ui/{name}": folder / name for name in SWAGGER_FILES}
