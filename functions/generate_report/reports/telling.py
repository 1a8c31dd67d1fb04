"""A student's figures told as somebody who knows the child would tell them."""

from typing import Any

from functions.generate_report.reports.parts import named
from functions.generate_report.speech import Speech

Json = dict[str, Any]
# Below this many percent points two average scores are the same to a family.
NOTICED = 1.0


def progress(say: Speech, answer: Json) -> tuple[str, ...]:
    """Lessons, absences, homework: one or two sentences each."""
    now = answer["summary"]
    before = (answer.get("previous") or {}).get("summary") or {}
    if not now["scheduled"] and not now["graded"]:
        return (say("progress.none"),)
    told = [_lessons(say, now, answer["by_subject"]), _homework(say, now, before)]
    return tuple(sentence for sentence in told if sentence)


def _lessons(say: Speech, now: Json, subjects: list[Json]) -> str:
    missed = now["excused"] + now["unexcused"]
    told = [say.count("progress.lessons", now["completed"])]
    if missed:
        told.append(say.count("progress.missed", missed))
        told.append(say("progress.attendance", rate=say.rate(now["attendance_rate"])))
    elif now["completed"]:
        told.append(say("progress.all"))
    taught = [row for row in subjects if row["completed"]]
    if len(taught) > 1:
        best = max(taught, key=lambda row: int(row["completed"]))
        told.append(say("progress.best", subject=named(say, "subject", best["subject"])))
    return " ".join(told)


def _homework(say: Speech, now: Json, before: Json) -> str:
    told = []
    if now["graded"]:
        told = [say.count("progress.graded", now["graded"]), _score(say, now, before)]
    if now["on_time_rate"] is not None:
        all_in_time = now["on_time_rate"] == 1
        told.append(
            say("progress.in_time")
            if all_in_time
            else say("progress.on_time", rate=say.rate(now["on_time_rate"]))
        )
    return " ".join(told)


def _score(say: Speech, now: Json, before: Json) -> str:
    score, earlier = now["average_score_percent"], before.get("average_score_percent")
    values = {"score": say.value("score", score), "before": say.value("score", earlier)}
    if earlier is None:
        return say("progress.score", **values)
    if abs(score - earlier) < NOTICED:
        return say("progress.score_same", **values)
    return say("progress.score_up" if score > earlier else "progress.score_down", **values)


def ahead(say: Speech, page: Json) -> tuple[str, ...]:
    """The next lesson, homework to do, the balance of lessons."""
    lessons, work, left = page["upcoming"], page["to_do"], page["balance"]["lessons"]
    told = [say("next.nothing")]
    if lessons:
        subject = named(say, "subject", lessons[0]["subject"])
        told = [
            say("next.lesson", time=say.instant(lessons[0]["starts_at"], "d MMMM, HH:mm"), subject=subject)
        ]
    told.append(say.count("next.to_do", len(work)) if work else say("next.clear"))
    told.append(say.count("next.balance", left) if left >= 0 else say.count("next.debt", -left))
    return (" ".join(told),)
