"""Pictures of charts: how soon, how many a second, in how much memory, beside Kaleido's warm server.

The function runs behind its own server and is asked over HTTP; Kaleido draws the same figures in this process, its
browser kept open as it recommends. Both draw our ten charts one after the other, with another title each time.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import kaleido
import psutil

from bench.functions import Instance, running
from functions.render_chart.catalogue import CHARTS
from functions.render_chart.drawing import content
from functions.render_chart.figures.look import Look
from lib.testing.answers.school import School
from lib.testing.answers.sources import SOURCES

Json = dict[str, Any]
ANALYTICS = "/api/v1/analytics/"
SIZE = {"width": 900, "height": 500}
AT_ONCE = 4
ROUNDS = 4


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """The options of this benchmark."""
    group.add_argument("--pictures", type=int, default=80, help="of each format; default 80")


def run(given: argparse.Namespace) -> Json:
    """Run it; the figures by name."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        with running(Path(folder), ["render_chart"], {"DATABASE_URL": "", "REDIS_URL": ""}) as (function,):
            _picture(function, figure(0), "svg")
            cold = time.monotonic() - began
            result = {"cold: start to first picture s": round(cold, 2)}
            kaleido.start_sync_server(n=1, silence_warnings=True)
            try:
                result |= _compared(function, given.pictures)
            finally:
                kaleido.stop_sync_server(silence_warnings=True)
    return result


def _compared(function: Instance, pictures: int) -> Json:
    each = max(1, pictures // ROUNDS)
    ours: dict[str, list[float]] = {"svg": [], "png": []}
    theirs: dict[str, list[float]] = {"svg": [], "png": []}
    rates: list[float] = []
    _by_kaleido(figure(1), "svg")
    for _ in range(ROUNDS):
        for form in ("svg", "png"):
            ours[form] += _times(partial(_picture, function, form=form), each)
            theirs[form] += _times(partial(_by_kaleido, form=form), max(2, each // 4))
        rates.append(_rate(function, 2 * each))
    kaleido_rate = 1000 / statistics.median(theirs["svg"])
    return {
        "SVG p50 ms": round(statistics.median(ours["svg"])),
        "PNG p50 ms": round(statistics.median(ours["png"])),
        "Kaleido SVG p50 ms": round(statistics.median(theirs["svg"])),
        "Kaleido PNG p50 ms": round(statistics.median(theirs["png"])),
        "SVG a second, 4 at once": round(statistics.median(rates), 1),
        "Kaleido SVG a second": round(kaleido_rate, 1),
        "times Kaleido": round(statistics.median(rates) / kaleido_rate, 1),
        "memory MB": _memory(_server()),
        "Kaleido memory MB": _memory(_browser()),
    }


@cache
def _charts() -> list[str]:
    """The ten charts in their usual kinds, of a month of a school, as JSON."""
    school = School()
    return [
        content(chart.build(SOURCES[chart.source.removeprefix(ANALYTICS)](school), Look(chart.kinds[0])))
        for chart in CHARTS.values()
    ]


def figure(number: int) -> Json:
    """One after the other, each time with another title: nothing was drawn before."""
    charts = _charts()
    shown: Json = json.loads(charts[number % len(charts)])
    shown["layout"]["title"]["text"] += f" {number}"
    return shown


def _picture(function: Instance, shown: Json, form: str) -> None:
    path = f"/api/v1/charts/render?format={form}&width={SIZE['width']}&height={SIZE['height']}"
    answer = function.ask("POST", path, json.dumps(shown).encode())
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {answer.data[:300]!r}")


def _by_kaleido(shown: Json, form: str) -> None:
    kaleido.calc_fig_sync(shown, opts={"format": form, "scale": 1, **SIZE})


_seed = iter(range(2, 1_000_000))


def _times(draw: Callable[[Json], None], count: int) -> list[float]:
    taken = []
    for _ in range(count):
        shown = figure(next(_seed))
        began = time.monotonic()
        draw(shown)
        taken.append((time.monotonic() - began) * 1000)
    return taken


def _rate(function: Instance, count: int) -> float:
    shown = [figure(next(_seed)) for _ in range(count)]
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda each: _picture(function, each, "svg"), shown))
    return count / (time.monotonic() - began)


def _server() -> list[psutil.Process]:
    return _descendants("lib.runtime.serve", "functions.render_chart.worker")


def _browser() -> list[psutil.Process]:
    return _descendants("chrom")


def _descendants(*words: str) -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        line = " ".join(process.cmdline())
        if any(word in line for word in words):
            found.append(process)
    return found


def _memory(processes: list[psutil.Process]) -> int:
    """Proportional set sizes together: what is shared counts once."""
    return round(sum(process.memory_full_info().pss for process in processes) / 1e6)
