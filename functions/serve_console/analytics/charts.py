"""The charts of the pages: which there are, where their pieces are, and what they say before they are drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.serve_console.analytics.asked import Asked
from functions.serve_console.web.api import Api

# What a picture is asked for before the page says how much room there is.
WIDTH, HEIGHT = 880, 400


# As render-chart has them, the usual kind first.
KINDS: Mapping[str, tuple[str, ...]] = {
    "lesson_completion": ("bar", "line", "pie", "heatmap"),
    "subject_performance": ("bar", "scatter", "treemap"),
    "revenue_trends": ("line", "bar", "area", "pie"),
    "tutor_earnings": ("bar", "treemap", "pie"),
    "user_activity": ("line", "bar", "heatmap"),
    "material_usage": ("bar", "treemap", "pie", "line"),
    "homework_scores": ("bar", "line", "scatter"),
    "retention": ("heatmap", "line"),
    "student_progress": ("line", "bar", "scatter"),
    "dashboard_overview": ("bar", "line", "heatmap"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chart stands in a page. `src` is the chart's own page and, for the script, its piece; `said` is what it
    says in words, None until it is asked for."""

    chart: str
    kind: str
    kinds: Sequence[tuple[str, str]]
    src: str
    picture: str
    said: Mapping[str, Any] | None = None


def place(asked: Asked, name: str, kind: str = "", *, said: Mapping[str, Any] | None = None) -> Place:
    """The place of a chart for a question."""
    kind = kind or KINDS[name][0]
    path = f"/pages/charts/{name}"
    kinds = [(each, asked.url(path, kind=each)) for each in KINDS[name]]
    picture = asked.at(f"/api/v1/charts/{name}")
    drawn = {**picture.period, "period": None, "compare": None, "format": "svg", "kind": kind}
    return Place(name, kind, kinds, asked.url(path, kind=kind), picture.url(**drawn), said)


def in_words(api: Api, asked: Asked, wanted: Iterable[tuple[str, str]]) -> list[Place]:
    """Places whose charts are told in words already, all of them by one call. One that fails says nothing."""
    pairs = list(wanted)
    items = [
        {
            "chart": name,
            "kind": kind,
            "format": "json",
            "locale": api.visitor.locale,
            "parameters": asked.params,
        }
        for name, kind in pairs
    ]
    found = api.post("render-chart", "/api/v1/charts/batch", {"items": items})["items"] if items else []
    return [
        place(asked, name, kind, said=each.get("meta"))
        for (name, kind), each in zip(pairs, found, strict=True)
    ]


def figure(api: Api, asked: Asked, name: str, look: Mapping[str, Any]) -> dict[str, Any]:
    """The figure, `data` and `layout`, as plotly.js takes it; without title and finding: the page has them in words."""
    params = {**asked.params, "locale": api.visitor.locale, **look, "bare": "true"}
    found: dict[str, Any] = api.get("render-chart", f"/api/v1/charts/{name}", **params)
    return found
