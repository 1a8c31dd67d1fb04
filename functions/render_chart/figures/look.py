"""How a chart is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Kind of the chart, theme (light, dark, print), language (ru, en), size in CSS pixels.

    `bare`: without title and finding, for a page that has them in words. `payer`: said to whoever pays, to whom the
    school's revenue is what they paid.
    """

    kind: str
    theme: str = "light"
    locale: str = "ru"
    width: int = 900
    height: int = 500
    bare: bool = False
    payer: bool = False
