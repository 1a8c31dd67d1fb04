"""Homework, and subjects."""

from collections import Counter
from collections.abc import Iterator

from tests.integration.analytics.oracle.asked import Asked, listed, over_time, ratio
from tests.integration.analytics.oracle.lessons import lesson_facts, lesson_figures
from tests.integration.analytics.oracle.school import Json, School, instant


def work_facts(school: School, asked: Asked) -> list[Json]:
    """What happened to homework, each fact at its time."""
    return [fact for fact in _all_work(school) if asked.wants(fact)]


def _all_work(school: School) -> Iterator[Json]:
    for work in school.works.values():
        names = {name: work.get(name) or "" for name in ("student_id", "tutor_id", "subject")}
        for kind in ("assigned", "overdue"):
            if kind in work:
                yield {**names, "at": work[kind], "kind": kind}
        for at, due in work["submissions"]:
            against = due or work.get("due_at")
            on_time = None if against is None else at <= instant(against)
            yield {**names, "at": at, "kind": "submitted", "on_time": on_time}
        if "graded" in work:
            yield {**names, "at": work["graded"], "kind": "graded", "percent": work["percent"]}


def work_figures(facts: list[Json]) -> Json:
    """The summary of some homework."""
    counts = Counter(fact["kind"] for fact in facts)
    on_time = [fact["on_time"] for fact in facts if fact.get("on_time") is not None]
    percents = [fact["percent"] for fact in facts if "percent" in fact]
    return {
        **{kind: counts[kind] for kind in ("assigned", "submitted", "graded", "overdue")},
        "on_time_rate": ratio(sum(on_time), len(on_time)),
        "average_score_percent": ratio(sum(percents), len(percents)),
    }


def homework_stats(school: School, asked: Asked) -> Json:
    """GET /analytics/homework/stats."""
    facts = work_facts(school, asked)
    return {
        "summary": work_figures(facts),
        "series": over_time(asked, facts, work_figures),
        "by_subject": listed(facts, "subject", work_figures),
        "by_student": listed(facts, "student_id", work_figures),
    }


def subjects_performance(school: School, asked: Asked) -> Json:
    """GET /analytics/subjects/performance."""
    facts = [*lesson_facts(school, asked), *work_facts(school, asked)]

    def figures(of: list[Json]) -> Json:
        works = [fact for fact in of if "kind" in fact]
        return {**lesson_figures([fact for fact in of if "kind" not in fact]), **work_figures(works)}

    return {
        "summary": figures(facts),
        "series": over_time(asked, facts, figures),
        "by_subject": listed(facts, "subject", figures),
    }
