"""Alerts: every five minutes each rule is looked at, and what is new is told in the transaction that records it."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from uuid6 import uuid7

from functions.run_schedules.alert_rules import RULES, Concern, Moment
from functions.run_schedules.alert_words import worded
from lib.db import alerts, erasures, fence, recipients
from lib.db.schedule import claim_slots
from lib.domain.alerts import Alert, Kind
from lib.domain.audience import Recipient
from lib.domain.personal import is_distinctive, is_pseudonym
from lib.domain.shapes import instant_text
from lib.queue import outbox
from lib.queue.outbox import CLOUDEVENT, Outgoing, cloudevent
from lib.runtime.call import Call
from lib.runtime.dispatching import EXCHANGE
from lib.runtime.settings import Settings

SOURCE = "repitbot/alerts"
PUBLISHED = "analytics.alert"
QUEUE = "notifications.events"
EVERY_MINUTES = 5
People = Mapping[str, Recipient]


def watch(call: Call) -> int:
    """Look at every rule, unless somebody did in these five minutes; how many alerts were raised."""
    late = timedelta(minutes=call.now.minute % EVERY_MINUTES)
    slot = call.now.replace(second=0, microsecond=0) - late
    at = Moment(call.now, slot, call.settings.school_timezone)
    return sum(_look(call, kind, at) for kind in RULES)


def _look(call: Call, kind: Kind, at: Moment) -> int:
    with call.db.begin() as conn:
        if fence.is_closed(conn) or not claim_slots(conn, [(f"alerts/{kind}", at.slot)]):
            return 0
        # From here to the commit nobody is erased, so nobody is told of who is.
        erasures.somebody(conn)
        found = RULES[kind](conn, at)
        alerts.end(conn, kind, found.over, at.now)
        concerns = [each for each in found.raised if not is_pseudonym(each.alert.subject)]
        new = {each.id for each in alerts.put(conn, [each.alert for each in concerns])}
        before = fence.told_until(conn)
        told = [each for each in concerns if each.alert.id in new and _is_ours(each.alert, before)]
        people = _people(conn, told)
        outbox.add(conn, (each for one in told for each in _messages(one, people, call.settings, at.now)))
        return len(told)


def _is_ours(alert: Alert, told_until: datetime | None) -> bool:
    """Not one that the system before a restore has told."""
    return told_until is None or alert.since > told_until


def _people(conn: Connection, concerns: Sequence[Concern]) -> People:
    named = {user for each in concerns for user in (*each.user_ids, each.student_id) if user}
    known = recipients.by_ids(conn, named)
    return known | recipients.by_ids(conn, {parent for each in known.values() for parent in each.parent_ids})


def _messages(concern: Concern, people: People, settings: Settings, now: datetime) -> Iterator[Outgoing]:
    """The alert for whoever subscribes to alerts, and a message for people in each of their languages."""
    alert, name = concern.alert, _id(concern.alert)
    said = {
        "kind": alert.kind,
        "subject": alert.subject,
        "since": instant_text(alert.since),
        "detail": dict(alert.detail),
    }
    yield _outgoing(EXCHANGE, PUBLISHED, PUBLISHED, name, said, now)
    for locale, user_ids in _by_locale(concern, people, settings.default_locale).items():
        data = _notice(concern, locale, user_ids, people, settings)
        yield _outgoing("", QUEUE, "system.notification", f"{name}/{locale}", data, now)


def _id(alert: Alert) -> str:
    """A number inside an id cannot be told from others when its person is erased, so it is not put there.

    The row in the same transaction sees to it that there is one message all the same.
    """
    return alert.id if is_distinctive(alert.subject) else f"alert/{alert.kind}/{uuid7()}"


def _notice(
    concern: Concern, locale: str, user_ids: list[str], people: People, settings: Settings
) -> dict[str, Any]:
    student = people.get(concern.student_id or "")
    zone = _zone(concern.alert, people, settings)
    title, message = worded(concern.alert, locale, zone, student.name if student else None)
    # Whom it speaks of stands beside the words, so that an erasure finds it without knowing the name.
    about = {"student_id": concern.student_id} if concern.student_id else {}
    return {**about, "user_ids": user_ids, "title": title, "message": message, "critical": False}


def _by_locale(concern: Concern, people: People, default: str) -> dict[str, list[str]]:
    student = people.get(concern.student_id or "")
    family = student.parent_ids if student else ()
    own = (concern.alert.subject,) if concern.with_student else ()
    groups: dict[str, list[str]] = defaultdict(list)
    for user_id in dict.fromkeys((*own, *family, *concern.user_ids)):
        if not is_pseudonym(user_id):
            wish = people[user_id].locale if user_id in people else None
            groups[_language(wish or default)].append(user_id)
    return groups


def _language(locale: str) -> str:
    return "en" if locale.lower().startswith("en") else "ru"


def _zone(alert: Alert, people: People, settings: Settings) -> ZoneInfo:
    """An alert about one person's own lessons is told on that person's clock, if the directory knows it."""
    person = people.get(alert.subject)
    return ZoneInfo((person and person.timezone) or settings.school_timezone)


def _outgoing(
    exchange: str, routing_key: str, kind: str, event_id: str, data: Mapping[str, Any], now: datetime
) -> Outgoing:
    event = {**cloudevent(kind, event_id, data, source=SOURCE), "time": instant_text(now)}
    return Outgoing(exchange, routing_key, event_id, CLOUDEVENT, json.dumps(event, ensure_ascii=False))
