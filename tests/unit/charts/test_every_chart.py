"""Whatever is asked for, of whatever answer: a figure that is plain data, says what it shows, and keeps nothing."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as plotly
import pytest

from functions.render_chart.catalogue import CHARTS
from lib.testing.answers import pages
from tests.unit.charts.asked import KINDS, LOCALES, SCHOOLS, THEMES, answer_of, drawn

META = {
    "chart",
    "kind",
    "locale",
    "title",
    "finding",
    "alt",
    "table",
    "text",
    "period",
    "filters",
    "as_of",
    "receipt",
}
every_kind = pytest.mark.parametrize(("chart", "kind"), KINDS)


def mutable(value: Any) -> Iterator[int]:
    """The identities of all lists and dicts inside."""
    if isinstance(value, dict | list):
        yield id(value)
        for each in value.values() if isinstance(value, dict) else value:
            yield from mutable(each)


@every_kind
@pytest.mark.parametrize("school", SCHOOLS)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_figure_is_plain_json_with_all_that_is_said_about_it(
    chart: str, kind: str, school: str, locale: str
) -> None:
    for theme in THEMES:
        figure = drawn(chart, kind, school, theme, locale)
        assert json.loads(json.dumps(figure, allow_nan=False)) == figure
        meta, answer = figure["layout"]["meta"], answer_of(chart, school)
        assert meta.keys() - {"drill"} == META
        assert (meta["chart"], meta["kind"], meta["locale"]) == (chart, kind, locale)
        assert {key: meta[key] for key in ("period", "filters", "as_of", "receipt")} == {
            key: answer[key] for key in ("period", "filters", "as_of", "receipt")
        }
        assert 0 < len(meta["alt"]) <= 400
        assert 0 < len(meta["text"]) <= 1500
        assert meta["title"] == CHARTS[chart].title[locale]
        assert meta["finding"]
        assert not meta["finding"].endswith(".")


@every_kind
@pytest.mark.parametrize("school", SCHOOLS)
def test_plotly_knows_every_key_and_every_value_of_a_figure(chart: str, kind: str, school: str) -> None:
    plotly.Figure(drawn(chart, kind, school))


@every_kind
def test_two_figures_share_nothing_with_each_other_or_with_the_answer(chart: str, kind: str) -> None:
    answer = copy.deepcopy(answer_of(chart, "rich"))
    before = json.dumps(answer)
    one, other = drawn(chart, kind, answer), drawn(chart, kind, answer)
    assert one == other
    kept = [set(mutable(each)) for each in (one, other, answer)]
    assert sum(map(len, kept)) == len(set.union(*kept))
    assert len(list(mutable(one))) == len(kept[0])
    assert json.dumps(answer) == before


@every_kind
def test_an_empty_answer_says_so_in_words_instead_of_bare_axes(chart: str, kind: str) -> None:
    for locale in LOCALES:
        figure = drawn(chart, kind, "empty", locale=locale)
        (words,) = figure["layout"]["annotations"]
        assert figure["data"] == []
        assert words["text"].replace("<br>", " ") == figure["layout"]["meta"]["finding"]
        assert not figure["layout"]["xaxis"]["visible"]


@every_kind
@pytest.mark.parametrize("size", [(200, 150), (300, 200), (480, 300), (1600, 400), (400, 1600), (4000, 4000)])
def test_any_size_is_drawn_within_its_own_bounds(chart: str, kind: str, size: tuple[int, int]) -> None:
    figure = drawn(chart, kind, "rich", width=size[0], height=size[1])
    layout = figure["layout"]
    margin = layout["margin"]
    assert margin["l"] + margin["r"] < size[0]
    assert margin["t"] + margin["b"] < size[1]
    for key, axis in layout.items():
        if key.startswith(("xaxis", "yaxis")) and "domain" in axis:
            low, high = axis["domain"]
            assert 0 <= low < high <= 1 + 1e-9


@every_kind
def test_names_are_text_and_never_markup(chart: str, kind: str) -> None:
    figure = drawn(chart, kind, "hostile")
    shown = copy.deepcopy(figure)
    # What a mark opens is a question with ids in it, and nothing that is drawn.
    for part in (shown["layout"], *shown["data"]):
        part.pop("meta", None)
    text = json.dumps(shown, ensure_ascii=False)
    assert "<script" not in text
    assert 'onclick=\\"' not in text or "<b onclick" not in text
    assert "<a " not in text
    for trace in figure["data"]:
        assert "{n}" not in trace.get("hovertemplate", "")


@every_kind
def test_a_hundred_categories_keep_the_picture_readable(chart: str, kind: str) -> None:
    figure = drawn(chart, kind, "many")
    for key, axis in figure["layout"].items():
        if key.startswith("yaxis"):
            assert len(axis.get("tickvals", [])) <= 26
        if key.startswith("xaxis"):
            assert len(axis.get("tickvals", [])) <= 24


@pytest.mark.parametrize("page", [pages.overview, pages.admin_page, pages.tutor_page, pages.student_page])
@pytest.mark.parametrize("kind", CHARTS["dashboard_overview"].kinds)
def test_the_overview_is_drawn_of_every_roles_page(page: Any, kind: str) -> None:
    for school in SCHOOLS.values():
        figure = drawn("dashboard_overview", kind, page(school))
        plotly.Figure(figure)
        assert figure["layout"]["meta"]["finding"]


def test_a_chart_names_its_source_with_the_callers_page_or_the_student() -> None:
    from functions.render_chart.catalogue import source_of

    page, progress = CHARTS["dashboard_overview"], CHARTS["student_progress"]
    assert source_of(page, role="tutor", student_id=None).endswith("/dashboard/tutor")
    assert source_of(page, role="service", student_id=None).endswith("/dashboard/admin")
    assert source_of(progress, role="admin", student_id="a/b?c").endswith("/students/a%2Fb%3Fc/progress")
