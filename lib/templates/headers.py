"""One line of a mail header, which nobody's data may break out of."""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from lib.errors import BadInput

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST = 200


def header_line(text: str) -> str:
    """The text, on one line and not longer than 200 characters.

    Raises:
        BadInput: 422, when it holds control characters, plainly or once a reader decodes it. Python's own
            e-mail package lets `=?utf-8?q?Hi=0D=0ABcc:_x=40y?=` become a real Bcc header.
    """
    line = re.sub(r"[ \t\u00a0]+", " ", text.strip())
    if _CONTROL.search(line) or _CONTROL.search(_decoded(line)):
        raise BadInput(
            "The subject must not hold line breaks or other control characters.",
            status=422,
            errors=[{"loc": "data", "msg": "the subject made of it holds control characters"}],
        )
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text
