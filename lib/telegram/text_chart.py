"""Charts of letters and blocks, in a monospaced font, for chats with pictures off."""

import html
from collections.abc import Callable, Sequence

# What a phone shows in one line.
COLUMNS = 32
LONGEST_LABEL = 12
_SPARKS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_NOTHING = "·"
Value = float | int | None


def sparkline(values: Sequence[Value]) -> str:
    """One sign a value, from the least to the greatest of them; a dot where there is none."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    return "".join(_NOTHING if value is None else _spark(value, low, high) for value in values)


def _spark(value: float, low: float, high: float) -> str:
    # All the same: neither low nor high.
    share = (value - low) / (high - low) if high > low else 0.5
    return _SPARKS[min(int(share * len(_SPARKS)), len(_SPARKS) - 1)]


def bars(
    rows: Sequence[tuple[str, Value]], shown: Callable[[float], str] = lambda value: f"{value:g}"
) -> str:
    """A line for each (label, value): label, bar, figure. What is not above zero has no bar.

    `shown` writes a figure in the reader's way.
    """
    figures = [_NOTHING if value is None else shown(value) for _, value in rows]
    label_width = min(LONGEST_LABEL, max((len(label) for label, _ in rows), default=0))
    room = COLUMNS - label_width - max(map(len, figures), default=0) - 2
    most = max((value for _, value in rows if value is not None), default=0)
    return "\n".join(
        f"{_cut(label, label_width):<{label_width}} {_bar(value, most, room):<{room}} {figure}".rstrip()
        for (label, value), figure in zip(rows, figures, strict=True)
    )


def _bar(value: Value, most: float, room: int) -> str:
    if value is None or value <= 0 or room <= 0:
        return ""
    eighths = max(1, round(value / most * room * 8))
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _cut(label: str, width: int) -> str:
    return label if len(label) <= width else label[: width - 1] + "…"


def as_html(chart: str) -> str:
    """For a message in Telegram's HTML."""
    return f"<pre>{html.escape(chart, quote=False)}</pre>"
