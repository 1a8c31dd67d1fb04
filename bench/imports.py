"""What starting each function costs: seconds and memory of a process that has imported it, and which heavy libraries.

Each is imported in a fresh interpreter, three times; the median counts. The peer is an interpreter that imports
nothing.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.functions import ROOT

ROUNDS = 3
HEAVY = (
    "plotly",
    "weasyprint",
    "pandas",
    "numpy",
    "boto3",
    "xlsxwriter",
    "telegram",
    "PIL",
    "py_mini_racer",
    "fontTools",
)
MEASURE = """
import json, sys, time
began = time.perf_counter()
if len(sys.argv) > 1:
    __import__(f"functions.{sys.argv[1]}.main")
heavy = [name for name in %r if name in sys.modules]
status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps([time.perf_counter() - began, peak, heavy]))
"""


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """This benchmark has no options."""
    del group


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Run it; the figures by name."""
    del given
    names = sorted(path.parent.name for path in Path(ROOT, "functions").glob("*/main.py"))
    return {"bare python": _words(_measured())} | {name: _words(_measured(name)) for name in names}


def _measured(*name: str) -> tuple[float, float, list[str]]:
    taken = []
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", MEASURE % (HEAVY,), *name]
        out = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: S603 - our own words
        taken.append(json.loads(out.stdout))
    return statistics.median(t[0] for t in taken), statistics.median(t[1] for t in taken), taken[0][2]


def _words(measured: tuple[float, float, list[str]]) -> str:
    seconds, megabytes, heavy = measured
    return f"{seconds * 1000:.0f} ms, {megabytes:.0f} MB{', ' + ', '.join(heavy) if heavy else ''}"
