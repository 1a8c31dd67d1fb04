"""The PDF's tags: what a screen reader needs, whoever drew what."""

import io
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from pypdf import PdfReader

from functions.generate_report.document import Block, Document
from functions.generate_report.writers import pdf
from tests.unit.reports import drafts, structure
from tests.unit.reports.reading import plain

STRANGE = (
    "漢字の名前",
    "محمد علي",
    "Ёжик 🦔 в тумане",
    "שלום",
    "नमस्ते",
    "z\u0335a\u0335l\u0335g\u0335o\u0335",
)


def written(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.write(document, drafts.RU)))


@pytest.mark.parametrize(
    "blocks",
    [
        (drafts.table(),),
        (drafts.chart(),),
        (
            drafts.chart(),
            drafts.table(*[drafts.row(f"s-{i}") for i in range(70)]),
            drafts.table(),
            drafts.chart(),
        ),
        tuple(drafts.table(*[drafts.row(f"s-{i}") for i in range(n)]) for n in (1, 30, 400, 2)),
        (drafts.table(*[drafts.row(name) for name in STRANGE * 20]),),
    ],
)
@pytest.mark.parametrize("full", [False, True])
def test_every_document_is_tagged_as_the_standard_asks(blocks: tuple[Block, ...], full: bool) -> None:
    reader = written(drafts.document(*blocks, full=full))
    structure.check(reader)
    tables = sum(block in blocks for block in blocks if not hasattr(block, "alt"))
    assert structure.kinds(reader).count("/Table") == tables


def test_a_long_table_is_one_table_over_all_its_pages_with_every_row_once() -> None:
    names = [f"s-{i}" for i in range(500)]
    reader = written(drafts.document(drafts.table(*[drafts.row(name) for name in names])))
    (rows,) = structure.rows(reader)
    assert rows[0] == ["Ученик", "Уроков", "Посещаемость", "Оплачено", "Когда"]
    assert [row[0] for row in rows[1:]] == names
    assert rows[1][1:] == ["1 234", "91,4 %", "1 500,50 ₽", "22 нояб. 2026, 15:30"]
    assert len(reader.pages) > 8


def test_the_head_is_on_every_page_and_read_aloud_once() -> None:
    reader = written(drafts.document(drafts.table(*[drafts.row(f"s-{i}") for i in range(200)])))
    pages = [page.extract_text() for page in reader.pages]
    assert all("Посещаемость" in text for text in pages if "s-" in text)
    assert structure.kinds(reader).count("/THead") == 1


def test_letters_that_our_font_lacks_are_read_in_their_cells() -> None:
    reader = written(drafts.document(drafts.table(*[drafts.row(name) for name in STRANGE])))
    (rows,) = structure.rows(reader)
    for row, name in zip(rows[1:], STRANGE, strict=True):
        assert sorted(unicodedata.normalize("NFKC", row[0]).replace(" ", "")) == sorted(name.replace(" ", ""))
        assert row[1] == "1 234"


def test_the_foot_of_every_page_says_period_moment_receipt_and_page() -> None:
    reader = written(drafts.document(drafts.table(*[drafts.row(f"s-{i}") for i in range(100)]), full=True))
    for number, page in enumerate(reader.pages, 1):
        text = " ".join(page.extract_text().split())
        of_all = f"Стр. {number} из {len(reader.pages)}"
        for said in ("16 ноября 2026", "22 нояб. 2026, 15:00", drafts.RECEIPT[:16], of_all):
            assert said in text


def test_headings_are_bookmarks_and_no_level_is_left_out() -> None:
    reader = written(drafts.document(drafts.table(), full=True))
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert titles[0] == "Отчёт об уроках"
    levels = [int(kind[2]) for kind in structure.kinds(reader) if kind[:2] == "/H" and kind[2:].isdigit()]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_title_and_the_language_are_those_of_the_report() -> None:
    reader = written(drafts.document(subtitle="Алиса", title="Успехи ученика"))
    assert reader.metadata is not None
    assert (reader.metadata.title or "").startswith("Успехи ученика: Алиса, 16 ноября")
    assert str(reader.root_object["/Lang"]) == "ru"


def test_a_chart_is_a_figure_whose_letters_can_be_searched() -> None:
    reader = written(drafts.document(drafts.chart()))
    (figure,) = [element for element, _ in structure.elements(reader) if element["/S"] == "/Figure"]
    assert figure["/Alt"] == "Столбцы: Уроки."
    assert "Уроки, ₽" in structure.text_of(reader)


def test_a_picture_with_marks_that_are_not_known_here_is_drawn_all_the_same() -> None:
    svg = drafts.SVG.replace(b"</svg>", b"<ellipse cx='9' cy='9' rx='5' ry='3' fill='#c98300'/></svg>")
    reader = written(drafts.document(drafts.chart(svg), drafts.chart()))
    structure.check(reader)
    assert structure.text_of(reader).count("Уроки, ₽") == 2


def test_reports_can_be_written_side_by_side() -> None:
    drafted = [
        drafts.document(drafts.chart(), drafts.table(*[drafts.row(f"s-{i}") for i in range(n)]))
        for n in (3, 90)
    ]
    alone = [structure.text_of(written(each)) for each in drafted]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(written, drafted * 6))
    for i, reader in enumerate(together):
        structure.check(reader)
        assert structure.text_of(reader) == alone[i % 2]


def test_letters_that_our_font_lacks_stand_in_the_line_of_their_row() -> None:
    names = ["→а", "→б", "→в", "→г", "→д"]
    reader = written(
        drafts.document(drafts.table(*[drafts.row(name, 1111 * (i + 1)) for i, name in enumerate(names)]))
    )
    heights: dict[str, float] = {}

    def see(text: str, matrix: list[float], text_matrix: list[float], *_: object) -> None:
        heights[plain(text)[:7]] = matrix[3] * text_matrix[5] + matrix[5]

    reader.pages[0].extract_text(visitor_text=see)
    for i, name in enumerate(names, 1):
        assert heights[name[1]] == pytest.approx(heights[f"{i} {i}{i}{i} 9"], abs=1.5)
