"""What PDF/UA-1 asks of a document's structure, as far as it can be told from the file alone."""

import re
from collections.abc import Iterator
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

# What may stand directly in what (ISO 32000-1, 14.8.4).
INSIDE = {
    "/Table": {"/THead", "/TBody", "/TFoot", "/TR", "/Caption"},
    "/THead": {"/TR"},
    "/TBody": {"/TR"},
    "/TFoot": {"/TR"},
    "/TR": {"/TH", "/TD"},
    "/L": {"/LI", "/Caption"},
    "/LI": {"/Lbl", "/LBody"},
}
ONLY_IN = {"/TR": {"/Table", "/THead", "/TBody", "/TFoot"}, "/TH": {"/TR"}, "/TD": {"/TR"}}
PAINTING = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Do", "sh", "EI"}


def elements(reader: PdfReader) -> Iterator[tuple[Any, Any]]:
    """(element, its parent) of the whole tree, in the order of reading."""
    root: Any = reader.root_object["/StructTreeRoot"]
    for child in kids(root):
        yield from _below(child, root)


def _below(element: Any, parent: Any) -> Iterator[tuple[Any, Any]]:
    yield element, parent
    for child in kids(element):
        if "/S" in child:
            yield from _below(child, element)


def kids(element: Any) -> list[Any]:
    """The elements below one, marks left out."""
    below = element.get("/K", [])
    found = [each.get_object() for each in (below if isinstance(below, list) else [below])]
    return [each for each in found if isinstance(each, dict)]


def marks(element: Any) -> list[int]:
    """The numbers of an element's own marked content."""
    below = element.get("/K", [])
    return [int(each) for each in (below if isinstance(below, list) else [below]) if isinstance(each, int)]


def kinds(reader: PdfReader) -> list[str]:
    """The kind of every element."""
    return [element["/S"] for element, _ in elements(reader)]


def check(reader: PdfReader) -> None:
    """Raises AssertionError with what is wrong."""
    _document(reader)
    _nesting(reader)
    _owners(reader)
    for number, page in enumerate(reader.pages):
        _content(reader, page, number)
        _fonts(page)


def _document(reader: PdfReader) -> None:
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title
    assert b"pdfuaid" in root["/Metadata"].get_data()


def _nesting(reader: PdfReader) -> None:
    for element, parent in elements(reader):
        kind, above = element["/S"], parent.get("/S")
        assert element["/P"].get_object() is parent or element["/P"].get_object() == parent
        assert above not in INSIDE or kind in INSIDE[above], f"{kind} in {above}"
        assert kind not in ONLY_IN or above in ONLY_IN[kind], f"{kind} in {above}"
        if kind == "/Figure":
            assert element["/Alt"]
            assert len(element["/A"]["/BBox"]) == 4
        if kind == "/TH":
            assert element["/A"]["/Scope"] in ("/Column", "/Row")


def _owners(reader: PdfReader) -> None:
    """Each mark belongs to the element that the parent tree names for it."""
    root: Any = reader.root_object["/StructTreeRoot"]
    nums = root["/ParentTree"]["/Nums"]
    owners = {int(nums[i]): nums[i + 1].get_object() for i in range(0, len(nums), 2)}
    pages = {page.indirect_reference.idnum: page for page in reader.pages if page.indirect_reference}
    for element, _ in elements(reader):
        for mark in marks(element):
            page: Any = pages[element.raw_get("/Pg").idnum]
            assert owners[page["/StructParents"]][mark].get_object() == element


def _content(reader: PdfReader, page: PageObject, number: int) -> None:
    """Everything that is painted is either marked with a number of its own, or an artifact."""
    content = ContentStream(page["/Contents"].get_object(), reader)
    stack: list[bool] = []
    seen: list[int] = []
    for operands, operator in content.operations:
        name = operator.decode()
        if name in ("BDC", "BMC"):
            stack.append(True)
            if name == "BDC" and isinstance(operands[1], dict) and "/MCID" in operands[1]:
                seen.append(int(operands[1]["/MCID"]))
        elif name == "EMC":
            stack.pop()
        assert name not in PAINTING or stack, f"{name} on page {number + 1} is neither content nor artifact"
    assert stack == []
    assert sorted(seen) == list(range(len(seen))), "numbers are given once each"


def _fonts(page: PageObject) -> None:
    resources: Any = page["/Resources"]
    fonts: Any = resources["/Font"]
    for font in fonts.values():
        one = font.get_object()
        assert "/ToUnicode" in one
        (letters,) = one["/DescendantFonts"]
        descriptor = letters.get_object()["/FontDescriptor"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), one["/BaseFont"]


def text_of(reader: PdfReader) -> str:
    """All the text, every gap a single space."""
    return re.sub(r"[\s\xa0\u202f]+", " ", " ".join(page.extract_text() for page in reader.pages))


def rows(reader: PdfReader) -> list[list[list[str]]]:
    """Every table by its tags: rows of cells as they are read aloud."""
    texts = [_texts(reader, page) for page in reader.pages]
    pages = {
        page.indirect_reference.idnum: i for i, page in enumerate(reader.pages) if page.indirect_reference
    }
    tables: list[list[list[str]]] = []
    for element, _ in elements(reader):
        if element["/S"] == "/Table":
            tables.append([])
        elif element["/S"] == "/TR":
            tables[-1].append([_said(cell, texts, pages) for cell in kids(element)])
    return tables


def _said(element: Any, texts: list[dict[int, str]], pages: dict[int, int]) -> str:
    own = [texts[pages[element.raw_get("/Pg").idnum]].get(mark, "") for mark in marks(element)]
    below = [_said(child, texts, pages) for child in kids(element)]
    return re.sub(r"[\s\xa0\u202f]+", " ", " ".join((*own, *below))).strip()


def _texts(reader: PdfReader, page: PageObject) -> dict[int, str]:
    """What each mark of a page says."""
    resources: Any = page["/Resources"]
    maps = {name: _letters(font.get_object()) for name, font in resources["/Font"].items()}
    found: dict[int, str] = {}
    stack: list[int | None] = []
    letters: dict[int, str] = {}
    for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations:
        match operator:
            case b"BDC" | b"BMC":
                given = operands[1] if operator == b"BDC" else {}
                stack.append(int(given["/MCID"]) if "/MCID" in given else None)
            case b"EMC":
                stack.pop()
            case b"Tf":
                letters = maps[operands[0]]
            case b"Tj" | b"TJ":
                mark = next((each for each in reversed(stack) if each is not None), None)
                if mark is not None:
                    parts = operands[0] if operator == b"TJ" else [operands[0]]
                    said = "".join(
                        _read(part, letters) for part in parts if not isinstance(part, int | float)
                    )
                    found[mark] = f"{found[mark]} {said}" if mark in found else said
    return found


def _read(part: Any, letters: dict[int, str]) -> str:
    raw = part.original_bytes
    return "".join(
        letters.get(int.from_bytes(raw[i : i + 2], "big"), "\ufffd") for i in range(0, len(raw), 2)
    )


def _letters(font: Any) -> dict[int, str]:
    """What a font's glyphs mean."""
    text = font["/ToUnicode"].get_data().decode("latin-1")
    pairs = re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", text.split("beginbfchar", 1)[-1])
    return {int(glyph, 16): bytes.fromhex(letter).decode("utf-16-be") for glyph, letter in pairs}
