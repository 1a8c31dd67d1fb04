"""A TrueType font, read once a process: widths of its letters, and subsets of it small enough for every document."""

import struct
from functools import cache
from pathlib import Path
from typing import Any

FOLDERS = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts"))
FILES = {"regular": "NotoSans-Regular.ttf", "bold": "NotoSans-Bold.ttf"}
# Noto Sans has no minus sign; its figure dash is as wide as a digit, and nobody types it.
STAND_INS = {"\u2212": "\u2012"}
# Flags of a glyph that is put together from others (OpenType, glyf).
WORDS, SCALE, MORE, BOTH_SCALES, MATRIX = 0x0001, 0x0008, 0x0020, 0x0040, 0x0080


class Typeface:
    """`glyphs`: letter → glyph; `advances`: letter → width in thousandths of the size. What is missing is foreign."""

    def __init__(self, path: Path) -> None:
        # Imported here: only a document needs it.
        from fontTools.ttLib import TTFont

        font: Any = TTFont(path, lazy=True)
        order = {name: number for number, name in enumerate(font.getGlyphOrder())}
        unit, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        known = {chr(code): name for code, name in font.getBestCmap().items() if code >= ord(" ")}
        self.name = str(font["name"].getDebugName(6))
        self.glyphs = {letter: order[name] for letter, name in known.items()}
        self.advances = {letter: metrics[name][0] * 1000 / unit for letter, name in known.items()}
        self.box = [
            round(font["head"].__dict__[side] * 1000 / unit) for side in ("xMin", "yMin", "xMax", "yMax")
        ]
        self.ascent, self.descent = (
            round(font["hhea"].__dict__[n] * 1000 / unit) for n in ("ascent", "descent")
        )
        self.cap_height = round(font["OS/2"].sCapHeight * 1000 / unit)
        for letter, other in STAND_INS.items():
            if letter not in self.glyphs and other in self.glyphs:
                self.glyphs[letter], self.advances[letter] = self.glyphs.pop(other), self.advances.pop(other)
        self._places = list(font["loca"].locations)
        self._tables = {name: bytes(font.reader[name]) for name in ("head", "hhea", "hmtx", "maxp", "glyf")}
        self._hints = {name: bytes(font.reader[name]) for name in ("cvt ", "fpgm", "prep") if name in font}

    def subset(self, glyphs: set[int]) -> bytes:
        """A font file with these glyphs only, each under its own number."""
        kept, waiting = {0}, sorted(glyphs)
        while waiting:
            glyph = waiting.pop()
            if glyph not in kept:
                kept.add(glyph)
                waiting += _parts(self._outline(glyph))
        last = max(kept) + 1
        outlines, places, at = [], [0], 0
        for glyph in range(last):
            outline = self._outline(glyph) if glyph in kept else b""
            padded = outline + bytes(-len(outline) % 4)
            outlines.append(padded)
            places.append(at := at + len(padded))
        return _file(
            self._shortened(last)
            | {"glyf": b"".join(outlines), "loca": struct.pack(f">{last + 1}I", *places)}
        )

    def _outline(self, glyph: int) -> bytes:
        return self._tables["glyf"][self._places[glyph] : self._places[glyph + 1]]

    def _shortened(self, glyphs: int) -> dict[str, bytes]:
        """The other tables for so many glyphs, with places as whole numbers."""
        (measured,) = struct.unpack(">H", self._tables["hhea"][34:36])
        head, hhea, maxp = (bytearray(self._tables[name]) for name in ("head", "hhea", "maxp"))
        head[50:52] = struct.pack(">h", 1)
        maxp[4:6] = struct.pack(">H", glyphs)
        wide = min(measured, glyphs)
        hhea[34:36] = struct.pack(">H", wide)
        widths = self._tables["hmtx"][: 4 * wide]
        widths += self._tables["hmtx"][4 * measured : 4 * measured + 2 * (glyphs - wide)]
        return {"head": bytes(head), "hhea": bytes(hhea), "maxp": bytes(maxp), "hmtx": widths, **self._hints}


def _parts(outline: bytes) -> list[int]:
    """The glyphs that a composite glyph is put together from."""
    if len(outline) < 10 or struct.unpack(">h", outline[:2])[0] >= 0:
        return []
    found, at, flags = [], 10, MORE
    while flags & MORE:
        flags, glyph = struct.unpack(">HH", outline[at : at + 4])
        found.append(glyph)
        at += 8 if flags & WORDS else 6
        at += 2 if flags & SCALE else 4 if flags & BOTH_SCALES else 8 if flags & MATRIX else 0
    return found


def _file(tables: dict[str, bytes]) -> bytes:
    """The tables as a TrueType file. Its sums are left at nought: PDF readers do not look at them."""
    power = len(tables).bit_length() - 1
    span = 16 << power
    head = struct.pack(">IHHHH", 0x00010000, len(tables), span, power, 16 * len(tables) - span)
    at = len(head) + 16 * len(tables)
    directory, bodies = [], []
    for name in sorted(tables):
        body = tables[name]
        directory.append(struct.pack(">4sIII", name.encode(), 0, at, len(body)))
        bodies.append(body + bytes(-len(body) % 4))
        at += len(bodies[-1])
    return b"".join((head, *directory, *bodies))


@cache
def typeface(weight: str) -> Typeface:
    """Noto Sans, `regular` or `bold`: it has Cyrillic and the rouble sign. Raises RuntimeError when it is not there."""
    for folder in FOLDERS:
        path = folder / FILES[weight]
        if path.exists():
            return Typeface(path)
    found = next(FOLDERS[-1].rglob(FILES[weight]), None)
    if found is None:
        raise RuntimeError(f"The font {FILES[weight]} is missing: install Debian's fonts-noto-core.")
    return Typeface(found)
