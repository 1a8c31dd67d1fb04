"""Charts are plain data: no plotting library is loaded to make them."""

import json
import subprocess
import sys

SCRIPT = """
import json, sys
from functions.render_chart.catalogue import CHARTS
from functions.render_chart.figures.look import Look
from lib.testing.answers.school import School
from lib.testing.answers.sources import SOURCES
for chart in CHARTS.values():
    answer = SOURCES[chart.source.removeprefix("/api/v1/analytics/")](School(days=100))
    for kind in chart.kinds:
        chart.build(answer, Look(kind))
heavy = ("plotly", "numpy", "pandas", "kaleido", "weasyprint")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


def test_making_every_chart_loads_neither_plotly_nor_numpy_nor_pandas() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == []
