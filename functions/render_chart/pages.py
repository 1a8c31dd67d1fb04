"""The interactive chart as one file: plotly.js inside, nothing from a network, words for those who do not see it."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Any

from functions.render_chart.engine import plotly_js

WORDS = {"ru": {"table": "Таблица"}, "en": {"table": "Table"}}
STYLE = """
:root { color-scheme: light dark }
body { margin: 0; font: 16px/1.5 "Noto Sans", system-ui, sans-serif; background: PAPER; color: INK }
main { max-width: 1200px; margin: 0 auto; padding: 16px }
#chart { width: 100%; height: HEIGHTpx }
details { margin-top: 16px }
summary { cursor: pointer; padding: 8px 0 }
div.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: 14px }
caption { text-align: left; padding-bottom: 8px }
th, td { text-align: left; padding: 4px 16px 4px 0; border-bottom: 1px solid GRID; white-space: nowrap }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
"""
# A figure's room is reckoned for its width: the page holds several and shows the widest that fits.
WIDTHS = (640, 320)
START = """
const figures = JSON.parse(document.getElementById("figures").textContent), chart = document.getElementById("chart");
const fitting = () => figures.find(each => each.width <= chart.clientWidth) ?? figures[figures.length - 1];
const options = {responsive: true, displaylogo: false, displayModeBar: false};
let shown = fitting();
Plotly.newPlot(chart, shown.data, shown.layout, options);
addEventListener("resize", () => {
  if (fitting() === shown) return;
  shown = fitting();
  Plotly.react(chart, shown.data, shown.layout, options);
});
"""


@cache
def _library() -> tuple[str, str]:
    """plotly.js, and its hash as a Content Security Policy names it."""
    source = plotly_js().replace("</script", "<\\/script")
    return source, _hash(source)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy() -> str:
    """What the page may do: run its own two scripts, nothing else; pictures only from itself."""
    return (
        f"default-src 'none'; script-src {_library()[1]} {_hash(START)}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def page(figures: Mapping[int, Mapping[str, Any]], *, height: int) -> str:
    """A whole HTML document around a chart: the same figure by the width that it was made for, the widest first.

    `height` of the chart in CSS pixels.
    """
    layout = next(iter(figures.values()))["layout"]
    meta = layout["meta"]
    say = WORDS[meta["locale"]]
    colours = {
        "PAPER": layout["paper_bgcolor"],
        "INK": layout["font"]["color"],
        "GRID": "rgba(128,128,128,.35)",
    }
    style = STYLE.replace("HEIGHT", str(height))
    for name, colour in colours.items():
        style = style.replace(name, colour)
    shown = [
        {"width": width, "data": each["data"], "layout": {**each["layout"], "autosize": True}}
        for width, each in figures.items()
    ]
    return (
        f'<!doctype html><html lang="{meta["locale"]}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy(), quote=True)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(meta['title'])}</title><style>{style}</style></head><body><main>"
        f'<div id="chart" role="img" aria-label="{escape(meta["alt"], quote=True)}"></div>'
        f"<details><summary>{say['table']}</summary>{_table(meta)}</details></main>"
        f'<script type="application/json" id="figures">{_json(shown)}</script>'
        f"<script>{_library()[0]}</script><script>{START}</script></body></html>"
    )


def _json(value: Any) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _table(meta: Mapping[str, Any]) -> str:
    columns = meta["table"]["columns"]
    kinds = [' class="n"' if column["format"] != "text" else "" for column in columns]
    head = "".join(
        f'<th scope="col"{kind}>{escape(column["label"])}</th>'
        for column, kind in zip(columns, kinds, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{_cell(value)}</td>" for value, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in meta["table"]["rows"]
    )
    caption = f"{meta['title']}. {meta['finding']}"
    return (
        f'<div class="wide" tabindex="0"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(value: Any) -> str:
    return "—" if value is None else escape(str(value))
