"""Lessons, and what they earn."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.integration.analytics.oracle.asked import Asked, groups, listed, over_time, ratio, rubles
from tests.integration.analytics.oracle.school import Json, School

OUTCOMES = {
    "attended": "completed",
    "cancelled": "cancelled",
    "excused_absence": "excused",
    "unexcused_absence": "unexcused",
}
ANSWERS = {"confirm": "confirmed", "reschedule": "reschedule_asked", "cannot": "declined"}
LESSON_COUNTS = ("scheduled", "completed", "cancelled", "excused", "unexcused", "minutes", *ANSWERS.values())


def lesson_facts(school: School, asked: Asked) -> list[Json]:
    """The lessons that are asked about."""
    held = (each for each in school.lessons.values() if "at" in each and not each["deleted"])
    return [lesson for lesson in ({"subject": "", **each} for each in held) if asked.wants(lesson)]


def lesson_figures(lessons: list[Json]) -> Json:
    """The summary of some lessons."""
    counts = dict.fromkeys(LESSON_COUNTS, 0)
    ratings = [lesson["rating"] for lesson in lessons if "rating" in lesson]
    for lesson in lessons:
        counts["scheduled"] += 1
        if lesson["outcome"] in OUTCOMES:
            counts[OUTCOMES[lesson["outcome"]]] += 1
        if lesson["outcome"] == "attended":
            counts["minutes"] += taught(lesson)
        if lesson.get("answer") and lesson["answered_for"] == lesson["at"]:
            counts[ANSWERS[lesson["answer"]]] += 1
    held = counts["completed"] + counts["excused"] + counts["unexcused"]
    return {
        **counts,
        "attendance_rate": ratio(counts["completed"], held),
        "average_rating": ratio(sum(ratings), len(ratings)),
    }


def taught(lesson: Json) -> int:
    """Minutes of a completed lesson."""
    actual = lesson.get("actual")
    return int(lesson["minutes"] if actual is None else actual)


def lessons_stats(school: School, asked: Asked) -> Json:
    """GET /analytics/lessons/stats."""
    lessons = lesson_facts(school, asked)
    cells: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for lesson in lessons:
        local = lesson["at"].astimezone(ZoneInfo(asked.tz))
        cells[(local.weekday(), local.hour)]["scheduled"] += 1
        cells[(local.weekday(), local.hour)]["completed"] += lesson["outcome"] == "attended"
    return {
        "summary": lesson_figures(lessons),
        "series": over_time(asked, lessons, lesson_figures),
        "by_subject": listed(lessons, "subject", lesson_figures),
        "by_tutor": listed(lessons, "tutor_id", lesson_figures),
        "by_weekday_hour": [
            {"weekday": w, "hour": h, "scheduled": cell["scheduled"], "completed": cell["completed"]}
            for (w, h), cell in sorted(cells.items())
        ],
    }


def earnings(school: School, asked: Asked) -> Json:
    """GET /analytics/tutors/earnings."""
    lessons = [
        {"currency": "RUB", **each} for each in lesson_facts(school, asked) if each["outcome"] == "attended"
    ]
    currencies = groups(lessons, lambda lesson: lesson["currency"])
    tutors = groups(lessons, lambda lesson: lesson.get("tutor_id") or "")
    summary = {
        code: {**_earned(of), "tutors": len({each["tutor_id"] for each in of if each.get("tutor_id")})}
        for code, of in currencies.items()
    }
    return {
        "summary": summary,
        "series": over_time(asked, lessons, lambda of: by_code(of, currencies, _earned)),
        "by_tutor": [
            {"tutor_id": tutor, **by_code(tutors[tutor], {e["currency"]: 1 for e in tutors[tutor]}, _earned)}
            for tutor in sorted(tutors)
        ],
    }


def _earned(lessons: list[Json]) -> Json:
    prices = [Decimal(str(lesson["price"])) for lesson in lessons if lesson.get("price") is not None]
    return {
        "completed": len(lessons),
        "minutes": sum(map(taught, lessons)),
        "earned": rubles(sum(prices, Decimal(0))),
        "unpriced": len(lessons) - len(prices),
    }


def by_code(facts: list[Json], codes: Iterable[str], figures: Callable[[list[Json]], Json]) -> Json:
    return {code: figures([fact for fact in facts if fact["currency"] == code]) for code in codes}
