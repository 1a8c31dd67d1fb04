"""Reading a mail server's report on a letter that it had accepted (RFC 3464, in a message of RFC 6522)."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from lib.errors import BadInput

STATUS = re.compile(r"^([245])\.\d{1,3}\.\d{1,3}")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
# The part with the letter's headers, whole or cut.
RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
STATUSES = "message/delivery-status"
LONGEST_DIAGNOSTIC = 300


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the letter for one address. `action`: failed, delayed, delivered, relayed or expanded.

    `status` is an enhanced code such as 5.1.1.
    """

    address: str
    action: str
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class Report:
    """`id` tells one report from another; `message_id` is the letter's."""

    id: str
    message_id: str
    fates: tuple[Fate, ...]


def read(raw: bytes) -> Report:
    """Raises BadInput (422) with the reason when the message is no report of delivery."""
    # The older policy: it takes headers as they are, and no report's form can make it fail.
    message = message_from_bytes(raw, policy=policy.compat32)
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        raise _no_report("It is not a multipart/report.")
    if str(message.get_param("report-type", "")).lower() != "delivery-status":
        raise _no_report("Its report-type is not delivery-status.")
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    fates = tuple(fate for part in parts for fate in _fates(part))
    if not fates:
        raise _no_report("It tells of no recipient.")
    letter = next((found for part in parts if (found := _letter(part))), None) or _answered(message)
    if letter is None:
        raise _no_report("It does not hold the Message-ID of the letter.")
    own = MESSAGE_ID.search(_line(message, "Message-ID"))
    return Report(own[0] if own else hashlib.sha256(raw).hexdigest(), letter, fates)


def _no_report(why: str) -> BadInput:
    return BadInput(f"This is not a mail server's delivery report. {why}", status=422)


def _fates(part: Message) -> Iterator[Fate]:
    """One for each block of fields; the first block speaks of the whole letter and has no recipient."""
    if part.get_content_type() != STATUSES or not part.is_multipart():
        return
    for block in part.get_payload():
        if not isinstance(block, Message):
            continue
        address = _after_type(_line(block, "Final-Recipient"))
        status = STATUS.match(_line(block, "Status"))
        action = _line(block, "Action").split(" ")[0].lower()
        if address and status and action:
            diagnostic = _after_type(_line(block, "Diagnostic-Code"))[:LONGEST_DIAGNOSTIC]
            yield Fate(address.strip("<>"), action, status[0], diagnostic)


def _letter(part: Message) -> str | None:
    if part.get_content_type() not in RETURNED:
        return None
    payload = part.get_payload()
    if part.is_multipart() and isinstance(payload, list):
        returned = payload[0] if payload and isinstance(payload[0], Message) else None
    else:
        decoded = part.get_payload(decode=True)
        returned = message_from_bytes(decoded if isinstance(decoded, bytes) else b"")
    found = MESSAGE_ID.search(_line(returned, "Message-ID")) if returned is not None else None
    return found[0] if found else None


def _answered(message: Message) -> str | None:
    """The letter that the report is an answer to, for servers that return none of its headers."""
    found = MESSAGE_ID.search(_line(message, "In-Reply-To"))
    return found[0] if found else None


def _line(message: Message, name: str) -> str:
    """A header on one line, without control characters; empty when there is none."""
    text = " ".join(str(message.get(name) or "").split())
    return "".join(each for each in text if each.isprintable())


def _after_type(value: str) -> str:
    """`rfc822; a@b` and `smtp; 550 no` without what stands before the semicolon."""
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon else kind).strip()
