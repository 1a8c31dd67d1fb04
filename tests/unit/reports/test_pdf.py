"""A document holds its own data only: nothing it refers to is fetched, from a network or from the disk."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from functions.generate_report.writers.pdf import printed
from tests.servers.echo import EchoServer


@pytest.fixture
def stranger() -> Iterator[EchoServer]:
    """A server that would notice being asked."""
    with EchoServer("stranger") as server:
        yield server


def page(body: str, head: str = "") -> str:
    return f'<!doctype html><html lang="ru"><head><title>Проба</title>{head}</head><body>{body}</body></html>'


def nested_svg(url: str) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{url}" width="9"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@pytest.mark.parametrize(
    "body",
    [
        '<img src="{url}/a.png" alt="a">',
        '<object data="{url}/a.svg"></object><embed src="{url}/b.svg">',
        '<p style="background: url({url}/a.png)">p</p>',
        '<style>@import url("{url}/a.css"); @font-face {{ font-family: f; src: url("{url}/a.ttf") }}'
        "p {{ font-family: f }}</style><p>p</p>",
        '<a rel="attachment" href="{url}/a.txt">a</a>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}/a.png" width="9" height="9"/></svg>',
        '<img src="{svg}" alt="svg">',
    ],
)
def test_nothing_is_fetched_from_a_network(stranger: EchoServer, body: str) -> None:
    svg = nested_svg(f"{stranger.url}/inner.png")
    document = printed(page(body.format(url=stranger.url, svg=svg)))
    assert document.startswith(b"%PDF-")
    assert stranger.connections == set()


def test_a_style_sheet_of_a_stranger_is_not_asked_for(stranger: EchoServer) -> None:
    printed(page("<p>p</p>", head=f'<link rel="stylesheet" href="{stranger.url}/a.css">'))
    assert stranger.connections == set()


def test_no_file_of_this_machine_ends_up_in_a_document(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not tell")
    link = f'<a rel="attachment" href="{secret.as_uri()}">a</a><img src="{secret.as_uri()}" alt="">'
    reader = PdfReader(io.BytesIO(printed(page(link))))
    assert reader.attachments == {}
    contents = [page.get_contents() for page in reader.pages]
    assert b"do not tell" not in b"".join(each.get_data() for each in contents if each is not None)


def test_data_of_its_own_is_drawn() -> None:
    picture = (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    body = f'<p>Рядом</p><img src="data:image/png;base64,{picture}" alt="Точка">'
    (first,) = PdfReader(io.BytesIO(printed(page(body)))).pages
    assert len(first.images) == 1
    assert "Рядом" in first.extract_text()
