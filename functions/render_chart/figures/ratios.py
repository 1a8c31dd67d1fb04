"""Figures of several rows as one: sums, and ratios told anew from what they are made of."""

from collections.abc import Sequence
from typing import Any


def merged(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts are added; attendance and scores are weighed by the lessons held and the works graded."""
    counts = {
        key: sum(row.get(key) or 0 for row in rows)
        for key in ("scheduled", "completed", "excused", "unexcused", "graded", "assigned", "submitted")
    }
    held = counts["completed"] + counts["excused"] + counts["unexcused"]
    return {
        **counts,
        "attendance_rate": counts["completed"] / held if held else None,
        "average_score_percent": weighed(rows, "average_score_percent", "graded"),
    }


def weighed(rows: Sequence[dict[str, Any]], key: str, by: str) -> float | None:
    """The mean of what is known, each as heavy as `by` says."""
    known = [(row[key], row[by]) for row in rows if row.get(key) is not None and row.get(by)]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None
