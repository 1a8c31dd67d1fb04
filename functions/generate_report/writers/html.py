"""A report as one web page that needs nothing besides itself: no script, no network; light, dark and on paper."""

import base64
from typing import Any

from markupsafe import Markup

from functions.generate_report.document import Chart, Document, Kind, Source, Table, Tiles, Words
from functions.generate_report.speech import Speech
from functions.generate_report.templating import TEMPLATES, templates

MEDIA_TYPE = "text/html; charset=utf-8"
RIGHT: tuple[Kind, ...] = ("integer", "rate", "score", "rating", "hours", "money")
NAMES = {Tiles: "tiles", Chart: "chart", Table: "table", Words: "words"}


def write(document: Document, say: Speech) -> bytes:
    """The whole file; what anybody typed is escaped."""
    page = (
        templates()
        .get_template("page.html")
        .render(
            document=document,
            say=say,
            # Our own file, not input: it stands in the page as it is.
            style=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),  # noqa: S704
            kind_of=lambda block: NAMES[type(block)],
            shown=lambda table: _shown(table),
            rows=lambda table: _rows(table, say),
            is_number=lambda kind: kind in RIGHT,
            data=lambda svg: f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}",
            as_of=lambda source: _as_of(source, say),
        )
    )
    return page.encode()


def _shown(table: Table) -> list[tuple[int, str, bool]]:
    """Place, label and whether it is a number, of each column that people read."""
    columns = enumerate(table.columns)
    return [(i, column.label, column.kind in RIGHT) for i, column in columns if column.kind != "currency"]


def _rows(table: Table, say: Speech) -> Markup:
    """Put together here: a template takes four times as long for thousands of rows."""
    columns = [(i, table.columns[i].kind, number) for i, _, number in _shown(table)]
    parts: list[str] = []
    known: dict[tuple[Kind, Any], str] = {}
    for row in table.rows:
        parts.append("<tr>")
        for at, (i, kind, number) in enumerate(columns):
            key = (kind, row[i])
            text = known.get(key)
            if text is None:
                text = known[key] = str(Markup.escape(say.value(kind, row[i])))
            if at == 0:
                parts.append(f'<th scope="row">{text}</th>')
            else:
                parts.append(f'<td class="n">{text}</td>' if number else f"<td>{text}</td>")
        parts.append("</tr>\n")
    # Every text in it was escaped above.
    return Markup("".join(parts))  # noqa: S704


def _as_of(source: Source, say: Speech) -> str:
    if source.time is None:
        return say("as_of_nothing")
    return say("as_of", time=say.instant(source.time), position=say.number(source.position))
