"""The quick lesson report: figures, the chart, tables by subject and by day, as a tagged PDF."""

import base64
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from functions.generate_report.pdf import written
from functions.generate_report.words import Speech
from lib.runtime.function import Call

HERE = Path(__file__).parent / "templates"
COLUMNS = ("scheduled", "completed", "excused", "unexcused", "cancelled", "attendance_rate")
CHART = "/api/v1/charts/lesson_completion"
CHART_SIZE = {"width": 860, "height": 440}
_environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)


def report(call: Call, *, days: int, locale: str) -> bytes:
    """A PDF of the last `days` days for the caller, with the caller's own rights.

    Raises Temporary when the analytics or the chart function is away.
    """
    common = {"days": days}
    answer = call.peers.get(
        "query-analytics", "/api/v1/analytics/lessons/stats", params=common, token=call.token
    ).json()
    say = Speech(locale, answer["period"]["tz"])
    chart, alt = _chart(call, answer["period"], locale) if answer["summary"]["scheduled"] else ("", "")
    html = _environment.get_template("lesson.html").render(
        say=say,
        answer=answer,
        figures=_figures(answer["summary"], say),
        columns=COLUMNS,
        chart=chart,
        chart_alt=alt,
        footer=_footer(answer, say),
        css=_stylesheet(),
    )
    return written(html)


def _stylesheet() -> Markup:
    """Our own file, not input: it stands in the document as it is."""
    return Markup((HERE / "report.css").read_text(encoding="utf-8"))  # noqa: S704


def _chart(call: Call, period: dict[str, str], locale: str) -> tuple[str, str]:
    """The chart as a data URI and its alternative text; the period is fixed, whatever the clock does."""
    asked = {"from": period["from"], "to": period["to"], "tz": period["tz"], "locale": locale}
    figure = call.peers.get(
        "render-chart", CHART, params={**asked, "format": "json"}, token=call.token
    ).json()
    picture = call.peers.get(
        "render-chart", CHART, params={**asked, **CHART_SIZE, "format": "svg"}, token=call.token, timeout_s=45
    )
    encoded = base64.b64encode(picture.data).decode()
    return f"data:image/svg+xml;base64,{encoded}", str(figure["layout"]["meta"]["alt"])


def _figures(summary: dict[str, Any], say: Speech) -> list[tuple[str, str]]:
    counts = [(key, say.number(summary[key])) for key in ("scheduled", "completed", "cancelled")]
    absences = [(key, say.number(summary[key])) for key in ("excused", "unexcused")]
    hours = ("hours", say.number(summary["minutes"] / 60, "#,##0.#"))
    rate = ("attendance_rate", say.rate(summary["attendance_rate"]))
    rating = ("average_rating", say.number(summary["average_rating"], "0.00"))
    return [*counts, rate, *absences, hours, rating]


def _footer(answer: dict[str, Any], say: Speech) -> str:
    """As-of and receipt, as the content of a CSS string."""
    as_of = answer["as_of"]
    text = say("as_of", time=say.instant(as_of["time"]), position=say.number(as_of["position"]))
    receipt = say("receipt", id=answer["receipt"]["id"][:16])
    return json.dumps(f"{text}. {receipt}.", ensure_ascii=False)[1:-1]
