"""Sends logs of CloudEvents into the running system.

Reads .ndjson and .ndjson.gz files, posts them in batches, waits when the service asks for it, and ends with a
table of what was accepted. Sending a log twice changes nothing: the second copies count as duplicates.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_BATCH_BYTES = 4_500_000
_TRIES = 8
_LONGEST_WAIT_S = 60.0
_EXAMPLES = 3
_TIMEOUT_S = 60.0
_LINE_EVERY_S = 5.0
_TOKEN_LIFE_S = 6 * 3600


class Stopped(Exception):
    """Replay can't go on; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """An event as it stands in its file."""

    place: str
    text: bytes


@dataclass
class Tally:
    """What the service said about the events so far."""

    accepted: int = 0
    duplicates: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """Events that were refused one by one."""
        return self.reasons.total()

    @property
    def total(self) -> int:
        """All events that were answered."""
        return self.accepted + self.duplicates + self.rejected

    def add(self, batch: list[Line], answer: dict[str, Any]) -> None:
        """Count the answer to a batch."""
        self.accepted += int(answer["accepted"])
        self.duplicates += int(answer["duplicates"])
        for rejected in answer["rejected"]:
            reason = str(rejected["reason"])
            self.reasons[reason] += 1
            examples = self.examples.setdefault(reason, [])
            if len(examples) < _EXAMPLES:
                examples.append(batch[int(rejected["index"])].place)


def lines_of(paths: list[Path]) -> Iterator[Line]:
    """Every event of the files in order; Stopped when a file is missing or a line is no JSON object."""
    for path in paths:
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
                for number, text in enumerate(file, 1):
                    if text.strip():
                        yield _checked(f"{path}:{number}", text.strip())
        except (OSError, EOFError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise Stopped(f"{path} can't be read: {reason}.") from error


def _checked(place: str, text: bytes) -> Line:
    try:
        event = json.loads(text)
    except ValueError as error:
        raise Stopped(f"{place} is not JSON: {error}.") from error
    if not isinstance(event, dict):
        raise Stopped(f"{place} is not a JSON object.")
    return Line(place, text)


def batches_of(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    """At most `size` events and 4.5 MB at a time, under the service's limit of 5 MB."""
    batch: list[Line] = []
    weight = 0
    for line in lines:
        if batch and (len(batch) == size or weight + len(line.text) > _BATCH_BYTES):
            yield batch
            batch, weight = [], 0
        batch.append(line)
        weight += len(line.text) + 1
    if batch:
        yield batch


class Sender:
    """Posts batches over one connection, again and again while the service asks to wait."""

    def __init__(self, url: str, token: str, wait: Callable[[float], None] = time.sleep) -> None:
        import urllib3

        self._url = f"{url.rstrip('/')}/api/v1/events"
        self._token, self._wait = token, wait
        self._run = secrets.token_hex(8)
        self._http = urllib3.PoolManager(maxsize=1, retries=False, timeout=urllib3.Timeout(_TIMEOUT_S))

    def send(self, batch: list[Line]) -> dict[str, Any]:
        """The service's answer; Stopped when it refuses the batch or stays away."""
        import urllib3

        body = b"[" + b",".join(line.text for line in batch) + b"]"
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/cloudevents-batch+json",
            # Of this run: a batch sent again after a lost answer counts once, while a second run is answered
            # by the log itself and says how many events it knew.
            "Idempotency-Key": f"{self._run}-{hashlib.sha256(body).hexdigest()}",
        }
        trouble = ""
        for attempt in range(_TRIES):
            try:
                response = self._http.request("POST", self._url, body=body, headers=headers)
            except urllib3.exceptions.HTTPError as error:
                trouble, pause = f"{self._url} can't be reached ({type(error).__name__})", 2.0**attempt / 4
            else:
                if response.status == 202:
                    return _answer(response.data)
                if response.status not in (409, 429, 503):
                    raise Stopped(_refusal(response.status, response.data, batch))
                trouble = f"{self._url} still answers {response.status}"
                pause = _seconds(response.headers.get("Retry-After"), 2.0**attempt / 4)
            if attempt + 1 < _TRIES:
                self._wait(min(pause, _LONGEST_WAIT_S))
        raise Stopped(f"{trouble} after {_TRIES} tries; the last batch began at {batch[0].place}.")


def _answer(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
        return {name: answer[name] for name in ("accepted", "duplicates", "rejected")}
    except (ValueError, KeyError, TypeError) as error:
        raise Stopped("The service answered 202 with something that is no tally of events.") from error


def _refusal(status: int, body: bytes, batch: list[Line]) -> str:
    try:
        detail = str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        detail = "no reason given"
    if status == 401:
        return f"The token was refused: {detail}"
    if status == 403:
        return f"The token's role may not send events: {detail}"
    return f"The batch that begins at {batch[0].place} was refused with {status}: {detail}"


def _seconds(header: str | None, default: float) -> float:
    return float(header) if header is not None and header.isdecimal() else default


def main(arguments: list[str] | None = None) -> int:
    """0 when every event was taken or known; 1 when some were rejected or it had to stop."""
    given = _arguments(arguments)
    started = time.monotonic()
    tally = Tally()
    stopped: Stopped | None = None
    try:
        sender = Sender(given.url, given.token or os.environ.get("TOKEN") or _minted())
        _replay(given.files, given.batch, given.shuffle, sender, tally)
    except Stopped as error:
        stopped = error
    except KeyboardInterrupt:
        stopped = Stopped("Interrupted; running it again goes on where it stopped.")
    if tally.total or stopped is None:
        _show(tally, time.monotonic() - started)
    if stopped is not None:
        print(stopped, file=sys.stderr)
    return 1 if stopped is not None or tally.rejected else 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lib.local.replay", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".ndjson or .ndjson.gz")
    parser.add_argument("--url", default="http://127.0.0.1:8007", help="the Analytics Service")
    parser.add_argument("--token", help="default: the variable TOKEN, else one is made for this machine")
    parser.add_argument("--batch", type=_batch, default=500, help="events a request, 1 to 1000 (500)")
    parser.add_argument("--shuffle", type=int, metavar="SEED", help="any order; holds all of it in memory")
    return parser.parse_args(arguments)


def _batch(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("a batch has 1 to 1000 events")
    return int(text)


def _minted() -> str:
    from lib.auth.tokens import mint
    from lib.runtime.settings import load

    return mint(load(), role="service", sub="replay", ttl_seconds=_TOKEN_LIFE_S)


def _replay(files: list[Path], size: int, seed: int | None, sender: Sender, tally: Tally) -> None:
    for path in files:
        if not path.is_file():
            raise Stopped(f"There is no file {path}.")
    # Read twice: a bad line at the end is found before anything is sent, and the bar knows its length.
    total = sum(1 for _ in lines_of(files))
    lines: Iterable[Line] = lines_of(files)
    if seed is not None:
        lines = list(lines)
        random.Random(seed).shuffle(lines)  # noqa: S311 - an order, not a secret
    with _progress(total) as tell:
        for batch in batches_of(lines, size):
            tally.add(batch, sender.send(batch))
            tell(tally.total)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, a plain line every few seconds elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    if console.is_terminal:
        with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console) as bar:
            task = bar.add_task("events", total=total)
            yield lambda done: bar.update(task, completed=done)
        return
    told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _LINE_EVERY_S:
            told = time.monotonic()
            print(f"{done} of {total} events", file=sys.stderr, flush=True)

    yield tell


def _show(tally: Tally, seconds: float) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("accepted", str(tally.accepted))
    table.add_row("duplicates", str(tally.duplicates))
    table.add_row("rejected", str(tally.rejected))
    table.add_row("events/s", f"{tally.total / max(seconds, 1e-9):.0f}")
    console = Console(soft_wrap=True)
    console.print(table)
    for reason, count in tally.reasons.most_common():
        console.print(f"{count} × {reason}; first at {', '.join(tally.examples[reason])}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
