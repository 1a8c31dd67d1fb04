"""`make gallery`: draws every chart and every report anew into docs/gallery, to be looked at and kept.

The charts that are kept there are what the tests compare with: look at the change before you keep it.
"""

import argparse
import logging
import sys
from pathlib import Path

from PIL import Image
from rich.progress import track

from functions.render_chart import drawing
from functions.render_chart.catalogue import CHARTS
from lib.runtime.logs import configure
from lib.runtime.settings import Settings
from tests.pictures import charts, reports
from tests.pictures.school import school

INDEX = charts.SHEETS.parent / "README.md"
HEAD = """# Gallery

Drawn by `make gallery` from a simulated school of twenty students. Charts: every kind in the light, the dark and the
print theme, first in Russian, then in English. Reports: the pages of the PDF.
"""


def main() -> int:
    """Draw all, or what is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument(
        "names", nargs="*", help=f"which charts, or reports; all when left out: {', '.join(CHARTS)}"
    )
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - {*CHARTS, "reports"}):
        parser.error(f"there is no {unknown[0]!r}")
    configure(Settings(log_level="ERROR"))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    wanted = given.names or [*CHARTS, "reports"]
    for name in track([each for each in wanted if each in CHARTS], description="Charts "):
        _keep(charts.sheet(CHARTS[name]), charts.path_of(CHARTS[name]))
    if "reports" in wanted:
        with school() as running:
            for type_, locale in track(reports.ALL, description="Reports"):
                _keep(reports.sheet(running, type_, locale), reports.SHEETS / f"{type_}-{locale}.png")
    drawing.close()
    INDEX.write_text(index(), encoding="utf-8")
    return 0


def index() -> str:
    """The page that shows them all."""
    lines = [HEAD, "## Charts\n"]
    lines += [
        f"### {chart.title['en']} (`{name}`)\n\n![{name}](charts/{name}.png)\n"
        for name, chart in CHARTS.items()
    ]
    lines.append("## Reports\n")
    lines += [
        f"### `{type_}`, {locale}\n\n![{type_}](reports/{type_}-{locale}.png)\n"
        for type_, locale in reports.ALL
    ]
    return "\n".join([*lines, "## Letters\n", "![Letters](letters.png)", ""])


def _keep(picture: Image.Image, path: Path) -> None:
    """In 256 colours: a third of the bytes, and no difference that counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
