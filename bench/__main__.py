"""`python -m bench [NAME …]`: the benchmarks, each with a table here and a JSON file in var/bench."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import (
    backup,
    broadcast,
    charts,
    dashboard,
    exports,
    imports,
    ingest,
    letters,
    migration,
    pages,
    reports,
    rolling,
)

RESULTS = Path("var") / "bench"
BENCHES: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "broadcast": broadcast.run,
    "ingest": ingest.run,
    "dashboard": dashboard.run,
    "exports": exports.run,
    "reports": reports.run,
    "charts": charts.run,
    "imports": imports.run,
    "pages": pages.run,
    "letters": letters.run,
    "backup": backup.run,
    "migration": migration.run,
    "rolling": rolling.run,
}


def main() -> int:
    """Parse the arguments, run, show and keep."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which; all when left out: {', '.join(BENCHES)}")
    broadcast.add_arguments(parser.add_argument_group("broadcast"))
    ingest.add_arguments(parser.add_argument_group("ingest"))
    dashboard.add_arguments(parser.add_argument_group("dashboard"))
    exports.add_arguments(parser.add_argument_group("exports"))
    reports.add_arguments(parser.add_argument_group("reports"))
    charts.add_arguments(parser.add_argument_group("charts"))
    imports.add_arguments(parser.add_argument_group("imports"))
    pages.add_arguments(parser.add_argument_group("pages"))
    letters.add_arguments(parser.add_argument_group("letters"))
    backup.add_arguments(parser.add_argument_group("backup"))
    rolling.add_arguments(parser.add_argument_group("rolling"))
    given = parser.parse_args()
    unknown = sorted(set(given.names) - set(BENCHES))
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}")
    for name in given.names or BENCHES:
        figures = BENCHES[name](given)
        _show(name, figures)
        RESULTS.mkdir(parents=True, exist_ok=True)
        text = json.dumps(figures, ensure_ascii=False, indent=1)
        (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return 0


def _show(name: str, figures: dict[str, Any]) -> None:
    table = Table(title=name)
    table.add_column("figure")
    table.add_column("value", justify="right")
    for key, value in figures.items():
        table.add_row(key, str(value))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
