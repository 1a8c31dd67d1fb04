"""Whatever people are called: it is text in every format, nothing is run, fetched or broken by it."""

import io
import zipfile
from typing import Any

import pytest
from pypdf import PdfReader

from functions.generate_report.document import Document
from functions.generate_report.making import written
from tests.servers.echo import EchoServer
from tests.unit.reports import drafts, structure
from tests.unit.reports.reading import Page, csv_rows, csv_table, plain, sheets

NAMES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table><h1>Ура</h1>",
    "<style>* { display: none }</style>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    '=HYPERLINK("http://evil.example")',
    "+7 900 000-00-00",
    "-1+1",
    "@SUM(A1)",
    "＝1+1",
    "<r><t>1</t></r>",
    "a" * 900,
    "слово " * 200,
    "& &amp; &lt;b&gt; \" '",
    "\u202eнаоборот\u202c",
    "строка\nвторая\tтретья",
    "(скобки) \\ и ) обратная (",
    "]]> <!-- --> <?php ?>",
)


@pytest.fixture(scope="module")
def stranger() -> Any:
    """A server that would notice being asked."""
    with EchoServer("stranger") as server:
        yield server


def everywhere(name: str) -> Document:
    """A document with the name wherever a name can be."""
    table = drafts.table(drafts.row(name), title=name[:60], note=name[:90])
    chart = drafts.chart(title=name[:60])
    return drafts.document(
        chart,
        table,
        title="Отчёт",
        subtitle=name,
        filters=(("Предмет", name),),
        summary=(name,),
        compared=name,
    )


@pytest.mark.parametrize("name", NAMES)
def test_in_a_pdf(name: str) -> None:
    data, _ = written(everywhere(name), "pdf", drafts.RU)
    reader = PdfReader(io.BytesIO(data))
    structure.check(reader)
    assert reader.attachments == {}
    assert structure.kinds(reader).count("/Table") == 1
    assert structure.kinds(reader).count("/H1") == 1
    letters = "".join(structure.rows(reader)[0][1][0].split())
    assert letters[:20] == "".join(name.replace("\u202e", "").replace("\u202c", "").split())[:20]
    assert not any("/A" in str(page.get("/Annots", "")) for page in reader.pages)


@pytest.mark.parametrize("name", NAMES)
def test_in_a_page(name: str) -> None:
    data, _ = written(everywhere(name), "html", drafts.RU)
    page = Page(data)
    calm = Page(written(everywhere("Алиса"), "html", drafts.RU)[0])
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in calm.tags]
    assert [sorted(attrs) for _, attrs in page.tags] == [sorted(attrs) for _, attrs in calm.tags]
    assert plain(name)[:40] in plain(page.text)


@pytest.mark.parametrize("name", NAMES)
def test_in_a_workbook(name: str) -> None:
    data, _ = written(everywhere(name), "xlsx", drafts.RU)
    cells = [cell for rows in sheets(data).values() for row in rows for cell in row if isinstance(cell, str)]
    assert any(cell.removeprefix("'")[:30] == name[:30] for cell in cells)
    parts = zipfile.ZipFile(io.BytesIO(data))
    for part in parts.namelist():
        body = parts.read(part)
        assert b"<f>" not in body or part.startswith("xl/charts/")
        assert b"<hyperlink" not in body
        assert b'TargetMode="External"' not in body


@pytest.mark.parametrize("name", NAMES)
def test_in_text_tables(name: str) -> None:
    data, _ = written(everywhere(name), "csv", drafts.RU)
    for row in csv_rows(data):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "＝", "\t", "\r", "\n"))
            assert not cell.startswith("-") or cell[1:].replace(".", "").isdigit()
    if "\n" not in name:
        assert any(cell.removeprefix("'") == name for row in csv_rows(data) for cell in row)


@pytest.mark.parametrize("kind", ["pdf", "html", "xlsx", "csv"])
def test_nothing_is_fetched(stranger: EchoServer, kind: str) -> None:
    url = f"{stranger.url}/a.png"
    for name in (
        f'<img src="{url}">',
        f"url({url})",
        f'"><link rel=stylesheet href={url}>',
        url,
        "file:///etc/passwd",
    ):
        written(everywhere(name), kind, drafts.RU)
    assert stranger.connections == set()


def test_a_bom_lets_excel_read_russian() -> None:
    data, _ = written(drafts.document(drafts.table()), "csv", drafts.RU)
    assert data.startswith(b"\xef\xbb\xbf")
    assert csv_table(data, "Ученики")[0] == [column.label for column in drafts.COLUMNS]
