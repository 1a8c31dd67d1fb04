"""A report as a tagged PDF (PDF/UA-1).

WeasyPrint lays the pages out, with an empty place for every table and every chart; rows cost it some five
milliseconds each, so they are drawn into their places when the pages are there (`typeset`).
"""

import base64
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog

from functions.generate_report.document import Chart, Document, Source, Table, Tiles, Words
from functions.generate_report.speech import Speech
from functions.generate_report.templating import TEMPLATES, templates
from functions.generate_report.typeset.finishing import Finisher, Footing, Laid, Sheet
from functions.generate_report.typeset.foreign import pieces
from functions.generate_report.typeset.grid import laid_out
from functions.generate_report.typeset.measure import Measure, tidy
from functions.generate_report.typeset.slabs import cut, is_long

MEDIA_TYPE = "application/pdf"
log = structlog.get_logger()
# Points: A4, its margins as report.css has them, and what a heading above a long table takes.
WIDTH, HEIGHT = 595.276, 841.89
SIDE, TOP, BOTTOM = 45.354, 45.354, 62.362
HEADING = 42.52
MOST_BIG = 10
CHART_SHAPE = 360 / 860
FOOTER_SIZE, FOOTER_LINES, FOOTER_SHARE = 7.0, 3, 0.84
# A picture that takes up room and shows nothing.
NOTHING = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="860" height="360"/>').decode()
EMPTY = '<!doctype html><html lang="ru"><head><title>—</title></head><body><p>—</p></body></html>'
# WeasyPrint's own fetcher makes HTTP requests and embeds local files; a document may hold its own data only.
ALLOWED = ("data",)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart's place: its picture as a data URI, and its height in points."""

    name: str
    source: str
    height: float


def write(document: Document, say: Speech) -> bytes:
    """The whole file."""
    finisher = Finisher(Sheet(HEIGHT, SIDE, WIDTH - SIDE), _footing(document, say))
    places: dict[int, Laid | Picture] = {}
    for number, table in enumerate(document.tables()):
        places[id(table)] = laid = _laid(number, table, say)
        finisher.take_grid(laid)
    for number, chart in enumerate(document.charts()):
        places[id(chart)] = _picture(f"chart{number}", chart, finisher)
    html = (
        templates()
        .get_template("print.html")
        .render(
            document=document,
            say=say,
            cover=document.full and not document.warm,
            facts=_facts(document, say),
            kind_of=kind_of,
            place_of=lambda block: places[id(block)],
            as_of=lambda source: as_of(source, say),
            foreign=pieces,
            is_tight=lambda tiles: is_tight(tiles, say),
        )
    )
    return printed(html, finisher)


def _laid(number: int, table: Table, say: Speech) -> Laid:
    page = HEIGHT - TOP - BOTTOM
    grid = laid_out(table, say, WIDTH - 2 * SIDE)
    return Laid(f"grid{number}", grid, cut(grid, page, HEADING), is_long(grid, page))


def _picture(name: str, chart: Chart, finisher: Finisher) -> Picture:
    svg = chart.pictures["print"]
    source = NOTHING if finisher.take_chart(name, svg) else base64.b64encode(svg).decode()
    return Picture(name, f"data:image/svg+xml;base64,{source}", (WIDTH - 2 * SIDE) * CHART_SHAPE)


def is_tight(tiles: Tiles, say: Speech) -> bool:
    """Whether one of the figures is too long for big letters."""
    return any(len(say.value(tile.kind, tile.value)) > MOST_BIG for tile in tiles.tiles)


def _facts(document: Document, say: Speech) -> list[tuple[str, str]]:
    """What a cover says below its title."""
    whose = document.filters or (() if document.subtitle else ((say("filters"), say("school")),))
    first = document.sources[0]
    at = say("as_of_nothing") if first.time is None else say.instant(first.time)
    return [*whose, (say("tz_label"), document.tz), (say("as_of_label"), at)]


def kind_of(block: object) -> str:
    """What a template calls a block."""
    match block:
        case Tiles():
            return "tiles"
        case Chart():
            return "chart"
        case Table():
            return "table"
        case Words():
            return "words"
    raise TypeError(block)


def _footing(document: Document, say: Speech) -> Footing:
    """Period, filters, as-of and receipt, in as many lines as they need, up to three."""
    said = [document.title, say.span(document.first, document.last)]
    said += [document.subtitle] if document.subtitle else []
    said += [f"{label}: {value}" for label, value in document.filters] or (
        [] if document.subtitle else [say("school")]
    )
    first = document.sources[0]
    said.append(as_of(first, say))
    said.append(say("receipt", id=first.receipt[:16]) if len(document.sources) == 1 else say("receipts_each"))
    most, measure = (WIDTH - 2 * SIDE) * FOOTER_SHARE * 1000 / FOOTER_SIZE, Measure("regular")
    # A name in letters that our font lacks stands at the head of the report, in another one.
    known = [part for part in map(tidy, said) if not measure.foreign(part)]
    lines = measure.lines(" · ".join(known), most)
    return Footing(lines[:FOOTER_LINES], f"{say('page')} {{page}} {say('of')} {{pages}}")


def as_of(source: Source, say: Speech) -> str:
    """Of which moment figures are."""
    if source.time is None:
        return say("as_of_nothing")
    return say("as_of", time=say.instant(source.time), position=say.number(source.position))


@cache
def _style() -> Any:
    """The style sheet, read once a process."""
    from weasyprint import CSS

    return CSS(filename=TEMPLATES / "report.css", url_fetcher=_fetcher())


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=ALLOWED, allow_redirects=False)


def printed(html: str, finisher: Finisher | None = None) -> bytes:
    """A whole HTML document as PDF; what it refers to outside itself is left out."""
    # Imported here: a second and 50 MB that only a rendering needs.
    from weasyprint import HTML

    page = HTML(string=html, url_fetcher=_fetcher())
    document: bytes = page.write_pdf(pdf_variant="pdf/ua-1", stylesheets=[_style()], finisher=finisher)
    return document


def warm() -> None:
    """Read libraries, fonts and styles before anybody waits for them: more than a second."""
    try:
        printed(EMPTY, Finisher(Sheet(HEIGHT, SIDE, WIDTH - SIDE), Footing(("—",), "{page} / {pages}")))
    except Exception:
        log.warning("writer_not_warm", exc_info=True)
