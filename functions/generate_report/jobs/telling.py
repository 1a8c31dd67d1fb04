"""The letter that a report is ready, planned in the transaction that finishes the report: the ledger knows of both.

The file travels with the letter, unless it is large: then the letter has a link to a page of ours that makes a fresh
link to the file whenever it is opened. A link to the file itself lives for five minutes, and letters are read later
than that. The page's link lives as long as the file, and only while its reader is active.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row
from uuid6 import uuid7

from functions.generate_report.jobs import doors
from functions.generate_report.jobs.titles import spoken_period, title
from lib.db import attachments, notifications, preferences, recipients, report_subscriptions, waiting
from lib.db.reports import File
from lib.domain.catalogue import TYPES
from lib.domain.decisions import Person
from lib.domain.outcomes import Attachment
from lib.domain.plans import Asked, plan
from lib.domain.shapes import instant_text
from lib.queue import outbox
from lib.runtime import dispatching, letters
from lib.runtime.call import Call
from lib.storage.model import Store

READY, WEEK = TYPES["report_ready"], TYPES["weekly_digest"]
# In base64 a third more; mail servers take 10 MB and seldom more. The Bot API would take 50.
LARGEST_COPY = 5 * 1024 * 1024


def copy_of(row: Row[Any], file: File, store: Store) -> Attachment | None:
    """The file as it travels with a letter; None when nobody wants one, or it is too large."""
    if row.deliver_to is None or file.bytes > LARGEST_COPY:
        return None
    return Attachment(file.filename, file.media_type, store.get(file.key))


def tell(conn: Connection, call: Call, row: Row[Any], file: File, copy: Attachment | None) -> str | None:
    """Plan the letter, if one is wanted; the notification's id.

    Whoever is not active any more, or does not want such letters, gets none: the decision says why.
    """
    if row.deliver_to is None:
        return None
    # A regular week has a letter of its own.
    regular = report_subscriptions.get(conn, row.subscription_id) if row.subscription_id else None
    kind = WEEK if regular and regular.every == "weekly" and file.digest is not None else READY
    person = _person(conn, call, row.deliver_to["user_id"])
    asked = Asked(
        kind,
        {**_data(call, row, file, copy), **(file.digest or {} if kind is WEEK else {})},
        priority=kind.priority,
        event=(outbox.SOURCE, f"report/{row.id}"),
        requested_by=row.requested_by,
        locale=row.locale,
    )
    made = plan(asked, [person], (row.deliver_to["channel"],), call.now, lambda: str(uuid7()))
    notifications.insert(conn, [made])
    if copy is not None and any(each.decision.is_alive for each in made.deliveries):
        attachments.save(conn, made.id, [copy])
    outbox.add(conn, dispatching.first_turns([made]))
    return made.id


def _person(conn: Connection, call: Call, user_id: str) -> Person:
    """With what they got lately on each channel, which their preferences may count."""
    taken = waiting.taken(conn, [user_id])
    known = letters.person_of(
        call.settings, user_id, recipients.get(conn, user_id), preferences.get(conn, user_id)
    )
    return replace(known, taken={channel: each for (_, channel), each in taken.items()})


def _data(call: Call, row: Row[Any], file: File, copy: Attachment | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "report_id": str(row.id),
        "title": title(row.type, row.locale),
        "period": spoken_period(row.parameters, row.locale),
    }
    if "student_id" in row.parameters:
        said["student_id"] = row.parameters["student_id"]
    if copy is not None:
        return {**said, "filename": file.filename}
    until = doors.open_until(call)
    link = doors.link(call.settings, str(row.id), row.deliver_to["user_id"], until)
    return {**said, "url": link, "until": instant_text(until)}
