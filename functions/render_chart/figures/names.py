"""Names that people typed, on their way into a picture."""

import re

# plotly.js reads <b>, <br>, <a href> and entities in every text of a figure.
_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
LONGEST_SAID = 48


def escaped(text: str) -> str:
    """Plain text, as the text of a figure that shows it as it stands."""
    return text.translate(_MARKS)


def tidy(name: str) -> str:
    """One line, without signs that nobody sees."""
    return _UNSEEN.sub(" ", name).strip()


def said(name: str) -> str:
    """A name inside a sentence: not longer than a sentence can bear."""
    one_line = tidy(name)
    return one_line if len(one_line) <= LONGEST_SAID else one_line[: LONGEST_SAID - 1].rstrip() + "…"
