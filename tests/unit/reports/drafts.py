"""Documents made by hand, for the writers."""

from typing import Any

from functions.generate_report.document import (
    Block,
    Chart,
    Column,
    Document,
    Money,
    Section,
    Source,
    Table,
    Tile,
    Tiles,
    Words,
)
from functions.generate_report.speech import Speech

RECEIPT = "0123456789abcdef" * 4
RU, EN = Speech("ru", "Europe/Moscow"), Speech("en", "Europe/Moscow")
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="860" height="360" viewBox="0 0 860 360">'
    "<title>t</title><rect x='0' y='0' width='860' height='360' fill='#ffffff'/>"
    "<g transform='translate(60,20)'><path d='M10,10h20v30H10Z' fill='#00936a' stroke='#00548a'/>"
    "<text x='20' y='60' text-anchor='middle' font-size='12' fill='#000000'>Уроки, ₽</text></g></svg>"
).encode()
COLUMNS = (
    Column("student_id", "Ученик"),
    Column("lessons", "Уроков", "integer"),
    Column("rate", "Посещаемость", "rate"),
    Column("paid", "Оплачено", "money"),
    Column("currency", "Валюта", "currency"),
    Column("at", "Когда", "instant"),
)


def row(name: str = "s-1", lessons: Any = 1234) -> tuple[Any, ...]:
    """A row of `COLUMNS`."""
    return (name, lessons, 0.9142, Money("1500.50", "RUB"), "RUB", "2026-11-22T12:30:00Z")


def table(*rows: tuple[Any, ...], title: str = "Ученики", note: str = "") -> Table:
    """A table of such rows."""
    return Table(title, COLUMNS, list(rows) or [row()], note)


def chart(svg: bytes = SVG, title: str = "Уроки") -> Chart:
    """A chart with its figures."""
    figures = Table(title, (Column("date", "День", "day"), Column("completed", "Проведено", "integer")), DAYS)
    pictures = {"print": svg, "light": svg, "dark": svg}
    said = ("Больше всего — в пятницу.", f"Столбцы: {title}.")
    return Chart("lesson_completion", "bar", title, *said, pictures, figures)


DAYS = [("2026-11-20", 4), ("2026-11-21", 2)]


def document(*blocks: Block, title: str = "Отчёт об уроках", locale: str = "ru", **more: Any) -> Document:
    """A report of one part."""
    tiles = Tiles((Tile("completed", "Проведено", "integer", 53, 47, "more"),))
    source = Source("Уроки", RECEIPT, 5449, "2026-11-22T12:00:00Z")
    given: dict[str, Any] = {
        "type": "lesson",
        "locale": locale,
        "subtitle": "",
        "first": "2026-11-16",
        "last": "2026-11-22",
        "tz": "Europe/Moscow",
        "filters": (),
        "sections": (Section("", (Words(("Всё хорошо.",), "lead"), tiles, *blocks), source),),
        "sources": (source,),
    }
    return Document(title=title, **(given | more))
