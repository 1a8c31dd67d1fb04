"""Making a report: from what is wanted to a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from functions.generate_report.asking import Ask
from functions.generate_report.composing import composed
from functions.generate_report.document import Document
from functions.generate_report.gathering import gathered
from functions.generate_report.reports.catalogue import REPORTS
from functions.generate_report.speech import Speech
from functions.generate_report.wanted import FORMATS, Wanted, checked

__all__ = ["FORMATS", "Ask", "Made", "Progress", "Wanted", "checked", "make", "quick"]

# Percent done, 0 to 100, and the name of the stage: figures, charts, layout, writing. May raise to stop the work.
Progress = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file; `digest` is what a weekly letter says of it."""

    data: bytes
    media_type: str
    filename: str
    digest: Mapping[str, Any] | None = None


def make(wanted: Wanted, ask: Ask, progress: Progress) -> Made:
    """The report.

    Raises Temporary when a peer is away or a chart cannot be drawn, BadInput when this reader may not see what
    is asked, and whatever `progress` raises.
    """
    report = REPORTS[wanted.type]
    progress(0, "figures")
    material = gathered(wanted, report, ask, progress)
    progress(60, "layout")
    document = composed(material, report)
    progress(65, "writing")
    data, media_type = written(document, wanted.format, material.say)
    progress(100, "writing")
    digest = report.digest(material) if report.digest else None
    return Made(data, media_type, _filename(document, wanted.format), digest)


def written(document: Document, format_: str, say: Speech) -> tuple[bytes, str]:
    """A document as a file of one format, and its media type."""
    # Imported here: each format has a heavy library of its own.
    writer = import_module(f"functions.generate_report.writers.{format_}")
    return writer.write(document, say), writer.MEDIA_TYPE


def quick(wanted: Wanted) -> Wanted:
    """The short one of a kind: no cover, no lists of rows."""
    return replace(wanted, quick=True)


def _filename(document: Document, format_: str) -> str:
    """Letters, digits and dashes only, whatever the report is about."""
    span = document.first if document.first == document.last else f"{document.first}_{document.last}"
    return f"{document.type}-{span}.{format_}"
