"""The structure of a tagged PDF, as WeasyPrint leaves it to a finisher: found, and added to."""

from collections.abc import Iterable
from typing import Any

import pydyf  # type: ignore[import-untyped]  # ships no py.typed

Numbers = list[int]


class Element(pydyf.Object):  # type: ignore[misc]  # of no known type
    """An element of the structure, written already: there are tens of thousands of them."""

    def __init__(self, written: bytes) -> None:
        super().__init__()
        self.written = written

    @property
    def data(self) -> bytes:
        """As it stands in the file."""
        return self.written


class Tree:
    """The structure of a document whose pages are laid out and tagged."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.pages: list[bytes] = list(pdf.page_references)
        root = self.at(pdf.catalog["StructTreeRoot"])
        nums = self.at(root["ParentTree"])["Nums"]
        # Page number and the owners of its marks take turns; annotations follow.
        self._owners: list[Any] = [nums[2 * page + 1] for page in range(len(self.pages))]

    def at(self, reference: bytes) -> Any:
        """The object that a reference names."""
        return self.pdf.objects[int(reference.split(b" ", 1)[0])]

    def elements(self, kind: str) -> list[Any]:
        """All elements of a kind, in the order of the document: they were made in that order."""
        wanted = f"/{kind}"
        return [each for each in self.pdf.objects if isinstance(each, dict) and each.get("S") == wanted]

    def next_number(self) -> int:
        """The number that the next object gets."""
        return len(self.pdf.objects)

    def add(self, written: bytes) -> bytes:
        """One more element; its reference."""
        element = Element(written)
        self.pdf.add_object(element)
        return b"%d 0 R" % element.number

    def next_mark(self, page: int) -> int:
        """The number of the next marked content of a page (from 0)."""
        return len(self._owners[page])

    def own(self, page: int, owners: Iterable[bytes]) -> None:
        """Say whose the next marks of a page are, in their order."""
        self._owners[page].extend(owners)

    def detach(self, element: Any) -> None:
        """Take an element out of the tree."""
        kids = self.at(element["P"])["K"]
        kids.remove(element.reference)
