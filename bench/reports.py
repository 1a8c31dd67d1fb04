"""Reports: how long people wait for one, and what a long one takes.

The quick one is asked for over its route, with its figures and its chart from the functions that really make them.
The comprehensive one has six real charts and as many made-up rows as wanted, and is written by our writer and by a
plain template: the same tables as HTML, the same pictures as inline SVG, one `write_pdf`. Each writing has a process
of its own, whose highest memory is told, and so does the second of two, when fonts and styles have been read.
"""

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import escape

from functions.generate_report import making
from functions.generate_report.asking import Ask
from functions.generate_report.composing import composed
from functions.generate_report.document import Chart, Document, Section, Table
from functions.generate_report.gathering import gathered
from functions.generate_report.reports.catalogue import REPORTS
from functions.generate_report.speech import Speech
from functions.render_chart import drawing
from lib.auth.tokens import mint
from lib.db import migrations
from lib.local.servers.postgres import PostgresServer
from lib.runtime.logs import configure
from lib.runtime.settings import Settings
from lib.testing.simulator.school import events as simulated
from tests.integration.runtime.served import Served

Json = dict[str, Any]
NAMES = ("aggregate_events", "query_analytics", "render_chart", "generate_report", "manage_recipients")
BATCH = "application/cloudevents-batch+json"
QUICK = "/api/v1/reports/quick/lesson?days=7&format=pdf"
STYLE = (
    "@page { size: A4; margin: 16mm } body { font: 8pt 'Noto Sans' } svg { width: 100% } "
    "table { width: 100%; border-collapse: collapse } td, th { border-bottom: 0.4pt solid #ccc; padding: 1mm }"
)
TIMES = 15


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument(
        "--report-rows", type=int, default=1_000, help="of the comprehensive one; default 1,000"
    )
    group.add_argument("--report-most-rows", type=int, default=5_000, help="of the long one; default 5,000")


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    with tempfile.TemporaryDirectory() as folder, PostgresServer(Path(folder) / "postgres") as server:
        migrations.upgrade(server.url())
        settings = Settings(database_url=server.url(), environment="test", log_level="WARNING")
        configure(settings)
        with Served(settings, *NAMES) as school:
            _fill(school)
            figures = _quick(school)
            seconds, document = _gathered(school)
            drawing.close()
    figures["comprehensive_gathering_seconds"] = round(seconds, 2)
    return {**figures, **_compared(document, given.report_rows), **_long(document, given.report_most_rows)}


def _fill(school: Served) -> None:
    """Two months of a school up to the day that its clock shows."""
    events = list(simulated(students=40, days=75, seed=7, until=date(2026, 11, 23)))
    for first in range(0, len(events), 1000):
        some = events[first : first + 1000]
        door = school["aggregate_events"]
        answer = door.post("/api/v1/events", json=some, content_type=BATCH, role="service")
        assert answer.status_code == 202, answer.text  # noqa: S101 - nothing to measure otherwise


def _quick(school: Served) -> Json:
    """By its route, after the first one has warmed everything up."""

    def ask() -> None:
        answer = school["generate_report"].get(QUICK)
        assert answer.status_code == 200, answer.text  # noqa: S101 - nothing to measure otherwise

    first, *others = (_seconds(ask) for _ in range(TIMES + 1))
    others.sort()
    return {
        "quick_first_ms": round(first * 1000),
        "quick_p50_ms": round(statistics.median(others) * 1000),
        "quick_worst_ms": round(others[-1] * 1000),
    }


def _gathered(school: Served) -> tuple[float, Document]:
    """Six charts, all figures and rows; the seconds of the best of three."""
    services = school["generate_report"].services
    ask = Ask(services.peers, mint(school.settings, role="admin", sub="bench"), services.db)
    wanted, report = making.checked("comprehensive", "pdf", {"days": 30}), REPORTS["comprehensive"]
    found: list[Document] = []

    def gather() -> None:
        found.append(composed(gathered(wanted, report, ask, lambda *_: None), report))

    return min(_seconds(gather) for _ in range(3)), found[-1]


def with_rows(document: Document, rows: int) -> Document:
    """The same with so many rows in its list of lessons, six cells each that people read."""

    def longer(part: Section) -> Section:
        blocks = [
            replace(block, rows=(list(block.rows) * (rows // len(block.rows) + 1))[:rows])
            if isinstance(block, Table) and block.columns[0].key == "starts_at"
            else block
            for block in part.blocks
        ]
        return replace(part, blocks=tuple(blocks))

    return replace(document, sections=tuple(longer(part) for part in document.sections))


def _compared(document: Document, rows: int) -> Json:
    document = with_rows(document, rows)
    ours, peer = _alone(ours_written, document), _alone(plainly_written, document)
    return {
        "comprehensive_rows": rows,
        "comprehensive_seconds": round(ours[0], 2),
        "comprehensive_memory_mb": ours[1],
        "comprehensive_kb": ours[2],
        "peer_template_seconds": round(peer[0], 2),
        "peer_template_memory_mb": peer[1],
        "peer_template_kb": peer[2],
        "peer_to_ours": round(peer[0] / ours[0], 1),
    }


def _long(document: Document, rows: int) -> Json:
    seconds, memory, size = _alone(ours_written, with_rows(document, rows))
    return {"long_rows": rows, "long_seconds": round(seconds, 2), "long_memory_mb": memory, "long_kb": size}


def _alone(write: Callable[[Document], bytes], document: Document) -> tuple[float, int, int]:
    """Seconds, highest megabytes and kilobytes written, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (write, document))


def _measured(write: Callable[[Document], bytes], document: Document) -> tuple[float, int, int]:
    write(with_rows(document, 10))
    started = time.perf_counter()
    written = write(document)
    seconds = time.perf_counter() - started
    # Of this program alone: what getrusage tells begins with what its parent held.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (each for each in status.splitlines() if each.startswith("VmHWM"))
    return seconds, int(line.split()[1]) // 1024, len(written) // 1024


def ours_written(document: Document) -> bytes:
    """By the report's own writer."""
    return making.written(document, "pdf", Speech(document.locale, document.tz))[0]


def plainly_written(document: Document) -> bytes:
    """By a plain template: tables as they come, pictures inline."""
    from weasyprint import HTML

    say = Speech(document.locale, document.tz)
    parts = [_plain(block, say) for part in document.sections for block in part.blocks]
    page = (
        f'<html lang="{document.locale}"><head><title>{document.title}</title><style>{STYLE}</style></head>'
    )
    body: bytes = HTML(string=f"{page}<body>{''.join(parts)}</body></html>").write_pdf(pdf_variant="pdf/ua-1")
    return body


def _plain(block: object, say: Speech) -> str:
    if isinstance(block, Chart):
        return block.pictures["print"].decode()
    if not isinstance(block, Table):
        return ""
    shown = [i for i, column in enumerate(block.columns) if column.kind != "currency"]
    head = "".join(f"<th>{escape(block.columns[i].label)}</th>" for i in shown)
    rows = (
        "".join(f"<td>{escape(say.value(block.columns[i].kind, row[i]))}</td>" for i in shown)
        for row in block.rows
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<h2>{escape(block.title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
