"""What reports say, in Russian and English, with numbers, dates and rates as people write them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

WORDS: dict[str, dict[str, str]] = {
    "ru": {
        "title": "Отчёт об уроках",
        "period": "Период",
        "scheduled": "Уроков в расписании",
        "completed": "Проведено",
        "cancelled": "Отменено",
        "excused": "Пропущено по уважительной причине",
        "unexcused": "Пропущено без причины",
        "hours": "Часов занятий",
        "attendance_rate": "Посещаемость",
        "average_rating": "Средняя оценка урока",
        "by_subject": "По предметам",
        "by_day": "По дням",
        "subject": "Предмет",
        "day": "День",
        "no_subject": "Без предмета",
        "nothing": "За этот период уроков не было.",
        "chart": "Диаграмма",
        "as_of": "Данные на {time}, событий в журнале: {position}",
        "receipt": "Квитанция {id}",
        "page": "Стр.",
        "of": "из",
        "total": "Всего",
    },
    "en": {
        "title": "Lesson report",
        "period": "Period",
        "scheduled": "Lessons in the timetable",
        "completed": "Completed",
        "cancelled": "Cancelled",
        "excused": "Excused absences",
        "unexcused": "Unexcused absences",
        "hours": "Hours taught",
        "attendance_rate": "Attendance",
        "average_rating": "Average lesson rating",
        "by_subject": "By subject",
        "by_day": "By day",
        "subject": "Subject",
        "day": "Day",
        "no_subject": "No subject",
        "nothing": "There were no lessons in this period.",
        "chart": "Chart",
        "as_of": "Figures as of {time}, events in the log: {position}",
        "receipt": "Receipt {id}",
        "page": "Page",
        "of": "of",
        "total": "Total",
    },
}
ABSENT = "—"


class Speech:
    """One language's words and formats."""

    def __init__(self, locale: str, tz: str) -> None:
        self.locale = locale
        self.zone = ZoneInfo(tz)

    def __call__(self, key: str, **values: object) -> str:
        """A word, or a sentence with its values filled in."""
        return WORDS[self.locale][key].format(**values)

    def number(self, value: float | None, pattern: str = "#,##0") -> str:
        """1234 → «1 234»; None → a dash."""
        return ABSENT if value is None else str(format_decimal(value, pattern, locale=self.locale))

    def rate(self, value: float | None) -> str:
        """0.9142 → «91,4 %»; None → a dash."""
        pattern = "#,##0.0 %" if self.locale == "ru" else "#,##0.0%"
        return ABSENT if value is None else str(format_percent(value, pattern, locale=self.locale))

    def day(self, value: str) -> str:
        """2026-11-22 → «вс, 22 нояб.»."""
        return format_date(date.fromisoformat(value), "EEE, d MMM", locale=self.locale)

    def span(self, first: str, last: str) -> str:
        """Two days → «16 ноября 2026 г. – 22 ноября 2026 г.»."""
        ends = [format_date(date.fromisoformat(day), "long", locale=self.locale) for day in (first, last)]
        return ends[0] if first == last else " – ".join(ends)

    def instant(self, value: str | None) -> str:
        """An RFC 3339 instant on the reader's clock."""
        if value is None:
            return ABSENT
        local = datetime.fromisoformat(value).astimezone(self.zone)
        return format_datetime(local, "d MMMM y, HH:mm", locale=Locale.parse(self.locale))
