"""What is going on, and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Failed(Exception):
    """The stack does not do what it should, or could not be started; the sentence says what."""


def say(words: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


@contextmanager
def step(words: str) -> Iterator[None]:
    """Say what begins, and its seconds when it is done."""
    say(f"… {words}")
    started = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"✗ {words} ({time.monotonic() - started:.0f} s)")
        raise
    say(f"✓ {words} ({time.monotonic() - started:.0f} s)")
