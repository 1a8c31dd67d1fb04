"""Gathering what a report is made of, so that all of it is of one moment."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from functions.generate_report.asking import Ask, Picture
from functions.generate_report.document import Chart, Column, Kind, Table
from functions.generate_report.reports.parts import amount
from functions.generate_report.reports.report import (
    MOST_ROWS,
    Asked,
    Drawn,
    Json,
    Listed,
    Material,
    Report,
    Rows,
)
from functions.generate_report.speech import Speech, sentence
from functions.generate_report.wanted import Wanted
from lib.errors import Temporary
from lib.runtime import naming

PAGE = 200
TRIES = 3
CHART_SIZE = {"width": 860, "height": 360}
THEMES = {"html": ("light", "dark")}
# These hold what charts say, not how they look.
WITHOUT_PICTURES = ("csv", "xlsx")
# Up to so many days, a row or a mark for each is readable.
DAILY, WEEKLY = 45, 200
# Percent done when the first answers are there, and what reading lists takes of the rest.
FIRST, READING = 5, 34
Answers = Mapping[str, Json]
Progress = Callable[[int, str], None]


class Moved(Exception):
    """The figures changed between two questions of one report."""


def gathered(wanted: Wanted, report: Report, ask: Ask, progress: Progress) -> Material:
    """Figures, rows and charts. Raises Temporary when figures keep changing while they are being read."""
    for _ in range(TRIES):
        try:
            answers = _answers(wanted, report, ask)
            rows = _lists(wanted, report, answers, ask, progress)
            break
        except Moved:
            continue
    else:
        raise Temporary("The figures keep changing while the report is made. Try again.", retry_after=10)
    people = ask.names(list(answers.values()), [each.items for each in rows.values()])
    answers = {name: naming.with_names(answer, people) for name, answer in answers.items()}
    say = Speech(wanted.locale, answers[report.main]["period"]["tz"], people)
    progress(40, "charts")
    charts = _charts(wanted, report, ask, answers, say)
    person = people.get(wanted.parameters[report.about]) if report.about else None
    return Material(wanted, say, answers, charts, rows, person)


def _answers(wanted: Wanted, report: Report, ask: Ask) -> dict[str, Json]:
    """The first answer fixes the period: whatever the clock does meanwhile, the others are of the same days."""
    found: dict[str, Json] = {}
    period = {
        name: wanted.parameters[name] for name in ("from", "to", "days", "tz") if name in wanted.parameters
    }
    granularity = wanted.parameters.get("granularity") or _granularity(wanted.parameters)
    for asked in report.asks:
        if asked.optional and any(other.name in found for other in report.asks if other.optional):
            continue
        answer = _answer(asked, wanted, ask, {**period, "granularity": granularity})
        if answer is not None:
            found[asked.name] = answer
            period = {name: answer["period"][name] for name in ("from", "to", "tz")}
    return found


def _answer(asked: Asked, wanted: Wanted, ask: Ask, period: Json) -> Json | None:
    given = {name: wanted.parameters[name] for name in asked.only if name in wanted.parameters}
    path = asked.path.format(student_id=quote(str(wanted.parameters.get("student_id", "")), safe=""))
    parameters = {**period, **given, **({"compare": "previous"} if asked.compare else {})}
    if asked.optional:
        return ask.figures_if_allowed(path, parameters)
    return ask.figures(path, parameters)


def _granularity(parameters: Mapping[str, Any]) -> str:
    days = parameters.get("days", 30)
    if "from" in parameters and "to" in parameters:
        days = (date.fromisoformat(parameters["to"]) - date.fromisoformat(parameters["from"])).days + 1
    return "day" if days <= DAILY else "week" if days <= WEEKLY else "month"


def _lists(wanted: Wanted, report: Report, answers: Answers, ask: Ask, progress: Progress) -> dict[str, Rows]:
    """Every list, each with its share of the progress."""
    lists = () if wanted.quick else report.lists
    found = {}
    for number, listed in enumerate(lists):
        first, share = FIRST + READING * number // len(lists), READING // len(lists)

        def so_far(done: float, first: int = first, share: int = share) -> None:
            progress(first + int(share * done), "figures")

        found[listed.name] = _rows(listed, answers, ask, so_far)
    return found


def _rows(listed: Listed, answers: Answers, ask: Ask, so_far: Callable[[float], None]) -> Rows:
    """Page by page. Raises Moved when a page is not of the same moment as the figures above it."""
    of = answers[listed.of]
    asked = {**_same_question(of), "figure": listed.figure, "limit": PAGE}
    items: list[Json] = []
    cursor = None
    while True:
        page = ask.figures(listed.path, {**asked, "cursor": cursor})
        # Rows know no previous period: they may be of an earlier event than the figures, never of a later one.
        if page["as_of"]["position"] > of["as_of"]["position"]:
            raise Moved
        items, cursor, total = items + page["items"], page["next_cursor"], int(page["total"])
        so_far(min(1.0, len(items) / max(1, min(total, MOST_ROWS))))
        if cursor is None or len(items) >= MOST_ROWS:
            return Rows(items[:MOST_ROWS], total)


def _same_question(answer: Json) -> Json:
    """The period and the filters of an answer, as they were applied."""
    period, filters = answer["period"], answer["filters"]
    students: list[str] = filters.get("student_ids") or []
    return {
        **{name: period[name] for name in ("from", "to", "tz")},
        "tutor_id": filters.get("tutor_id"),
        "subject": filters.get("subject"),
        "student_id": students[0] if len(students) == 1 else None,
    }


def _charts(
    wanted: Wanted, report: Report, ask: Ask, answers: Answers, say: Speech
) -> dict[tuple[str, str], Chart]:
    if not report.busy(answers[report.main]):
        return {}
    draws = [
        each for each in report.draws if (each.quick or not wanted.quick) and _anything(answers[each.of])
    ]
    themes = THEMES.get(wanted.format, ("print",))
    form = "json" if wanted.format in WITHOUT_PICTURES else "svg"
    look = {"format": form, "locale": wanted.locale, **CHART_SIZE}
    items = [
        {"chart": each.chart, "kind": each.kind, "answer": answers[each.of], "theme": theme, **look}
        for each in draws
        for theme in themes
    ]
    pictures = ask.pictures(items)
    size = len(themes)
    return {
        (each.chart, each.kind): _chart(each, pictures[i * size : (i + 1) * size], themes, say)
        for i, each in enumerate(draws)
    }


def _anything(answer: Json) -> bool:
    """A picture of nothing says less than a sentence."""
    return any(_counted(answer.get("summary")))


def _counted(value: Any) -> list[bool]:
    if isinstance(value, dict):
        return [found for each in value.values() for found in _counted(each)]
    return [isinstance(value, int | float) and bool(value)]


def _chart(drawn: Drawn, pictures: list[Picture], themes: tuple[str, ...], say: Speech) -> Chart:
    meta = pictures[0].meta
    return Chart(
        name=drawn.chart,
        kind=drawn.kind,
        title=meta["title"],
        finding=sentence(meta["finding"]),
        alt=meta["alt"],
        pictures={theme: picture.svg for theme, picture in zip(themes, pictures, strict=True)},
        table=_figures(meta, say),
    )


KINDS: dict[str, Kind] = {
    "integer": "integer",
    "decimal": "rating",
    "percent": "rate",
    "score": "score",
    "date": "day",
    "month": "month",
    "money": "money",
}


def _figures(meta: Json, say: Speech) -> Table:
    """The chart's own table: the values that are drawn, as the answer has them."""
    columns, currencies = [], []
    for each in meta["table"]["columns"]:
        name, _, currency = str(each["format"]).partition(":")
        columns.append(Column(each["key"], each["label"], KINDS.get(name, "text")))
        currencies.append(currency)
    rows = [
        tuple(amount(value, code) if code else value for value, code in zip(row, currencies, strict=True))
        for row in meta["table"]["rows"]
    ]
    return Table(f"{say('chart_figures')}: {meta['title']}", tuple(columns), rows)
