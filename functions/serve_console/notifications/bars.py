"""A stacked bar: how much of a whole is in which state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 1000
# Below that nobody sees a part, and a single failure among thousands is what one looks for.
LEAST = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One state's share of the bar, in thousandths from its left end."""

    state: str
    count: int
    x: float
    width: float


def parts(order: Sequence[str], counts: Mapping[str, int]) -> Iterator[Part]:
    """The states that anything is in, side by side; a small one a little wider than its share."""
    present = [(state, counts[state]) for state in order if counts.get(state)]
    total = sum(count for _, count in present)
    shares = [LEAST + (WIDTH - LEAST * len(present)) * count / total for _, count in present]
    begins = 0.0
    for (state, count), width in zip(present, shares, strict=True):
        yield Part(state, count, round(begins, 2), round(width, 2))
        begins += width
