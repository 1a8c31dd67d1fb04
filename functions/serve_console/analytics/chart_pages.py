"""A chart by itself: a page of its own, and the piece of a page that the script puts in place and draws."""

import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from functions.serve_console.analytics import charts, frame, library
from functions.serve_console.analytics.asked import FILTERS, Asked
from functions.serve_console.analytics.tables import NUMBERS, Cell, Column
from functions.serve_console.web.answers import part, wants_part, whole
from functions.serve_console.web.api import Api
from functions.serve_console.web.visitor import Visitor
from lib.errors import BadInput, not_found
from lib.runtime.function import Call, Reply

KINDS = {"integer": "integer", "percent": "percent", "score": "score", "date": "day", "month": "month"}
THEMES = ("light", "dark")


def show(call: Call, visitor: Visitor, query: Mapping[str, str], name: str) -> Reply:
    """The chart as a page; for the script, its words, table and figure. Raises BadInput."""
    if name not in charts.KINDS:
        raise not_found()
    question = frame.asked_of(call, f"/pages/charts/{name}", query)
    kind = query.get("kind") or charts.KINDS[name][0]
    figure = charts.figure(Api(call, visitor), question, name, _look(query, kind))
    meta = figure["layout"]["meta"]
    values: dict[str, Any] = {
        "t": frame.words_of(visitor),
        "place": charts.place(question, name, kind, said=meta),
        "columns": [_column(column) for column in meta["table"]["columns"]],
        "rows": list(_rows(question, meta)),
        "library": library,
        "figure": script_json({"data": figure["data"], "layout": figure["layout"]}),
        "filters": script_json({**question.period, **question.filters}),
        "back": question.url("/"),
    }
    if wants_part(call):
        return part(call, visitor, "analytics/_chart.html", **values)
    title = values["t"](f"chart.{name}")
    return whole(call, visitor, "analytics/chart.html", here="", title=title, **values)


def _look(query: Mapping[str, str], kind: str) -> dict[str, Any]:
    """What the script says of its room; the usual where it says nothing. Raises BadInput."""
    try:
        width, height = (int(query.get(name) or usual) for name, usual in _USUAL)
    except ValueError:
        raise BadInput("width and height must be whole numbers.") from None
    theme = query.get("theme")
    return {"kind": kind, "width": width, "height": height, "theme": theme if theme in THEMES else "light"}


_USUAL = (("width", charts.WIDTH), ("height", charts.HEIGHT))


def _column(column: Mapping[str, str]) -> Column:
    kind = KINDS.get(column["format"], "text")
    return Column(column["label"], kind in NUMBERS or column["format"].startswith("money"))


def _rows(question: Asked, meta: Mapping[str, Any]) -> Iterator[list[Cell]]:
    """The table's rows; a figure leads to the rows behind it, where the chart says which they are."""
    columns, drill = meta["table"]["columns"], meta.get("drill", {})
    opens = drill.get("table", {}).get("columns", {})
    each = drill.get("table", {}).get("rows") or drill.get("buckets", [])
    for row, at in zip_longest(meta["table"]["rows"], each if opens else ()):
        yield [
            _cell(question, column, value, opens.get(column["key"]), at)
            for column, value in zip(columns, row, strict=True)
        ]


def _cell(
    question: Asked, column: Mapping[str, str], value: Any, of: Any, at: Mapping[str, str] | None
) -> Cell:
    form = column["format"]
    known = of and at is not None and all(at.values()) and value not in (None, 0, "")
    href = rows_path(question, {**of, **(at or {})}) if known else ""
    if form.startswith("money:"):
        return Cell("money", value, href, form.removeprefix("money:"))
    return Cell(KINDS.get(form, "text"), value, href)


def rows_path(question: Asked, behind: Mapping[str, str]) -> str:
    """Where the rows of a point are: `behind` has `family`, `figure`, and what narrows them."""
    more: dict[str, str | None] = {name: value for name, value in behind.items() if name != "family"}
    if "from" in behind:
        more |= {"days": None, "period": None}
    kept = {**question.period, **{name: value for name, value in question.filters.items() if name in FILTERS}}
    base = Asked(question.path, kept, question.today)
    return base.url(f"/pages/rows/{behind['family']}", **more)


def script_json(value: Any) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
