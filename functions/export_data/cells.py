"""Values as spreadsheets and programs read them, said in SQL: the database writes a row faster than Python can."""

from collections.abc import Callable, Iterable

from functions.export_data.dataset import Column
from functions.export_data.zones import Clock

# What Excel, LibreOffice and Google Sheets take for the beginning of a formula
# (OWASP, CSV Injection): a text that begins so gets an apostrophe in front.
# The wide forms are what Japanese and Chinese editions of them fold to the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CODES = ", ".join(str(ord(start)) for start in FORMULA_STARTS)


def neutral(expression: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"CASE WHEN {_formula(expression)} THEN '''' || {expression} ELSE {expression} END"


def inert(expression: str) -> str:
    """The same for a workbook. A text that begins with this mark xlsxwriter may take for markup of its own and
    write as it is: whoever names a lesson so could write any cell."""
    risky = f"{_formula(expression)} OR starts_with({expression}, '<r>')"
    return f"CASE WHEN {risky} THEN '''' || {expression} ELSE {expression} END"


def _formula(expression: str) -> str:
    return f"ascii({expression}) IN ({_CODES})"


def for_csv(columns: Iterable[Column], clock: Clock) -> list[str]:
    """Instants with their offset, numbers plain, texts neutralised."""
    return [_csv(column, clock) for column in columns]


def _csv(column: Column, clock: Clock) -> str:
    sql = column.sql
    match column.kind:
        case "text":
            return neutral(sql)
        case "instant":
            return clock.text(sql)
        case "percent":
            return f"trim_scale({sql})"
        case "flag" | "object":
            # true and false in full; an object begins with a bracket, as no formula does.
            return f"{sql}::text"
        case _:
            return sql


def for_json(columns: Iterable[Column], clock: Clock) -> list[str]:
    """Raw values by name: instants in RFC 3339, decimals as texts, so that no reader rounds them."""
    written: dict[str, Callable[[str], str]] = {
        "instant": clock.text,
        "money": "{}::text".format,
        "percent": "trim_scale({})::text".format,
    }
    return [f'{written.get(each.kind, str)(each.sql)} AS "{each.name}"' for each in columns]


def for_sheet(columns: Iterable[Column], clock: Clock) -> list[str]:
    """Numbers as numbers, instants as a sheet counts them: days on the clock on the wall."""
    written: dict[str, Callable[[str], str]] = {
        "text": inert,
        "instant": clock.serial,
        # As texts: a float would round before anybody could see whether it must not.
        "money": "{}::text".format,
        "percent": "round({}, 2)::float8".format,
        "object": "{}::text".format,
    }
    return [written.get(each.kind, str)(each.sql) for each in columns]
