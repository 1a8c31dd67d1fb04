"""Each alert's rule over the database: what is raised now, whom it concerns, and what is over.

Another rule is one function and one line in `RULES`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, Row

from lib.db import alerts, event_log, recipients, report_subscriptions
from lib.db.balances import balances
from lib.domain.alerts import (
    LATE,
    LATELY,
    LATEST,
    LOG,
    REPORTS,
    Alert,
    Kind,
    came_again,
    evening,
    is_filled,
    is_used_up,
    missed_twice,
    school_day,
    silent_since,
)
from lib.domain.periods import day_start
from lib.domain.shapes import instant_text


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is looked; `slot` is the whole five minutes it is looked for, `tz` the school's zone."""

    now: datetime
    slot: datetime
    tz: str


@dataclass(frozen=True, slots=True)
class Concern:
    """An alert and whom it concerns: `user_ids` themselves, and the student's family."""

    alert: Alert
    user_ids: tuple[str, ...] = ()
    student_id: str | None = None
    with_student: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """`over` are subjects whose alert has ended; `raised` may hold some that last already."""

    raised: tuple[Concern, ...]
    over: tuple[str, ...]


def lessons_unmarked(conn: Connection, at: Moment) -> Found:
    """In the evening, lessons of the day without an outcome: to their tutor, once a day.

    Over when all are marked, or when the next evening has come, which looks at its own.
    """
    closes = evening(at.now, at.tz)
    left = alerts.unmarked(conn, day_start(school_day(closes, at.tz), at.tz), closes)
    lasting = alerts.lasting(conn, "lessons_unmarked")
    over = tuple(each.subject for each in lasting if each.subject not in left or each.since < closes)
    if at.now - closes >= LATEST:
        return Found((), over)
    raised = (Alert("lessons_unmarked", tutor, closes, _unmarked(row)) for tutor, row in left.items())
    return Found(tuple(Concern(each, user_ids=(each.subject,)) for each in raised), over)


def _unmarked(row: "Row[tuple[object, ...]]") -> dict[str, object]:
    first = {"lesson_id": row.lesson_id, "subject": row.subject, "starts_at": instant_text(row.starts_at)}
    return {"tutor_id": row.tutor_id, "lessons": row.lessons, "first": first}


def no_events(conn: Connection, at: Moment) -> Found:
    """Silence of the log in school hours: to the admins; over when an event arrives."""
    last = event_log.head(conn)[1]
    lasting = alerts.lasting(conn, "no_events")
    over = tuple(each.subject for each in lasting if last and last > each.since)
    since = silent_since(last, at.now, at.tz)
    if since is None or last is None:
        return Found((), over)
    alert = Alert("no_events", LOG, since, {"last_at": instant_text(last)})
    return Found((Concern(alert, user_ids=tuple(recipients.ids_of_role(conn, "admin"))),), over)


def balance_low(conn: Connection, at: Moment) -> Found:
    """Nothing left of what a student paid: to the student and the parents; over when there are two lessons again."""
    lasting = [each.subject for each in alerts.lasting(conn, "balance_low")]
    lately = alerts.spent_since(conn, at.now - LATELY)
    found = balances(conn, sorted({*lasting, *lately}))
    low = (student for student in lately if is_used_up(found[student]))
    raised = (
        Alert("balance_low", each, at.slot, {"student_id": each, "balance": found[each]}) for each in low
    )
    return Found(
        tuple(Concern(each, student_id=each.subject, with_student=True) for each in raised),
        tuple(student for student in lasting if is_filled(found[student])),
    )


def missed(conn: Connection, at: Moment) -> Found:
    """Two lessons in a row missed without a word: to the parents and the tutor; over when one is attended."""
    lasting = [each.subject for each in alerts.lasting(conn, "missed_twice")]
    held = alerts.held(conn, at.now - LATELY, lasting)
    raised = (_missed(student, rows, at) for student, rows in held.items() if missed_twice(_outcomes(rows)))
    return Found(
        tuple(raised),
        tuple(student for student in lasting if came_again(_outcomes(held.get(student, ())))),
    )


def _missed(student: str, rows: "list[Row[tuple[object, ...]]]", at: Moment) -> Concern:
    tutor = rows[0].tutor_id
    detail = {"student_id": student, "tutor_id": tutor, "lesson_ids": [row.lesson_id for row in rows]}
    alert = Alert("missed_twice", student, at.slot, detail)
    return Concern(alert, user_ids=(tutor,) if tutor else (), student_id=student)


def _outcomes(rows: "Iterable[Row[tuple[object, ...]]]") -> list[str]:
    return [row.outcome for row in rows]


def reports_late(conn: Connection, at: Moment) -> Found:
    """Regular reports that were due two hours ago and have not come out: to the admins; over when all have."""
    late = report_subscriptions.late(conn, at.now - LATE)
    if not late:
        return Found((), tuple(each.subject for each in alerts.lasting(conn, "reports_late")))
    first = {"id": late[0].id, "type": late[0].type, "since": instant_text(late[0].since)}
    alert = Alert("reports_late", REPORTS, at.slot, {"reports": len(late), "first": first})
    return Found((Concern(alert, user_ids=tuple(recipients.ids_of_role(conn, "admin"))),), ())


RULES: Mapping[Kind, Callable[[Connection, Moment], Found]] = MappingProxyType(
    {
        "lessons_unmarked": lessons_unmarked,
        "no_events": no_events,
        "balance_low": balance_low,
        "missed_twice": missed,
        "reports_late": reports_late,
    }
)
