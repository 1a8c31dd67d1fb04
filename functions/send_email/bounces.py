"""What follows when a mail server gives a letter back that it had accepted."""

import re

from pydantic import BaseModel
from sqlalchemy import Connection

from functions.send_email.reports import Fate, Report, read
from lib.db import bounces, recipients, timeline
from lib.db.deliveries import Delivery
from lib.domain.explain import sentence
from lib.errors import BadInput
from lib.runtime import dispatching
from lib.runtime.attempt import attempt_of
from lib.runtime.call import Call
from lib.runtime.fallback import fall_back

LARGEST = 1024 * 1024
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
OURS = re.compile(rf"^<({_UUID})\.({_UUID})@[^<>@]+>$", re.IGNORECASE)
# Too large, unreadable, or against a policy: nothing is wrong with the address. Were it otherwise, one mistake in
# the signature of our letters would switch e-mail off for everybody.
ABOUT_THE_LETTER = re.compile(r"^5\.(2\.3|3\.4|6\.\d+|7\.\d+)$")


class Heard(BaseModel):
    """What became of a report: bounced, noted (a line in the timeline), known (it came before) or ignored."""

    outcome: str
    delivery_id: str | None = None
    explanation: str


def hear(call: Call, conn: Connection) -> Heard:
    """One report, as it came. Raises BadInput: 413 and 415, 422 with the reason when it is none."""
    if call.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "message/rfc822":
        raise BadInput("Send the message as it came, with Content-Type: message/rfc822.", status=415)
    if len(call.raw) > LARGEST:
        raise BadInput(f"A report is at most {LARGEST} bytes long.", status=413)
    report = read(call.raw)
    letter = OURS.match(report.message_id)
    delivery = bounces.delivery_of(conn, letter[1], letter[2]) if letter else None
    if delivery is None:
        return Heard(outcome="ignored", explanation="It is not about a letter of ours.")
    return _about(call, conn, delivery, report)


def _about(call: Call, conn: Connection, delivery: Delivery, report: Report) -> Heard:
    person = recipients.get(conn, delivery.user_id)
    address = ((person.address("email") if person else None) or "").lower()
    fate = next((each for each in report.fates if each.address.lower() == address), None)
    if fate is None:
        return Heard(outcome="ignored", explanation="The recipient of that letter has another address.")
    if not bounces.record(conn, delivery.id, report.id, fate.action, fate.status):
        return Heard(outcome="known", delivery_id=delivery.id, explanation="This report came before.")
    if fate.action == "failed" and fate.status.startswith("5"):
        return _returned(call, conn, delivery, fate)
    return _noted(conn, delivery, fate)


def _returned(call: Call, conn: Connection, delivery: Delivery, fate: Fate) -> Heard:
    failed = bounces.returned(conn, delivery.id)
    if failed is None:
        return _noted(conn, delivery, fate)
    timeline.note(conn, failed, "answer", "bounced", _facts(fate))
    if not ABOUT_THE_LETTER.match(fate.status):
        _switch_off(conn, failed)
    attempt = attempt_of(conn, call, failed)
    dispatching.publish(conn, failed, attempt.kind.name)
    fall_back(conn, attempt)
    return Heard(outcome="bounced", delivery_id=failed.id, explanation=sentence("bounced"))


def _switch_off(conn: Connection, failed: Delivery) -> None:
    """Unless it is off already: what a person refused is not healed by a new address."""
    person = recipients.get(conn, failed.user_id)
    if person is not None and not person.channel(failed.channel).is_off:
        recipients.switch_channel(conn, failed.user_id, failed.channel, "off", "bounced")


def _noted(conn: Connection, delivery: Delivery, fate: Fate) -> Heard:
    """Not the end of it, or of a letter that we do not hold for delivered: a line for whoever asks."""
    reason = "server_delays" if fate.action in ("delayed", "failed") else "server_reports"
    timeline.note(conn, delivery, "answer", reason, _facts(fate))
    return Heard(outcome="noted", delivery_id=delivery.id, explanation=sentence(reason))


def _facts(fate: Fate) -> dict[str, str]:
    return {"answer": fate.diagnostic, "action": fate.action, "status": fate.status}
