"""Pictures of the dashboards' layouts, without a Grafana: `python -m tests.monitoring.grid FOLDER`."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

DASHBOARDS = Path(__file__).resolve().parents[2] / "config" / "grafana" / "dashboards"
WIDTH = 24
CELL_W, CELL_H = 50, 30
COLOURS = {
    "row": "#d8dee9",
    "stat": "#cfe8cf",
    "timeseries": "#cfe0f5",
    "text": "#f6efc8",
    "table": "#eadcf2",
}


def dashboards() -> list[Path]:
    """The files that Grafana loads."""
    return sorted(DASHBOARDS.glob("*.json"))


def read(path: Path) -> dict[str, Any]:
    """One of them."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def cells(panel: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """The cells of the grid that a panel takes: (column, line)."""
    at = panel["gridPos"]
    for line in range(at["y"], at["y"] + at["h"]):
        for column in range(at["x"], at["x"] + at["w"]):
            yield column, line


def drawn(dashboard: dict[str, Any]) -> str:
    """The layout as an SVG: boxes with their titles."""
    lines = 1 + max(line for panel in dashboard["panels"] for _, line in cells(panel))
    boxes = "".join(_box(panel) for panel in dashboard["panels"])
    size = f'width="{WIDTH * CELL_W}" height="{lines * CELL_H}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size} fill="white"/>{boxes}</svg>'


def _box(panel: dict[str, Any]) -> str:
    at, colour = panel["gridPos"], COLOURS.get(panel["type"], "#f5d9cf")
    x, y, w, h = at["x"] * CELL_W, at["y"] * CELL_H, at["w"] * CELL_W, at["h"] * CELL_H
    place = f'x="{x + 2}" y="{y + 2}" width="{w - 4}" height="{h - 4}"'
    words = escape(f"{panel['title']} ({panel['type']})" if panel["type"] != "row" else panel["title"])
    text = f'<text x="{x + 8}" y="{y + 20}" font-family="DejaVu Sans" font-size="12">{words}</text>'
    return f'<rect {place} rx="3" fill="{colour}" stroke="#667"/>{text}'


def main() -> None:
    """Draw each dashboard into the folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.monitoring.grid", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the SVG files go")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for path in dashboards():
        picture = folder / f"{path.stem}.svg"
        picture.write_text(drawn(read(path)), encoding="utf-8")
        print(picture)


if __name__ == "__main__":
    main()
