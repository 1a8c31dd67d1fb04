"""What people are told about an alert: a title and a short text that says what to do, in Russian or English."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_time

from lib.domain.alerts import Alert, Kind

NO_NAME = {"ru": "Ученик", "en": "The student"}
LESSONS = {
    "ru": {"one": "занятие", "few": "занятия", "many": "занятий", "other": "занятия"},
    "en": {"one": "lesson", "other": "lessons"},
}
TITLES: Mapping[Kind, Mapping[str, str]] = {
    "lessons_unmarked": {
        "ru": "Отметьте сегодняшние занятия",
        "en": "Please mark today's lessons",
    },
    "no_events": {"ru": "Новых событий нет", "en": "No new events"},
    "balance_low": {"ru": "Оплаченные занятия закончились", "en": "No paid lessons left"},
    "missed_twice": {"ru": "Два пропуска подряд", "en": "Two lessons missed in a row"},
    "reports_late": {"ru": "Отчёты по подписке опаздывают", "en": "Regular reports are late"},
}
TEXTS: Mapping[Kind, Mapping[str, str]] = {
    "lessons_unmarked": {
        "ru": "Без отметки: {lessons}. Первое: {first}. Отметьте, пожалуйста, кто был: по отметкам считаются "
        "оплата и отчёты.",
        "en": "Not marked yet: {lessons}. The first: {first}. Please mark who came: payments and reports are "
        "counted from it.",
    },
    "no_events": {
        "ru": "Больше 15 минут от платформы ничего не приходит, показатели могут отставать. Проверьте, пожалуйста, "
        "работают ли платформа и очередь сообщений.",
        "en": "Nothing has come from the platform for more than 15 minutes, so figures may be behind. Please check "
        "that the platform and the message queue are running.",
    },
    "balance_low": {
        "ru": "{name}: {balance}. Пополните, пожалуйста, баланс, чтобы занятия шли без перерыва.",
        "en": "{name}: {balance}. Please top up the balance so that lessons go on without a break.",
    },
    "missed_twice": {
        "ru": "{name}: два последних занятия пропущены без предупреждения. Свяжитесь, пожалуйста, друг с другом и "
        "решите, удобно ли расписание.",
        "en": "{name}: the last two lessons were missed without notice. Please get in touch with each other and "
        "see whether the timetable still suits.",
    },
    "reports_late": {
        "ru": "Больше двух часов не готовы или не отправлены: {reports}. Проверьте, пожалуйста, работают ли функция "
        "generate-report, хранилище и очередь сообщений.",
        "en": "Not made or not sent for more than two hours: {reports}. Please check that the function "
        "generate-report, the storage and the message queue are running.",
    },
}
REPORTS = {
    "ru": {"one": "отчёт", "few": "отчёта", "many": "отчётов", "other": "отчёта"},
    "en": {"one": "report", "other": "reports"},
}
BALANCE = {
    "ru": ("оплаченных занятий не осталось", "не оплачено {lessons}"),
    "en": ("no paid lessons are left", "{lessons} not paid for"),
}


def worded(alert: Alert, locale: str, zone: ZoneInfo, name: str | None) -> tuple[str, str]:
    """(title, message) in `ru` or `en`; times are on the clock of `zone`, `name` is the student's."""
    values = {"name": name or NO_NAME[locale]}
    if alert.kind == "lessons_unmarked":
        values |= {
            "lessons": counted(alert.detail["lessons"], locale),
            "first": _first(alert, locale, zone),
        }
    if alert.kind == "reports_late":
        values["reports"] = counted(alert.detail["reports"], locale, REPORTS)
    if alert.kind == "balance_low":
        values["balance"] = _balance(alert.detail["balance"], locale)
    return TITLES[alert.kind][locale], TEXTS[alert.kind][locale].format(**values)


def counted(number: int, locale: str, words: Mapping[str, Mapping[str, str]] = LESSONS) -> str:
    """«1 занятие», «2 занятия», «5 занятий»."""
    return f"{number}\u00a0{words[locale][Locale.parse(locale).plural_form(number)]}"


def _first(alert: Alert, locale: str, zone: ZoneInfo) -> str:
    starts_at = datetime.fromisoformat(alert.detail["first"]["starts_at"])
    at = format_time(starts_at, "HH:mm", tzinfo=zone, locale=locale)
    subject = alert.detail["first"]["subject"]
    return f"{subject}, {at}" if subject else at


def _balance(balance: int, locale: str) -> str:
    empty, owing = BALANCE[locale]
    return owing.format(lessons=counted(-balance, locale)) if balance < 0 else empty
