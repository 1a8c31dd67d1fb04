"""What a mark of a chart opens: the rows behind it, as a question to /api/v1/analytics/…/rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Narrow = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Opens:
    """The rows of a `figure` of a `family`; `more` narrows them all, a mark's own bucket or name narrows further."""

    family: str
    figure: str
    more: tuple[tuple[str, str], ...] = ()

    def plain(self) -> dict[str, str]:
        """As JSON has it."""
        return {"family": self.family, "figure": self.figure, **dict(self.more)}


def marked(trace: dict[str, Any], opens: Opens | None, each: Sequence[Narrow] = ()) -> dict[str, Any]:
    """A trace that says what its marks open. `each` narrows by mark; without it a mark stands for a bucket."""
    if opens is None:
        return trace
    return {
        **trace,
        "meta": {"opens": opens.plain(), **({"each": [dict(one) for one in each]} if each else {})},
    }


def buckets(answer: Mapping[str, Any]) -> list[dict[str, str]]:
    """The first and the last day of each bucket of the answer's course."""
    days = [point["date"] for point in answer.get("series") or ()]
    if not days:
        return []
    ends = [(date.fromisoformat(day) - timedelta(days=1)).isoformat() for day in days[1:]]
    last = (answer.get("period") or {}).get("to") or days[-1]
    return [{"from": first, "to": end} for first, end in zip(days, [*ends, str(last)], strict=True)]
