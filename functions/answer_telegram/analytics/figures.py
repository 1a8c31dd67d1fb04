"""The main figures of each topic, in words: only what is there is said."""

from typing import Any

from functions.answer_telegram.words.speech import Speech

Answer = dict[str, Any]


def lessons(speech: Speech, answer: Answer) -> list[str]:
    """Of /lessons/stats."""
    return _lessons(speech, answer["summary"])


def _lessons(speech: Speech, summary: Answer) -> list[str]:
    done, all_of_them = summary["completed"], summary["scheduled"]
    lines = [speech.count("fig.lessons", all_of_them, done=speech.number(done))]
    if summary["attendance_rate"] is not None:
        lines.append(speech.plain("fig.attendance", rate=speech.percent(summary["attendance_rate"])))
    missed = summary["excused"] + summary["unexcused"]
    lines += _counted(speech, {"fig.missed": missed, "fig.cancelled": summary["cancelled"]})
    return lines


def homework(speech: Speech, answer: Answer) -> list[str]:
    """Of /homework/stats."""
    return _homework(speech, answer["summary"])


def _homework(speech: Speech, summary: Answer) -> list[str]:
    lines = [speech.count("fig.homework", summary["assigned"], done=speech.number(summary["submitted"]))]
    if summary["average_score_percent"] is not None:
        lines.append(speech.plain("fig.score", rate=speech.percent(summary["average_score_percent"] / 100)))
    if summary["on_time_rate"] is not None:
        lines.append(speech.plain("fig.on_time", rate=speech.percent(summary["on_time_rate"])))
    return lines + _counted(speech, {"fig.overdue": summary["overdue"]})


def money(speech: Speech, answer: Answer) -> list[str]:
    """Of /payments/summary."""
    return _money(speech, answer["summary"])


def _money(speech: Speech, by_currency: Answer) -> list[str]:
    """Currencies side by side, never added up."""
    lines = []
    for currency, summary in by_currency.items():
        paid = speech.money(summary["revenue"], currency)
        lines.append(speech.count("fig.paid", summary["payments"], sum=paid))
        if float(summary["refunded"]):
            lines.append(speech.plain("fig.refunded", sum=speech.money(summary["refunded"], currency)))
        lines += _counted(speech, {"fig.failed": summary["failed"]})
    return lines or [speech.plain("fig.no_payments")]


def earnings(speech: Speech, answer: Answer) -> list[str]:
    """Of /tutors/earnings."""
    return _earned(speech, answer["summary"])


def _earned(speech: Speech, by_currency: Answer) -> list[str]:
    lines = []
    for currency, summary in by_currency.items():
        earned = speech.money(summary["earned"], currency)
        lines.append(speech.count("fig.earned", summary["completed"], sum=earned))
        lines += _counted(speech, {"fig.unpriced": summary["unpriced"]})
    return lines or [speech.plain("fig.no_earnings")]


def users(speech: Speech, answer: Answer) -> list[str]:
    """Of /users/activity."""
    summary = answer["summary"]
    shown = {f"fig.{name}": summary[name] for name in ("active", "registered", "logins")}
    lines = [speech.count(key, value) for key, value in shown.items()]
    return lines + _counted(speech, {"fig.deactivated": summary["deactivated"]})


def materials(speech: Speech, answer: Answer) -> list[str]:
    """Of /materials/usage."""
    summary = answer["summary"]
    keys = ("accessed", "downloads", "unique_users", "created")
    return [speech.count(f"fig.{key}", summary[key]) for key in keys]


def progress(speech: Speech, answer: Answer) -> list[str]:
    """Of /students/…/progress."""
    summary = answer["summary"]
    return [*_lessons(speech, summary), *_homework(speech, summary), *_balance(speech, answer)]


def overview(speech: Speech, answer: Answer) -> list[str]:
    """Of any role's dashboard."""
    summary = answer["summary"]
    if "lessons" in summary:
        return [
            *_lessons(speech, summary["lessons"]),
            *_money(speech, summary["payments"]),
            *_counted(speech, {"fig.registered": summary["users"]["registered"]}),
            *_counted(speech, {"fig.unmarked": answer["leaks"]["taught_not_marked"]}),
        ]
    lines = [*_lessons(speech, summary), *_homework(speech, summary)]
    if "earnings" in answer:
        lines += _earned(speech, answer["earnings"])
        return lines + _counted(speech, {"fig.unmarked": answer["unmarked"]["lessons"]})
    pages = answer.get("children", [answer])
    return lines + (_balance(speech, pages[0]) if len(pages) == 1 else [])


def _balance(speech: Speech, page: Answer) -> list[str]:
    return [speech.count("fig.balance", page["balance"]["lessons"])]


def _counted(speech: Speech, values: dict[str, int]) -> list[str]:
    """Those of them that are not nothing."""
    return [speech.count(key, value) for key, value in values.items() if value]
