"""plotly.js for the browser: the very one that draws on the server, as the Python package brings it."""

import gzip
import re
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path

from lib.runtime.function import Call, Function, Reply

PATH = "/assets/plotly.min.js"
SCRIPT = "text/javascript; charset=utf-8"
# Its maps bring a style element, unless the page has one by its id. We draw no maps, and allow no such elements.
STYLES = re.compile(rb'getElementById\("([0-9a-f]{64})"\)')
# The address changes with the version, so a browser that has it never asks again.
FOREVER = "public, max-age=31536000, immutable"


def declare(app: Function) -> None:
    """Declare its route; a fixed path comes before the other assets'."""
    app.get(PATH, open=True, produces=("text/javascript",), summary="plotly.js")(serve)
    app.on_start(warm)


def url() -> str:
    """Where it is, with its version."""
    return f"{PATH}?v={version('plotly')}"


def warm() -> None:
    """Packed before the first visitor asks: 5 MB take a third of a second."""
    packed()
    style_ids()


@cache
def style_ids() -> tuple[str, ...]:
    """The ids that keep the script from making style elements."""
    return tuple(dict.fromkeys(found.decode() for found in STYLES.findall(_script())))


def serve(call: Call) -> Reply:
    """The script, packed where the browser takes that: a third of the size."""
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if "gzip" in call.headers.get("Accept-Encoding", ""):
        return Reply(packed(), content_type=SCRIPT, headers={**headers, "Content-Encoding": "gzip"})
    return Reply(_script(), content_type=SCRIPT, headers=headers)


@cache
def packed() -> bytes:
    """With gzip. The time is left out, so that every instance serves the same bytes."""
    return gzip.compress(_script(), compresslevel=6, mtime=0)


def _script() -> bytes:
    # By its file: importing the package would cost this function memory for Python code that it does not use.
    return Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js"))).read_bytes()
