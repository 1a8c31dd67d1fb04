"""Every report as its reader sees it: the pages of its PDF as one sheet, from a small simulated school."""

import io
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from functions.generate_report.wanted import PARAMETERS
from tests.integration.reports.making import made
from tests.integration.runtime.served import Served
from tests.pictures.school import MONTH, STUDENT, TUTOR

SHEETS = Path(__file__).parents[2] / "docs" / "gallery" / "reports"
LOCALES = ("ru", "en")
ALL = [(type_, locale) for type_ in PARAMETERS for locale in LOCALES]
WHOM = {"student": {"student_id": STUDENT}, "tutor": {"tutor_id": TUTOR}}
DOTS_PER_INCH, ACROSS, GAP = 60, 6, 6


def sheet(running: Served, type_: str, locale: str) -> Image.Image:
    """All pages of one report, six in a row."""
    pdf = made(running, type_, "pdf", locale, **MONTH, **WHOM.get(type_, {})).data
    pages = list(_pages(pdf))
    wide, high = pages[0].size
    rows = -(-len(pages) // ACROSS)
    size = (GAP + min(len(pages), ACROSS) * (wide + GAP), GAP + rows * (high + GAP))
    paper = Image.new("RGB", size, "#8a8a8a")
    for number, page in enumerate(pages):
        left, top = number % ACROSS, number // ACROSS
        paper.paste(page, (GAP + left * (wide + GAP), GAP + top * (high + GAP)))
    return paper


def _pages(pdf: bytes) -> Iterator[Image.Image]:
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-png", "-", f"{folder}/page"]
        subprocess.run(command, input=pdf, check=True)
        for path in sorted(Path(folder).iterdir()):
            yield Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
