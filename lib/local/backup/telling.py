"""How far it is: a bar on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LINE_EVERY_S = 5.0
Tell = Callable[[str], None]


@contextmanager
def telling() -> Iterator[Tell]:
    """Say what is being done now."""
    # Imported here: a scheduled run on a server needs no terminal.
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _seldom()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda stage: bar.update(task, description=stage)


def _seldom() -> Tell:
    said = time.monotonic()

    def tell(stage: str) -> None:
        nonlocal said
        if time.monotonic() - said >= LINE_EVERY_S:
            said = time.monotonic()
            print(stage, file=sys.stderr, flush=True)

    return tell
