"""What a received message must look like, and what it says: strict reading of RFC 5322 and MIME."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any, cast

_REQUIRED = ("From", "Date", "Message-ID")
_SINGLE = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Message-ID", "Date", "Subject")
_LONGEST_LINE = 998
_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def message_id(raw: bytes) -> str:
    """The Message-ID without reading the rest, empty when there is none."""
    head = raw.partition(b"\r\n\r\n")[0]
    match = _MESSAGE_ID.search(head)
    return match[1].decode("utf-8", "replace") if match else ""


def parse(raw: bytes) -> EmailMessage:
    """Read the bytes of a message; never fails, defects are noted in the parts."""
    return message_from_bytes(raw, policy=policy.SMTP)


def fault_of(raw: bytes) -> str | None:
    """Why the message is not well-formed, in one sentence, or None."""
    bare = raw.replace(b"\r\n", b"")
    if b"\n" in bare or b"\r" in bare:
        return "a line does not end in CR LF"
    if any(len(line) > _LONGEST_LINE for line in raw.split(b"\r\n")):
        return f"a line is longer than {_LONGEST_LINE} characters"
    message = parse(raw)
    for name in _REQUIRED:
        if message[name] is None:
            return f"there is no {name} header"
    for name in _SINGLE:
        if len(message.get_all(name, [])) > 1:
            return f"there is more than one {name} header"
    return _first_defect(message)


def _first_defect(message: Message) -> str | None:
    for part in message.walk():
        for defect in part.defects:
            return f"{type(defect).__name__}: {defect}"
        for name, value in part.items():
            for defect in getattr(value, "defects", ()):
                return f"{name}: {type(defect).__name__}: {defect}"
        if not part.is_multipart():
            part.get_payload(decode=True)
            for defect in part.defects:
                return f"{type(defect).__name__}: {defect}"
    return None


def summary(raw: bytes) -> dict[str, Any]:
    """`{subject, from, to, message_id, headers: [[name, value]], text, html, attachments, size}`."""
    message = parse(raw)
    return {
        "subject": str(message["Subject"] or ""),
        "header_from": str(message["From"] or ""),
        "header_to": str(message["To"] or ""),
        "message_id": str(message["Message-ID"] or ""),
        "headers": [[name, str(value)] for name, value in message.items()],
        "text": body(message, "plain"),
        "html": body(message, "html"),
        "attachments": [
            {"name": part.get_filename() or "", "type": part.get_content_type(), "size": len(content(part))}
            for part in message.iter_attachments()
        ],
        "size": len(raw),
    }


def body(message: EmailMessage, kind: str) -> str | None:
    """The text of the `plain` or `html` body, None when there is none."""
    part = message.get_body(preferencelist=(cast(Any, kind),))
    return None if part is None else str(part.get_content())


def content(part: EmailMessage) -> bytes:
    """The decoded bytes of a part; of an attached message, its source."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else part.as_bytes()


def inline_parts(message: EmailMessage) -> dict[str, EmailMessage]:
    """Parts that a body can show by `cid:`, by their Content-ID without brackets."""
    return {
        str(part["Content-ID"]).strip("<> "): part
        for part in message.walk()
        if part["Content-ID"] is not None
    }
