"""A made-up school as a log of CloudEvents, one JSON object a line, in the order of time.

The same arguments give the same bytes. A file name ending in .gz is compressed.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO

from lib.testing.simulator.school import events

_STEP = 2_000


def main(arguments: list[str] | None = None) -> int:
    """Write the log; 2 when an argument makes no sense."""
    given = _arguments(arguments)
    try:
        stream = events(
            given.students, tutors=given.tutors, days=given.days, seed=given.seed, until=given.until
        )
    except ValueError as error:
        print(f"Wrong argument: {error}", file=sys.stderr)
        return 2
    try:
        with _opened(given.out) as out:
            written = _write(stream, out, given.days, given.until)
    except BrokenPipeError:
        return 0
    except OSError as error:
        print(f"Can't write {given.out}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{written} events", file=sys.stderr)
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lib.testing.simulator", description=__doc__)
    parser.add_argument("--students", type=int, default=20, help="1 to 50,000 (20)")
    parser.add_argument("--tutors", type=int, help="default: one for 14 students")
    parser.add_argument("--days", type=int, default=60, help="length of the log (60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--until",
        type=_moment,
        default=datetime.now(UTC).replace(microsecond=0),
        help="end of the log: a date (its first moment in UTC) or an RFC 3339 time; default now",
    )
    parser.add_argument("--out", default="-", help="file, or - for standard output")
    return parser.parse_args(arguments)


def _moment(text: str) -> datetime | date:
    if len(text) == len("2026-11-22"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no time zone")
    return moment


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif name.endswith(".gz"):
        # Neither name nor time in the header: they would make the same log differ.
        with Path(name).open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
            yield packed  # type: ignore[misc]
    else:
        with Path(name).open("wb") as file:
            yield file


def _write(stream: Iterator[dict[str, object]], out: IO[bytes], days: int, until: datetime | date) -> int:
    from rich.console import Console
    from rich.progress import Progress

    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    console = Console(stderr=True)
    count = 0
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("events", total=days)
        for count, event in enumerate(stream, 1):
            out.write(encode(event).encode() + b"\n")
            if count % _STEP == 0:
                left = (_day(until) - date.fromisoformat(str(event["time"])[:10])).days
                progress.update(task, completed=days - left, description=f"{count} events")
    return count


def _day(until: datetime | date) -> date:
    return until.date() if isinstance(until, datetime) else until


if __name__ == "__main__":
    sys.exit(main())
