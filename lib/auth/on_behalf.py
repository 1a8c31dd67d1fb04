"""Tokens by which a function asks others on behalf of somebody who is not there: for work that runs later.

A report is asked for now and made in a minute, or next Monday; the bearer token it was asked with is not kept anywhere.
Why these are safe to believe stands in `own_tokens`; besides:

- They read only: the edge refuses them every operation that writes. So one cannot ask for a report, a subscription or
  an erasure, and cannot lead to another of its kind.
- They live for a quarter of an hour, in a request's header between two functions, and are neither stored, logged nor
  answered with.
"""

from collections.abc import Iterable

from lib.auth.own_tokens import Kind

LONGEST_S = 15 * 60
ON_BEHALF = Kind(
    "on-behalf+jwt", "repitbot/on-behalf", b"repitbot tokens on behalf of people", longest_s=LONGEST_S
)


def mint(secret: str, *, sub: str, role: str, scopes: Iterable[str] = (), seconds: int = LONGEST_S) -> str:
    """A token for somebody as they were when they asked; it lives for `seconds`, 15 minutes at most.

    Raises ValueError for a longer life.
    """
    return ON_BEHALF.mint(secret, sub=sub, role=role, scopes=scopes, seconds=seconds)
