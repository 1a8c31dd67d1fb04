"""Values as a workbook has them: numbers, money, dates and texts, each with its look."""

from datetime import date, datetime
from typing import Any

from babel.numbers import get_currency_precision

from functions.generate_report.document import Kind, Money
from functions.generate_report.speech import Speech, symbol

DATES = {"ru": "dd.mm.yyyy", "en": "yyyy-mm-dd"}
NUMBERS: dict[str, str] = {
    "integer": "#,##0",
    "rate": "0.0%",
    "score": '0.0"%"',
    "rating": "0.00",
    "hours": "#,##0.0",
}
# Numbers there are floats, good for fifteen digits.
DIGITS = 15
LONGEST_TEXT = 32_767
# A text that begins with this mark xlsxwriter may take for markup of its own and write as it is: whoever names a
# lesson so could write any cell.
MARKUP = "<r>"
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WIDTHS: dict[str, int] = {"day": 12, "week": 12, "month": 16, "instant": 18, "money": 16, "rate": 9}


class Cells:
    """Writes cells of one workbook."""

    def __init__(self, book: Any, say: Speech) -> None:
        self._book, self._say = book, say
        self._looks: dict[str, Any] = {}
        self._known = {
            "title": {"bold": True, "font_size": 18},
            "strong": {"bold": True, "font_size": 12},
            "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#F2F7F5"},
            "note": {"italic": True, "font_color": "#5B6472"},
            "text": {},
        }

    def look(self, name: str) -> Any:
        """A named look, or one for numbers in this format."""
        if name not in self._looks:
            self._looks[name] = self._book.add_format(self._known.get(name, {"num_format": name}))
        return self._looks[name]

    def width(self, kind: Kind, value: Any) -> int:
        """About how many letters wide a value is."""
        return WIDTHS.get(kind) or len(str(value)) + 2

    def write(self, sheet: Any, line: int, place: int, kind: Kind, value: Any) -> None:
        """One cell with its real type; what is absent stays empty."""
        if value is None or value == "":
            return
        if isinstance(value, Money):
            self._money(sheet, line, place, value)
        elif kind in NUMBERS:
            number = value / 60 if kind == "hours" else value
            sheet.write_number(line, place, number, self.look(NUMBERS[kind]))
        elif kind in ("day", "week"):
            sheet.write_datetime(line, place, date.fromisoformat(value), self.look(DATES[self._say.locale]))
        elif kind == "month":
            sheet.write_datetime(line, place, date.fromisoformat(f"{value[:7]}-01"), self.look("mmmm yyyy"))
        elif kind == "instant":
            self._instant(sheet, line, place, self._say.local(value).replace(tzinfo=None))
        else:
            sheet.write_string(line, place, self.inert(str(value)), self.look("text"))

    def _instant(self, sheet: Any, line: int, place: int, local: datetime) -> None:
        look = self.look(f"{DATES[self._say.locale]} hh:mm")
        # Sheets believe that February 1900 had 29 days, and know no day before it.
        if local.year > 1900:
            sheet.write_datetime(line, place, local, look)
        else:
            sheet.write_string(line, place, local.isoformat(sep=" ", timespec="minutes"))

    def _money(self, sheet: Any, line: int, place: int, value: Money) -> None:
        exact = len(value.amount.replace(".", "").lstrip("-0")) <= DIGITS
        if not exact:
            sheet.write_string(line, place, value.amount, self.look("text"))
            return
        places = get_currency_precision(value.currency)
        sign = symbol(value.currency, self._say.locale).replace('"', "")
        amount = f"#,##0{'.' if places else ''}{'0' * places}"
        look = f'{amount}\u00a0"{sign}"' if self._say.locale == "ru" else f'"{sign}"{amount}'
        sheet.write_number(line, place, float(value.amount), self.look(look))

    def inert(self, text: str) -> str:
        """A text that no spreadsheet takes for a formula, nor xlsxwriter for markup; whole up to what a cell takes."""
        safe = f"'{text}" if text.startswith((*STARTS, MARKUP)) else text
        return safe if len(safe) <= LONGEST_TEXT else f"{safe[: LONGEST_TEXT - 1]}…"
