"""Charts as tests ask for them: every name and kind, over answers of made-up schools."""

from functools import cache
from typing import Any

from functions.render_chart.catalogue import CHARTS
from functions.render_chart.figures.look import Look
from lib.testing.answers.school import School
from lib.testing.answers.sources import SOURCES

KINDS = [(chart.name, kind) for chart in CHARTS.values() for kind in chart.kinds]
LOCALES, THEMES = ("ru", "en"), ("light", "dark", "print")
HOSTILE = (
    '<b onclick="alert(1)">Мария-Антуанетта Константиновна Задунайская-Заволжская</b> & <a href="javascript:1">x</a>',
    "%{y} {n} {0} %s <script>alert(1)</script>",
    "Ω≈ç√ 王小明 \u202eevil\u202c\u200b\n\tline",
    "x" * 300,
)


def hostile(kind: str, number: int) -> str:
    """Names that somebody typed to see what happens."""
    return f"{HOSTILE[number % len(HOSTILE)]} {kind}{number}"


SCHOOLS = {
    "rich": School(days=120),
    "empty": School(busy=0),
    "one point": School(days=1, busy=6, people=1, subjects=("Физика",)),
    "currencies": School(days=40, currencies=("RUB", "USD", "KZT", "JPY", "KWD", "EUR")),
    "many": School(days=200, people=200, subjects=[f"Предмет {i}" for i in range(200)]),
    "years": School(days=730, people=3),
    "weeks": School(days=100, granularity="week"),
    "months": School(days=400, granularity="month"),
    "hostile": School(days=60, people=9, name=hostile, subjects=[hostile("subject", i) for i in range(9)]),
}


@cache
def answer_of(chart: str, school: str) -> dict[str, Any]:
    """What the chart's source answers about that school. Shared by tests: nobody may change it."""
    return SOURCES[CHARTS[chart].source.removeprefix("/api/v1/analytics/")](SCHOOLS[school])


def drawn(
    chart: str,
    kind: str,
    answer: str | dict[str, Any] = "rich",
    theme: str = "light",
    locale: str = "ru",
    **size: Any,
) -> dict[str, Any]:
    """The figure of an answer, or of a school's."""
    told = answer_of(chart, answer) if isinstance(answer, str) else answer
    return CHARTS[chart].build(told, Look(kind, theme, locale, **size))


def said(figure: dict[str, Any], what: str = "finding") -> str:
    """A text of the figure, with plain spaces."""
    return str(figure["layout"]["meta"][what]).replace("\xa0", " ")
