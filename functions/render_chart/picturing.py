"""A chart or a given figure, in the format asked for; pictures that were drawn before come from the cache."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from functions.render_chart import rasters
from functions.render_chart.asked import ChartQuery, Item, PictureQuery
from functions.render_chart.catalogue import CHARTS, Chart, source_of
from functions.render_chart.drawing import Order, content, draw
from functions.render_chart.engine import SCRIPTS, Canvas
from functions.render_chart.figures.look import Look
from lib.cache.store import FIGURES
from lib.errors import BadInput, not_found
from lib.runtime import metrics, naming
from lib.runtime.function import Call

KEEP_S = 24 * 3600
LARGEST_KEPT_BYTES = 512 * 1024
MOST_DAYS, MOST_WEEKS = 92, 104
# What a figure's maker meets when what it was given is no analytics answer.
NO_ANSWER = (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError)


def wanted(name: str, kind: str | None) -> tuple[Chart, str]:
    """The chart of that name and the kind meant. Raises BadInput."""
    chart = CHARTS.get(name)
    if chart is None:
        raise not_found("There is no chart of that name; /api/v1/charts/types lists them.")
    kind = kind or chart.kinds[0]
    if kind not in chart.kinds:
        raise BadInput(f"kind must be one of {', '.join(chart.kinds)}.")
    return chart, kind


def asked_of_analytics(call: Call, chart: Chart, params: Mapping[str, Any]) -> dict[str, Any]:
    """The answer that the chart shows, asked with the caller's own token; with the names of the people in it."""
    if missing := [name for name in chart.needs if not params.get(name)]:
        raise BadInput(f"Give {', '.join(missing)}.")
    source = source_of(chart, role=call.principal.role, student_id=params.get("student_id"))
    params = {"compare": "previous", **_granularity(params), **params}
    answer: dict[str, Any] = call.peers.get("query-analytics", source, params=params, token=call.token).json()
    with call.db.connect() as conn:
        return naming.named(conn, answer)


def _granularity(params: Mapping[str, Any]) -> dict[str, str]:
    """Weeks beyond a quarter, months beyond two years: more points than that are a hedge. As given, when given."""
    days = _days(params)
    return {} if days <= MOST_DAYS else {"granularity": "week" if days <= MOST_WEEKS * 7 else "month"}


def _days(params: Mapping[str, Any]) -> int:
    try:
        if params.get("days"):
            return int(params["days"])
        return (date.fromisoformat(params["to"]) - date.fromisoformat(params["from"])).days + 1
    except (KeyError, TypeError, ValueError):
        # Analytics says what is wrong with them, or takes its own.
        return 0


def figure_of(chart: Chart, answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """The figure of an answer. Raises BadInput when the answer is not one of the chart's source."""
    try:
        return chart.build(answer, look)
    except NO_ANSWER as error:
        raise BadInput(
            f"answer is not what {chart.source} answers: {type(error).__name__} at {str(error)[:80]}.",
            status=422,
        ) from None


def look_of(call: Call, asked: ChartQuery | Item, kind: str) -> Look:
    """How the chart is to look."""
    locale = asked.locale or call.settings.default_locale
    return Look(kind, asked.theme, locale, asked.width, asked.height, asked.bare)


def picture(
    call: Call, figure: Mapping[str, Any], asked: ChartQuery | PictureQuery | Item
) -> tuple[bytes, str]:
    """The figure drawn, and its entity tag: the hash of all that the picture depends on."""
    meta = figure.get("layout", {}).get("meta")
    meta = meta if isinstance(meta, dict) else {}
    drawn = content(figure)
    words = (
        str(meta.get("title", "")),
        str(meta.get("alt", "")),
        str(meta.get("locale", asked.locale or "")),
    )
    named = "|".join(
        [_tools(), drawn, *words, asked.format, *map(str, (asked.width, asked.height, asked.scale))]
    )
    tag = hashlib.sha256(named.encode()).hexdigest()[:32]
    key = f"{FIGURES}picture:{tag}"
    if kept := call.cache.get(key):
        return kept, tag
    # Ids in a picture begin with a part of its own hash: several may stand in one page.
    canvas = Canvas(asked.width, asked.height, *words, prefix=f"c{tag[:6]}-")
    with metrics.CHARTS.labels(asked.format).time():
        data = draw(Order(drawn, canvas, asked.format, asked.scale))
    if len(data) <= LARGEST_KEPT_BYTES:
        call.cache.put(key, data, ttl_s=KEEP_S)
    return data, tag


@cache
def _tools() -> str:
    """What draws: other scripts or another plotly.js give other pictures."""
    files = (*sorted(Path(SCRIPTS).glob("*.js")), Path(rasters.__file__))
    scripts = "".join(hashlib.sha256(path.read_bytes()).hexdigest()[:8] for path in files)
    return f"{scripts} {version('plotly')} {version('resvg-py')} {version('weasyprint')}"
