"""How wide texts are, and where they wrap: known before anything is laid out."""

import re
import unicodedata

from functions.generate_report.typeset.typeface import typeface

# Signs that are not seen, or that would turn a line round: a table's cell has no use for them.
UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
GAPS = re.compile(r"[ \t\r\n\x0b\x0c\u2028\u2029]+")
# Nothing in a font that we have is wider than this: what we cannot measure is given so much, in thousandths.
WIDEST = 1300


class Measure:
    """Widths of texts in one weight, in thousandths of the size; each is looked up once."""

    def __init__(self, weight: str) -> None:
        self._advances = typeface(weight).advances
        self._known: dict[str, float] = {}

    def width(self, text: str) -> float:
        """Letters that the font lacks count as the widest."""
        found = self._known.get(text)
        if found is None:
            advances = self._advances
            found = self._known[text] = sum([advances.get(letter, WIDEST) for letter in text])
        return found

    def foreign(self, text: str) -> bool:
        """Whether it has letters that the font lacks."""
        return not self._advances.keys() >= set(text)

    def lines(self, text: str, most: float) -> list[str]:
        """Wrapped at spaces, and inside of words that are wider than a line; `most` in thousandths of the size."""
        if self.width(text) <= most:
            return [text]
        lines, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if self.width(longer) <= most:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = self._broken(word, most)
            lines += whole
        return [*lines, line]

    def _broken(self, word: str, most: float) -> list[str]:
        if self.width(word) <= most:
            return [word]
        pieces, piece, wide = [], "", 0.0
        for letter in word:
            step = self._advances.get(letter, WIDEST)
            if piece and wide + step > most:
                pieces.append(piece)
                piece, wide = "", 0.0
            piece, wide = piece + letter, wide + step
        return [*pieces, piece]

    def longest_word(self, text: str) -> float:
        """The width below which a word of it would be broken."""
        return max((self.width(word) for word in text.split(" ")), default=0.0)


def tidy(text: str) -> str:
    """One line, composed letters, without signs that nobody sees."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", UNSEEN.sub("", GAPS.sub(" ", text))).strip(" ")
