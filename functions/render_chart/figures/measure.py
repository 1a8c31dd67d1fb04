"""How wide a text will be, before anybody has drawn it: Noto Sans' advance widths, to a tenth of an em."""

_WIDTHS = {
    0.3: " !(),-.:;IJ[]`fijl·'\u00a0\u2009\u202f",
    0.4: '"/?\\_rt{}г',
    0.5: "FLScksvxyzГзкстухэ«»–",
    0.7: "&BDGHUВДЛНПЦЧЪмфъ",
    0.8: "%NOQwИЙОФжыю…",
    0.9: "@MWmЖМЫшщ",
    1.0: "ШЩ—№",
    1.1: "Ю",
}
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_OTHER, _WIDE, _WIDE_FROM = 0.6, 1.0, 0x1100
ELLIPSIS = "…"


def width(text: str, size: float) -> float:
    """Pixels, of the longest line, for a font size in pixels."""
    return max((sum(map(_advance, line)) for line in text.split("\n")), default=0.0) * size


def _advance(letter: str) -> float:
    return _WIDTH_OF.get(letter) or (_WIDE if ord(letter) >= _WIDE_FROM and letter.isalpha() else _OTHER)


def shortened(text: str, pixels: float, size: float) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    if width(text, size) <= pixels:
        return text
    room = pixels / size - _advance(ELLIPSIS)
    kept = 0
    for letter in text:
        room -= _advance(letter)
        if room < 0:
            break
        kept += 1
    return text[: max(kept, 1)].rstrip() + ELLIPSIS


def wrapped(text: str, pixels: float, size: float, most: int) -> list[str]:
    """Lines no wider than `pixels`, as even as can be; at most `most`, the last one shortened."""
    found = _broken(text, pixels, size, most)
    even = pixels
    while len(found) > 1 and even > pixels / 2:
        even *= 0.96
        narrower = _broken(text, even, size, most)
        if len(narrower) > len(found) or any(line.endswith(ELLIPSIS) for line in narrower):
            break
        found = narrower
    return found


def _broken(text: str, pixels: float, size: float, most: int) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, size) <= pixels:
            lines[-1] = joined
        else:
            lines.append(word)
    if len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    return [shortened(line, pixels, size) for line in lines]
