"""The drawing process: killed, stopped, orphaned, overfed. The answer is honest and soon, and nothing is left."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from functions.render_chart import drawing
from functions.render_chart.drawing import Order
from functions.render_chart.engine import Canvas
from lib.errors import BadInput, Temporary

CANVAS = Canvas(300, 200)
FIGURE = json.dumps({"data": [{"type": "bar", "x": ["a"], "y": [1]}], "layout": {}})
# Some seconds of work for plotly.js.
HEAVY = json.dumps({"data": [{"type": "scatter", "mode": "markers", "y": list(range(15_000))}], "layout": {}})


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    drawing.close()
    yield
    drawing.close()


def drawn(figure: str = FIGURE, form: str = "svg") -> bytes:
    return drawing.draw(Order(figure, CANVAS, form))


def workers(parent: int | None = None) -> list[psutil.Process]:
    """The living drawing processes of a process."""
    found = psutil.Process(parent).children(recursive=True)
    return [p for p in found if "functions.render_chart.worker" in p.cmdline()]


def gone(processes: list[psutil.Process]) -> bool:
    psutil.wait_procs(processes, timeout=10)
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_killed_or_stopped_while_it_draws_is_replaced_and_the_picture_comes(
    how: signal.Signals,
) -> None:
    drawn()
    (first,) = workers()
    with ThreadPoolExecutor(1) as pool:
        picture = pool.submit(drawn, HEAVY)
        time.sleep(0.2)
        began = time.monotonic()
        first.send_signal(how)
        assert picture.result().startswith(b"<svg")
        assert time.monotonic() - began < 10
    assert gone([first])
    assert drawn().startswith(b"<svg")
    assert len(workers()) == 1


def test_one_that_is_stopped_between_two_pictures_costs_nobody_an_error() -> None:
    drawn()
    (first,) = workers()
    first.suspend()
    assert drawn().startswith(b"<svg")
    assert gone([first])


def test_when_no_process_can_draw_the_answer_comes_within_ten_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn()
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/bin/cat")
        for process in workers():
            process.kill()
        began = time.monotonic()
        with pytest.raises(Temporary):
            drawn()
        assert time.monotonic() - began < 10
    assert drawn().startswith(b"<svg")


def test_a_figure_that_takes_too_long_is_given_up_and_the_next_one_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn()
    monkeypatch.setattr(drawing, "ATTEMPT_S", 0.3)
    with pytest.raises(Temporary, match="fewer points"):
        drawn(HEAVY)
    monkeypatch.undo()
    assert drawn().startswith(b"<svg")


def test_a_figure_that_wants_more_memory_than_there_is_does_not_end_the_function() -> None:
    # Ten million grid lines.
    greedy = {"data": [{"y": [1, 2]}], "layout": {"xaxis": {"range": [0, 1], "dtick": 1e-7, "tick0": 0}}}
    with pytest.raises((BadInput, Temporary), match=r"could not|cannot"):
        drawn(json.dumps(greedy))
    assert drawn().startswith(b"<svg")


def test_the_process_knows_no_secret_and_holds_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET_KEY", "not-for-the-one-who-draws")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody")
    drawn()
    (process,) = workers()
    assert not {"JWT_SECRET_KEY", "DATABASE_URL"} & set(process.environ())
    assert process.net_connections("inet") == []


def test_a_fat_process_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn()
    (first,) = workers()
    monkeypatch.setattr(drawing, "MOST_RESIDENT_BYTES", 1)
    assert drawn().startswith(b"<svg")
    assert gone([first])


def test_warming_starts_it_and_a_failure_to_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        without.setattr(drawing, "Process", lambda: (_ for _ in ()).throw(OSError("no room")))
        drawing.warm()
        assert workers() == []
    drawing.warm()
    running = workers()
    assert drawn().startswith(b"<svg")
    assert [p.pid for p in workers()] == [p.pid for p in running]


def test_closing_leaves_no_process_and_no_file() -> None:
    before = set(Path(tempfile.gettempdir()).iterdir())
    for form in ("svg", "png", "jpeg", "pdf"):
        assert drawn(form=form)
    running = workers()
    drawing.close()
    assert gone(running)
    assert {
        path for path in Path(tempfile.gettempdir()).iterdir() if path.name.startswith(("tmp", "weasy"))
    } <= before


def test_when_the_function_is_killed_its_drawing_process_ends_too() -> None:
    script = (
        "from functions.render_chart import drawing\n"
        "drawing.warm()\nprint('warm', flush=True)\nimport time\ntime.sleep(60)"
    )
    function = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=os.getcwd(), text=True
    )
    assert function.stdout is not None
    assert function.stdout.readline() == "warm\n"
    left = workers(function.pid)
    assert len(left) == 1
    # Even a stopped one.
    left[0].suspend()
    function.kill()
    function.communicate()
    assert gone(left)


def test_the_same_figure_gives_the_same_bytes_whatever_was_drawn_before() -> None:
    first = drawn()
    drawn(json.dumps({"data": [{"type": "pie", "values": [1, 2]}], "layout": {}}))
    assert drawn() == first
    drawing.close()
    assert drawn() == first
