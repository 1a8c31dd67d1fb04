"""Answers about lessons and homework, in the shapes of functions/query_analytics."""

import random
from collections.abc import Sequence
from datetime import timedelta

from lib.domain.metrics import ratio
from lib.testing.answers.school import LAST_DAY, Answer, School, Sum, by_day, envelope, hours, named, of, some


def lesson_figures(dice: random.Random, busy: float) -> Sum:
    """Some lessons: most of them held."""
    total = some(dice, busy)
    cancelled = of(dice, total, 0.06)
    unmarked = of(dice, total - cancelled, 0.03)
    held = total - cancelled - unmarked
    excused = of(dice, held, 0.05)
    unexcused = of(dice, held - excused, 0.03)
    completed = held - excused - unexcused
    return rated(
        {
            "scheduled": total,
            "completed": completed,
            "cancelled": cancelled,
            "excused": excused,
            "unexcused": unexcused,
            "minutes": completed * 60,
            "confirmed": of(dice, total, 0.5),
            "reschedule_asked": of(dice, total, 0.04),
            "declined": of(dice, total, 0.02),
        }
    )


def rated(counts: Sum) -> Sum:
    held = counts["completed"] + counts["excused"] + counts["unexcused"]
    rating = 4.0 + counts["completed"] % 10 / 11 if counts["completed"] else None
    return {**counts, "attendance_rate": ratio(counts["completed"], held), "average_rating": rating}


def homework_figures(dice: random.Random, busy: float, level: float = 78.0) -> Sum:
    """Some homework, graded around `level` percent."""
    assigned = some(dice, busy * 0.7)
    graded = of(dice, assigned, 0.75)
    score = min(max(dice.gauss(level, 7), 20), 100) if graded else None
    return {
        "assigned": assigned,
        "submitted": graded + of(dice, assigned - graded, 0.5),
        "graded": graded,
        "overdue": of(dice, assigned, 0.08),
        "on_time_rate": ratio(of(dice, assigned, 0.85), assigned) if graded else None,
        "average_score_percent": score,
    }


def added(rows: Sequence[Sum]) -> Sum:
    """Counts summed up, attendance and scores told anew."""
    if not rows:
        rows = [{**lesson_figures(random.Random(0), 0), **homework_figures(random.Random(0), 0)}]  # noqa: S311
    counts = {key: sum(row[key] for row in rows) for key, value in rows[0].items() if type(value) is int}
    if "scheduled" in counts:
        counts = rated(counts)
    if "graded" in counts:
        scored = [(row["average_score_percent"], row["graded"]) for row in rows if row["graded"]]
        total = sum(score * n for score, n in scored)
        counts["average_score_percent"] = total / counts["graded"] if scored else None
        on_time = [row["on_time_rate"] for row in rows if row["on_time_rate"] is not None]
        counts["on_time_rate"] = sum(on_time) / len(on_time) if on_time else None
    return counts


def lessons(school: School) -> Answer:
    """/analytics/lessons/stats."""
    dice = school.random("lessons")
    series = list(by_day(school, lambda busy: lesson_figures(dice, busy)))
    return {
        **envelope(school, "lessons.stats"),
        "summary": added(series) if series else lesson_figures(dice, 0),
        "series": series,
        "by_subject": named(school, "subject", school.subjects, lambda busy: lesson_figures(dice, busy)),
        "by_tutor": named(school, "tutor_id", school.people_of("t"), lambda busy: lesson_figures(dice, busy)),
        "by_weekday_hour": [
            {"weekday": w, "hour": h, "scheduled": n, "completed": of(dice, n, 0.9)}
            for w, h, n in hours(school, dice)
        ],
    }


def homework(school: School) -> Answer:
    """/analytics/homework/stats."""
    dice = school.random("homework")
    series = list(by_day(school, lambda busy: homework_figures(dice, busy)))
    students = school.people_of("s")
    levels = iter([62 + 35 * dice.random() for _ in range(len(school.subjects) + len(students))])
    return {
        **envelope(school, "homework.stats"),
        "summary": added(series) if series else homework_figures(dice, 0),
        "series": series,
        "by_subject": named(
            school, "subject", school.subjects, lambda busy: homework_figures(dice, busy, next(levels))
        ),
        "by_student": named(
            school, "student_id", students, lambda busy: homework_figures(dice, busy, next(levels))
        ),
    }


def subjects(school: School) -> Answer:
    """/analytics/subjects/performance."""
    dice = school.random("subjects")

    def both(busy: float) -> Sum:
        level = 62 + 33 * dice.random()
        return {**lesson_figures(dice, busy), **homework_figures(dice, busy, level)}

    series = list(by_day(school, both))
    return {
        **envelope(school, "subjects.performance"),
        "summary": added(series),
        "series": series,
        "by_subject": named(school, "subject", school.subjects, both),
    }


def progress(school: School) -> Answer:
    """/analytics/students/{id}/progress."""
    dice = school.random("progress")
    small = School(
        school.days,
        min(school.busy, 0.7),
        school.subjects[:3],
        1,
        granularity=school.granularity,
        name=school.name,
    )

    def both(busy: float) -> Sum:
        return {**lesson_figures(dice, busy), **homework_figures(dice, busy, 82)}

    series = list(by_day(small, both))
    student = school.name("s", 1)
    return {
        **envelope(school, "students.progress", student_id=student),
        "student_id": student,
        "summary": added(series),
        "series": series,
        "by_subject": named(small, "subject", small.subjects, lambda busy: lesson_figures(dice, busy)),
        "homework_scores": _scores(small, dice, student) if small.busy else [],
        "balance": {"bought": 16, "given": 0, "charged": 13, "lessons": 3}
        if small.busy
        else dict.fromkeys(("bought", "given", "charged", "lessons"), 0),
        "last_lessons": [],
    }


def _scores(school: School, dice: random.Random, student: str) -> list[Sum]:
    """Slowly better, the latest first, at most a hundred."""
    days = [LAST_DAY - timedelta(days=i) for i in range(0, school.days, max(2, school.days // 100))]
    return [
        {
            "homework_id": f"h{i}",
            "student_id": student,
            "tutor_id": "t-1",
            "subject": school.subjects[i % len(school.subjects)],
            "due_at": f"{day}T12:00:00Z",
            "assigned_at": f"{day - timedelta(days=3)}T12:00:00Z",
            "submitted_at": f"{day}T10:00:00Z",
            "graded_at": f"{day}T15:30:00Z",
            "percent": float(min(100, max(20, round((92 - 20 * i / len(days) + dice.gauss(0, 7)) / 5) * 5))),
        }
        for i, day in enumerate(days)
    ][:100]
