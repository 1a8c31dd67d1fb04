"""Writing with one weight of our font: texts as glyph numbers, and the font as a PDF embeds it."""

import zlib
from typing import Any

import pydyf  # type: ignore[import-untyped]  # ships no py.typed

from functions.generate_report.typeset.measure import Measure
from functions.generate_report.typeset.typeface import typeface

# Up to so many letters may stand in one list of a character map.
BATCH = 100
SYMBOLIC = 4
STEM = {"regular": 80, "bold": 140}
MAP_HEAD = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
    b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
)
MAP_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"


class Pen:
    """`name` is the font's name among a page's resources. Letters that the font lacks are left out."""

    def __init__(self, weight: str, name: str) -> None:
        self.name = name
        self.measure = Measure(weight)
        self._weight = weight
        self._face = typeface(weight)
        self._used: dict[int, str] = {}
        self._shown: dict[str, str] = {}

    def show(self, text: str) -> str:
        """The operator that shows a text."""
        found = self._shown.get(text)
        if found is None:
            glyphs = self._face.glyphs
            known = [(glyphs[letter], letter) for letter in text if letter in glyphs]
            self._used.update(known)
            found = self._shown[text] = f"<{''.join([f'{glyph:04x}' for glyph, _ in known])}>Tj"
        return found

    def embed(self, pdf: Any) -> bytes | None:
        """Put the font into the document; its reference, None when nothing was written with it."""
        if not self._used:
            return None
        face, tag = self._face, f"/RPTBOT+{self._face.name}"
        body = face.subset(set(self._used))
        file = compressed(pdf, body, {"Length1": len(body)})
        descriptor = pydyf.Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": tag,
                "Flags": SYMBOLIC,
                "FontBBox": pydyf.Array(face.box),
                "ItalicAngle": 0,
                "Ascent": face.ascent,
                "Descent": face.descent,
                "CapHeight": face.cap_height,
                "StemV": STEM[self._weight],
                "FontFile2": file,
            }
        )
        pdf.add_object(descriptor)
        letters = pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": tag,
                "CIDSystemInfo": pydyf.Dictionary(
                    {"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0}
                ),
                "CIDToGIDMap": "/Identity",
                "FontDescriptor": descriptor.reference,
                "W": self._widths(),
            }
        )
        pdf.add_object(letters)
        font = pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": tag,
                "Encoding": "/Identity-H",
                "DescendantFonts": pydyf.Array([letters.reference]),
                "ToUnicode": compressed(pdf, self._meanings(), {}),
            }
        )
        pdf.add_object(font)
        return bytes(font.reference)

    def _widths(self) -> Any:
        widths = pydyf.Array()
        for glyph, letter in sorted(self._used.items()):
            widths += [glyph, pydyf.Array([round(self._face.advances[letter], 2)])]
        return widths

    def _meanings(self) -> bytes:
        """Which letter each glyph is, so that texts can be searched and read aloud."""
        pairs = [
            f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>"
            for glyph, letter in sorted(self._used.items())
        ]
        parts = [MAP_HEAD]
        for first in range(0, len(pairs), BATCH):
            some = pairs[first : first + BATCH]
            parts.append(f"{len(some)} beginbfchar\n{chr(10).join(some)}\nendbfchar\n".encode())
        return b"".join((*parts, MAP_TAIL))


def compressed(pdf: Any, body: bytes, extra: dict[str, Any]) -> bytes:
    """Put a stream into the document; its reference. Compressed once, at the level that costs least for its gain."""
    stream = pydyf.Stream([zlib.compress(body, 6)], {**extra, "Filter": "/FlateDecode"})
    pdf.add_object(stream)
    return bytes(stream.reference)
