"""Excel's own charts beside the figures that they are drawn from."""

from typing import Any

from functions.generate_report.document import TEXTS, Chart, Column, Kind

# What of a chart's figures is drawn; of others, all columns of the first one's kind.
DRAWN: dict[str, tuple[str, ...]] = {
    "lesson_completion": ("completed", "excused", "unexcused", "cancelled", "attendance_rate"),
    "homework_scores": ("assigned", "submitted", "graded", "average_score_percent"),
    "student_progress": ("attendance_rate", "average_score_percent"),
    "subject_performance": ("completed", "attendance_rate"),
    "user_activity": ("active", "logins"),
    "material_usage": ("accessed", "downloads"),
}
STACKED = ("lesson_completion",)
# Told apart by every eye, and in grey.
COLOURS = ("#00936A", "#C98300", "#A83600", "#4C5056", "#4A97D6", "#14507A")
KINDS = {"bar": "column", "line": "line", "pie": "pie", "treemap": "bar", "area": "area", "scatter": "line"}
SIZE = {"x_scale": 1.7, "y_scale": 1.5}
NAMES = ("day", "week", "month", *TEXTS)


def insert(book: Any, sheet: Any, name: str, chart: Chart, place: int) -> None:
    """Beside its table, from column `place` on. Excel has no heat map: there the cells get its colours."""
    columns, lines = chart.table.columns, len(chart.table.rows)
    if not lines:
        return
    if chart.kind not in KINDS:
        _coloured(sheet, columns, lines)
        return
    shown = _shown(chart)
    kind, main = KINDS[chart.kind], columns[shown[0]].kind
    stacked = kind == "column" and chart.name in STACKED
    drawing = book.add_chart({"type": kind, "subtype": "stacked"} if stacked else {"type": kind})
    near = [at for at in shown if columns[at].kind == main][: 1 if kind == "pie" else None]
    for number, at in enumerate(near):
        drawing.add_series(_series(name, at, lines, COLOURS[number % len(COLOURS)], kind))
    aside = [at for at in shown if columns[at].kind != main]
    if aside and kind != "pie":
        drawing.combine(_aside(book, name, aside, lines, columns[aside[0]].kind))
    drawing.set_title({"name": chart.title, "overlay": False})
    drawing.set_legend({"position": "bottom"})
    sheet.insert_chart(1, place, drawing, {**SIZE, "description": chart.alt, "object_position": 2})


def _shown(chart: Chart) -> list[int]:
    columns = chart.table.columns
    numbers = [i for i, column in enumerate(columns) if i and column.kind not in NAMES]
    wanted = [i for i in numbers if columns[i].key in DRAWN.get(chart.name, ())]
    return wanted or [i for i in numbers if columns[i].kind == columns[numbers[0]].kind]


def _aside(book: Any, name: str, places: list[int], lines: int, kind: Kind) -> Any:
    """Lines on an axis of their own, at the right: their figures are of another kind."""
    second = book.add_chart({"type": "line"})
    for number, at in enumerate(places):
        second.add_series(
            _series(name, at, lines, COLOURS[-1 - number % len(COLOURS)], "line") | {"y2_axis": True}
        )
    second.set_y2_axis({"num_format": "0%" if kind == "rate" else "0"})
    return second


def _series(name: str, at: int, lines: int, colour: str, kind: str) -> dict[str, Any]:
    series: dict[str, Any] = {
        "name": [name, 0, at],
        "categories": [name, 1, 0, lines, 0],
        "values": [name, 1, at, lines, at],
    }
    if kind == "pie":
        return series | {"data_labels": {"percentage": True}}
    return series | (
        {"line": {"color": colour, "width": 2}} if kind == "line" else {"fill": {"color": colour}}
    )


def _coloured(sheet: Any, columns: tuple[Column, ...], lines: int) -> None:
    for at, column in enumerate(columns):
        if column.kind not in NAMES:
            scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#2B4A66"}
            sheet.conditional_format(1, at, lines, at, scale)
