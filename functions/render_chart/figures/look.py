"""How a chart is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Kind of the chart, theme (light, dark, print), language (ru, en), size in CSS pixels."""

    kind: str
    theme: str = "light"
    locale: str = "ru"
    width: int = 900
    height: int = 500
