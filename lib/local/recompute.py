"""Rebuilds every figure of the running system from its event log, shows how far it is, and says whether the
figures were the same."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_LOOK_EVERY_S = 0.5
_TIMEOUT_S = 30.0
_AT_MOST_S = 4 * 3600
_TOKEN_LIFE_S = 6 * 3600


def main(arguments: list[str] | None = None) -> int:
    """0 when the figures were equal, 3 when some were not (they are now), 1 when it failed."""
    parser = argparse.ArgumentParser(prog="python -m lib.local.recompute", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8007", help="the Analytics Service")
    parser.add_argument("--token", help="default: the variable TOKEN, else one is made for this machine")
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    try:
        run = _followed(given.url.rstrip("/"), given.token or os.environ.get("TOKEN") or _minted())
    except ConnectionError as error:
        print(error, file=sys.stderr)
        return 1
    return _told(run, time.monotonic() - begun)


def _minted() -> str:
    from lib.auth.tokens import mint
    from lib.runtime.settings import load

    return mint(load(), role="admin", sub="recompute", ttl_seconds=_TOKEN_LIFE_S)


def _followed(url: str, token: str) -> dict[str, Any]:
    run = _asked("POST", f"{url}/api/v1/admin/recompute", token)
    end = time.monotonic() + _AT_MOST_S
    with _progress() as tell:
        while run["state"] in ("waiting", "running") and time.monotonic() < end:
            tell(run)
            time.sleep(_LOOK_EVERY_S)
            run = _asked("GET", f"{url}/api/v1/admin/recompute/{run['id']}", token)
        tell(run)
    return run


def _asked(method: str, url: str, token: str) -> dict[str, Any]:
    import urllib3

    try:
        answer = urllib3.request(
            method, url, headers={"Authorization": f"Bearer {token}"}, timeout=_TIMEOUT_S, retries=5
        )
    except urllib3.exceptions.HTTPError as error:
        raise ConnectionError(
            f"{url} can't be reached ({type(error).__name__}). Is the system running?"
        ) from None
    if answer.status not in (200, 202):
        raise ConnectionError(f"{url} answers {answer.status}: {answer.data.decode(errors='replace')[:300]}")
    run: dict[str, Any] = answer.json()
    return run


@contextmanager
def _progress() -> Iterator[Callable[[dict[str, Any]], None]]:
    """A bar on a terminal, a line for each stage elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    stages: list[str] = []
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("waiting", total=100)

        def tell(run: dict[str, Any]) -> None:
            bar.update(task, completed=run["progress"], description=run["stage"])
            if not console.is_terminal and run["stage"] not in stages:
                stages.append(run["stage"])
                print(run["stage"], file=sys.stderr, flush=True)

        yield tell


def _told(run: dict[str, Any], seconds: float) -> int:
    if run["state"] != "done":
        print(f"It failed: {run['error']}", file=sys.stderr)
        return 1
    print(f"{run['position']} events in {seconds:.1f} s.", end=" ")
    if run["equal"]:
        print("Every state and every roll-up is the same, to the byte.")
        return 0
    rows = ", ".join(f"{table}: {count}" for table, count in sorted(run["differences"].items()))
    print(f"These had rows that were not the same, and are right now: {rows}.")
    return 3


if __name__ == "__main__":
    sys.exit(main())
