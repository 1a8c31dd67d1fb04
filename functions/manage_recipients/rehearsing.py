"""What the last 30 days would have been like with other preferences."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from functions.manage_recipients.shapes import Rehearsal
from lib.db import rehearsals
from lib.domain.audience import Recipient
from lib.domain.catalogue import TYPES
from lib.domain.decisions import Person, Request
from lib.domain.explain import sentence
from lib.domain.preferences import Preferences
from lib.domain.rehearsal import GONE_OUT, Heard, Outcome, rehearse
from lib.domain.reminders import AHEAD, reminders_of

DAYS = 30
REMINDER = TYPES["lesson_reminder"]
# Settled for a reason that no preference changes. Addresses and channels are taken as they are now.
FIXED = (
    "duplicate",
    "event_too_old",
    "lesson_called_off",
    "lesson_changed",
    "lesson_passed",
    "already_answered",
)


def preview(
    conn: Connection,
    recipient: Recipient,
    now: datetime,
    zone: ZoneInfo,
    wishes: Sequence[Preferences],
    query: Rehearsal,
) -> dict[str, Any]:
    """`wishes` are those of now and those that are considered; see the route for what is answered."""
    start = now - timedelta(days=DAYS)
    before, after = (
        rehearse(_heard(conn, recipient, each, start, now), Person(recipient.user_id, recipient, each, zone))
        for each in wishes
    )
    return {
        "user_id": recipient.user_id,
        "period": {"from": start, "to": now},
        "before": _counts(before),
        "after": _counts(after),
        **_differences(before, after, query.lang),
        **({"outcomes": _outcomes(before, after, query.lang)} if query.details else {}),
    }


def _heard(
    conn: Connection, recipient: Recipient, wishes: Preferences, start: datetime, end: datetime
) -> Iterator[Heard]:
    for row in rehearsals.notifications_to(conn, recipient.user_id, start, end):
        yield _of_row(row)
    if wishes.reminder_minutes is not None:
        lead = timedelta(minutes=wishes.reminder_minutes)
        yield from _reminders(conn, recipient, lead, start, end)


def _of_row(row: Mapping[str, Any]) -> Heard:
    kind = TYPES[row["type"]]
    starts_at = row["data"].get("starts_at") if kind.before_start else None
    request = Request(
        kind=kind,
        critical=row["critical"],
        priority=row["priority"],
        occurred_at=row["occurred_at"],
        send_at=row["send_at"],
        expires_at=row["expires_at"],
        starts_at=datetime.fromisoformat(starts_at) if starts_at else None,
    )
    fixed = next((reason for reason in row["reasons"] if reason in FIXED), None)
    return Heard(
        id=row["id"],
        at=row["created_at"],
        request=request,
        channels=tuple(row["channels"]),
        fixed=fixed,
        withdrawn_at=row["cancelled_at"] or (row["called_off_at"] if kind.before_start else None),
        withdrawn="cancelled" if row["cancelled_at"] else "lesson_called_off",
        mixes=row["mixes"],
    )


def _reminders(
    conn: Connection, recipient: Recipient, lead: timedelta, start: datetime, end: datetime
) -> Iterator[Heard]:
    """Reminders depend on the wished lead time, so they are planned anew from what is known of the lessons."""
    stories = rehearsals.lessons_of(conn, recipient, start, end + timedelta(days=1))
    for story in stories:
        for reminder in reminders_of(story.events, lead, story.answered_at):
            if start <= reminder.due_at <= end:
                request = Request(
                    REMINDER,
                    priority=REMINDER.priority,
                    occurred_at=reminder.due_at - AHEAD,
                    send_at=reminder.due_at,
                    starts_at=reminder.starts_at,
                )
                yield Heard(
                    id=f"lesson_reminder/{story.lesson_id}/{reminder.starts_at.isoformat()}",
                    at=reminder.planned_at,
                    request=request,
                    channels=REMINDER.channels,
                    withdrawn_at=reminder.withdrawn_at,
                    withdrawn=reminder.withdrawn,
                )


def _counts(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """`messages` counts what arrives: a digest is one, however much it carries."""
    listed = list(outcomes)
    arrivals = {_arrival(each) for each in listed if each.state in GONE_OUT}
    return {
        "messages": len(arrivals),
        "by_channel": dict(sorted(Counter(channel for channel, *_ in arrivals).items())),
        "by_state": dict(sorted(Counter(each.state for each in listed).items())),
        "digests": len({key for key in arrivals if key[2] is None}),
    }


def _arrival(outcome: Outcome) -> tuple[str, datetime | None, str | None]:
    """What makes it the same arriving message as another: parts of one digest share their moment."""
    return outcome.channel, outcome.at, None if outcome.state == "digested" else outcome.heard.id


Key = tuple[str, str]


def _keyed(outcomes: Iterable[Outcome]) -> dict[Key, Outcome]:
    return {(each.heard.id, each.channel): each for each in outcomes}


def _differences(before: Sequence[Outcome], after: Sequence[Outcome], lang: str) -> dict[str, Any]:
    """What would be lost, what would come anew, and what would come otherwise or at another time."""
    was, will = _keyed(before), _keyed(after)
    lost, gained, changed = [], [], []
    for key in sorted(was.keys() | will.keys()):
        old, new = was.get(key), will.get(key)
        got, gets = _arrives(old), _arrives(new)
        if got and not gets:
            lost.append(_pair(key, old, new, lang))
        elif gets and not got:
            gained.append(_pair(key, old, new, lang))
        elif old and new and (old.state, old.at) != (new.state, new.at) and gets:
            changed.append(_pair(key, old, new, lang))
    return {"lost": lost, "gained": gained, "changed": changed}


def _outcomes(before: Sequence[Outcome], after: Sequence[Outcome], lang: str) -> list[dict[str, Any]]:
    was, will = _keyed(before), _keyed(after)
    return [_pair(key, was.get(key), will.get(key), lang) for key in sorted(was.keys() | will.keys())]


def _arrives(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.state in GONE_OUT


def _pair(key: tuple[str, str], old: Outcome | None, new: Outcome | None, lang: str) -> dict[str, Any]:
    either = old or new
    kind = either.heard.request.kind.name if either else None
    return {
        "notification": key[0],
        "channel": key[1],
        "type": kind,
        "before": _shown(old, lang),
        "after": _shown(new, lang),
    }


def _shown(outcome: Outcome | None, lang: str) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "status": outcome.state,
        "reason": outcome.reason,
        "explanation": sentence(outcome.reason, lang),
        "at": outcome.at,
    }
