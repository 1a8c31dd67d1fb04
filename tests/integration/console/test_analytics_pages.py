"""What the analytics pages are made of: addresses, tiles, words, and what they take for granted of other functions."""

import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from functions.export_data import main as exports
from functions.query_analytics import rows_queries
from functions.render_chart.catalogue import CHARTS as DRAWN
from functions.render_chart.figures import drill
from functions.render_chart.figures.look import Look
from functions.serve_console.analytics import charts, library, reports, rows, tables, tiles
from functions.serve_console.analytics.asked import Asked
from functions.serve_console.analytics.catalogue import HEADLINES, HOME_CHARTS, PAGES
from functions.serve_console.analytics.chart_pages import rows_path, script_json
from functions.serve_console.analytics.words import WORDS
from lib.runtime.settings import Settings
from lib.testing.answers.school import School
from lib.testing.answers.sources import SOURCES
from tests.clients import Client

TODAY = date(2026, 11, 23)
TEMPLATES = Path(reports.__file__).parent / "templates"
QUERIES: dict[str, type[rows_queries.RowsQuery]] = {
    "lessons": rows_queries.LessonRows,
    "payments": rows_queries.PaymentRows,
    "homework": rows_queries.HomeworkRows,
    "users": rows_queries.UserRows,
    "materials": rows_queries.MaterialRows,
}


def asked(**given: str) -> Asked:
    return Asked("/pages/lessons", given, TODAY)


def test_an_address_keeps_its_question_when_one_part_changes() -> None:
    question = asked(days="7", subject="Физика & химия", granularity="week")
    assert (
        question.url(granularity=None)
        == "/pages/lessons?days=7&subject=%D0%A4%D0%B8%D0%B7%D0%B8%D0%BA%D0%B0+%26+%D1%85%D0%B8%D0%BC%D0%B8%D1%8F"
    )
    assert question.over("month") == question.url(days=None, period="month")
    assert asked().url("/") == "/"


@pytest.mark.parametrize(
    ("given", "period", "preset"),
    [
        ({}, {"days": "30"}, "30"),
        ({"days": "90"}, {"days": "90"}, "90"),
        ({"days": "14"}, {"days": "14"}, "own"),
        ({"period": "month"}, {"from": "2026-11-01", "to": "2026-11-23"}, "month"),
        (
            {"from": "2026-10-01", "to": "2026-10-05", "days": "7"},
            {"from": "2026-10-01", "to": "2026-10-05"},
            "own",
        ),
    ],
)
def test_the_period_of_an_address(given: dict[str, str], period: dict[str, str], preset: str) -> None:
    assert asked(**given).period == period
    assert asked(**given).preset == preset


@pytest.mark.parametrize(
    ("key", "now", "before", "by", "points", "good"),
    [
        ("completed", 12, 10, 0.2, False, True),
        ("unexcused", 12, 10, 0.2, False, False),
        ("unexcused", 8, 10, -0.2, False, True),
        ("scheduled", 12, 10, 0.2, False, None),
        ("attendance_rate", 0.9, 0.85, 5.0, True, True),
        ("completed", 10, 10, 0.0, False, None),
    ],
)
def test_a_tile_says_what_changed_and_whether_that_is_good(
    key: str, now: Any, before: Any, by: float, points: bool, good: bool | None
) -> None:
    found = tiles.of_family("lessons", asked(), {key: now}, {key: before})[0]
    assert found.change == tiles.Change(by, points, good)


@pytest.mark.parametrize(("now", "before"), [(5, 0), (None, 0.5), (0.5, None)])
def test_nothing_is_compared_with_nothing(now: Any, before: Any) -> None:
    key = "completed" if now == 5 else "attendance_rate"
    assert tiles.of_family("lessons", asked(), {key: now}, {key: before})[0].change is None


def test_money_has_tiles_for_each_currency_the_most_payments_first() -> None:
    figures = {code: {"revenue": "10.00", "payments": n} for code, n in (("EUR", 1), ("RUB", 5))}
    found = tiles.of_family("payments", asked(days="7"), figures, None, ("revenue",))
    assert [(each.currency, each.href) for each in found] == [
        ("RUB", "/pages/rows/payments?days=7&figure=revenue&currency=RUB"),
        ("EUR", "/pages/rows/payments?days=7&figure=revenue&currency=EUR"),
    ]


def test_the_rows_of_a_bucket_are_asked_by_its_days_and_the_filters_of_the_page() -> None:
    behind = {"family": "lessons", "figure": "completed", "from": "2026-11-02", "to": "2026-11-08"}
    path = rows_path(asked(days="30", subject="Физика"), behind)
    assert path.startswith("/pages/rows/lessons?from=2026-11-02&to=2026-11-08&subject=")
    assert path.endswith("&figure=completed")


def test_data_in_a_page_cannot_end_its_element() -> None:
    text = script_json({"name": "</script><script>alert(1)</script>\u2028"})
    assert "<" not in text
    assert json.loads(text)["name"].endswith("\u2028")


def test_the_pages_know_the_charts_as_they_are_drawn() -> None:
    assert {name: chart.kinds for name, chart in DRAWN.items()} == charts.KINDS
    wanted = [
        *(pair for page in PAGES.values() for pair in page.charts),
        *(p for each in HOME_CHARTS.values() for p in each),
    ]
    for name, kind in wanted:
        assert kind in charts.KINDS[name]


def test_every_mark_opens_rows_that_there_are() -> None:
    opened = 0
    for chart in DRAWN.values():
        answer = SOURCES[chart.source.removeprefix("/api/v1/analytics/")](School())
        for kind in chart.kinds:
            figure = chart.build(answer, Look(kind, bare=True))
            table = figure["layout"]["meta"].get("drill", {}).get("table", {})
            bases = [trace["meta"]["opens"] for trace in figure["data"] if trace.get("meta")]
            parts = [
                each
                for trace in figure["data"]
                if trace.get("meta")
                for each in trace["meta"].get("each", ())
            ]
            for opens in [
                *bases,
                *table.get("columns", {}).values(),
                *(p for p in parts if p and "family" in p),
            ]:
                if not opens:
                    continue
                query = QUERIES[opens["family"]]
                narrow = {name: value for name, value in opens.items() if name != "family"}
                assert query.model_validate_strings(narrow).figure == opens["figure"]
                opened += 1
    assert opened > 60


def test_a_bucket_ends_where_the_next_begins_and_the_last_with_the_period() -> None:
    series = [{"date": "2026-10-30"}, {"date": "2026-11-01"}]
    answer = {"series": series, "period": {"from": "2026-10-30", "to": "2026-11-12"}}
    assert drill.buckets(answer) == [
        {"from": "2026-10-30", "to": "2026-10-31"},
        {"from": "2026-11-01", "to": "2026-11-12"},
    ]


def test_a_bare_figure_leaves_title_and_finding_to_the_page() -> None:
    chart = DRAWN["lesson_completion"]
    answer = SOURCES["lessons/stats"](School())
    bare = chart.build(answer, Look("bar", bare=True))
    whole = chart.build(answer, Look("bar"))
    assert "title" not in bare["layout"]
    assert bare["layout"]["margin"]["t"] < whole["layout"]["margin"]["t"]
    assert bare["layout"]["meta"]["finding"] == whole["layout"]["meta"]["finding"]


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_everything_that_is_shown_has_its_words(locale: str) -> None:
    words = WORDS[locale]
    assert words.keys() == WORDS["ru"].keys()
    figures = {
        each for query in QUERIES.values() for each in get_args(query.model_fields["figure"].annotation)
    }
    shown = {name for columns in rows.COLUMNS.values() for name in columns}
    shown |= {name for page in PAGES.values() for name in page.columns}
    shown |= {figure.key for family in tiles.FAMILIES.values() for figure in family}
    assert figures | shown <= words.keys()
    kinds = {f"kind.{kind}" for each in charts.KINDS.values() for kind in each}
    assert (
        kinds | {f"chart.{name}" for name in charts.KINDS} | {f"page.{name}" for name in PAGES}
        <= words.keys()
    )
    named = {
        key
        for path in TEMPLATES.glob("*.html")
        for key in re.findall(r'[^\w]t\("([\w.]+)"', path.read_text())
    }
    assert {key for key in named if not key.endswith(".")} <= words.keys()


def test_headlines_are_figures_of_their_families() -> None:
    for families in HEADLINES.values():
        for family, keys in families.items():
            assert set(keys) <= {figure.key for figure in tiles.FAMILIES[family]}


def test_exports_are_those_that_there_are() -> None:
    paths = {f"/api/v1/exports/{name}" for name in reports.EXPORTS}
    assert paths == {route.path for route in exports.app.routes}
    assert set(rows.SOURCES) <= set(reports.EXPORTS)


def test_columns_that_are_numbers_stand_right() -> None:
    table = tables.table(
        "x", [{"completed": 1, "subject": ""}], ("subject", "completed"), tables.Links(_nobody(), "admin", "")
    )
    assert [column.number for column in table.columns] == [False, True]
    assert table.rows[0][0] == tables.Cell("name", "")


def _nobody() -> Any:
    from functions.serve_console.analytics.people import Names

    return Names({})


def test_plotly_is_served_packed_and_kept_for_ever() -> None:
    client = Client("serve_console", Settings(environment="test"))
    packed = client.get(library.url(), headers={"Accept-Encoding": "gzip, br"}, role="")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "immutable" in packed.headers["Cache-Control"]
    plain = client.get(library.url(), role="")
    assert gzip.decompress(packed.data) == plain.data
    assert b"plotly.js v" in plain.data[:200]


def test_the_ids_that_keep_plotly_from_making_style_elements_are_in_it() -> None:
    script = library._script().decode()
    assert library.style_ids()
    made = len(re.findall(r'createElement\("style"\)', script))
    # One of them is plotly's own, which looks for the page's style sheet by its id and class.
    assert made == len(library.style_ids()) + 1
    assert 'matches(".no-inline-styles")' in script
