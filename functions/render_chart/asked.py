"""How pictures may be asked for."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lib.domain.parameters import Parameters
from lib.errors import BadInput

# A picture is held uncompressed, 4 bytes a pixel, several times over: 40 megapixels stay below the memory limit.
MOST_PIXELS = 40_000_000
MOST_PICTURES = 20
Format = Literal["json", "html", "svg", "png", "pdf", "jpeg"]
PictureFormat = Literal["svg", "png", "pdf", "jpeg"]
MEDIA = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
}
Width = Annotated[int, Field(ge=200, le=4000, description="CSS pixels")]
Height = Annotated[int, Field(ge=150, le=4000, description="CSS pixels")]
Scale = Annotated[float, Field(ge=0.5, le=4, description="Device pixels a CSS pixel, for PNG and JPEG")]
Theme = Literal["light", "dark", "print"]
Locale = Literal["ru", "en"]


class ChartQuery(Parameters):
    """How the chart should look, beside the common analytics parameters.

    `bare`: without title and finding, which are in `layout.meta` in any case.
    """

    format: Format = "json"
    kind: str | None = None
    width: Width = 900
    height: Height = 500
    scale: Scale = 1
    theme: Theme = "light"
    locale: Locale | None = None
    bare: bool = False


class PictureQuery(BaseModel):
    """How a given figure is to be drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: PictureFormat = "svg"
    width: Width = 900
    height: Height = 500
    scale: Scale = 1
    locale: Locale | None = None


class Item(BaseModel):
    """One picture of a batch: a given `figure`, or a named `chart`; `json` is the chart's figure, not drawn.

    A chart is drawn from the analytics answer that is given as `answer`, or else from what analytics answers to
    `parameters` (names and values as in the chart's URL).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    figure: dict[str, Any] | None = None
    chart: str | None = None
    answer: dict[str, Any] | None = None
    parameters: dict[str, str] = {}
    kind: str | None = None
    format: PictureFormat | Literal["json"] = "svg"
    width: Width = 900
    height: Height = 500
    scale: Scale = 1
    theme: Theme = "light"
    locale: Locale | None = None
    bare: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.figure is None) == (self.chart is None):
            raise ValueError("give either figure or chart")
        if self.figure is not None and (self.answer is not None or self.parameters or self.kind):
            raise ValueError("answer, parameters and kind belong to a chart, not to a figure")
        if self.figure is not None and self.format == "json":
            raise ValueError("a given figure is JSON already: ask for svg, png, pdf or jpeg")
        return self


class Batch(BaseModel):
    """Up to twenty pictures."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: Annotated[list[Item], Field(min_length=1, max_length=MOST_PICTURES)]


class BatchItem(BaseModel):
    """`data` is the picture in base64, `meta` what the chart says in words; or `problem` (RFC 9457) with its status."""

    status: int
    content_type: str | None = None
    data: str | None = None
    meta: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


class Pictures(BaseModel):
    """In the order asked for."""

    items: list[BatchItem]


class ChartType(BaseModel):
    """A chart that can be asked for."""

    name: str
    title: str
    kinds: list[str]
    formats: list[str]
    parameters: list[str]
    needs: list[str]
    roles: list[str]


class ChartTypes(BaseModel):
    """All of them."""

    items: list[ChartType]


def check_size(width: int, height: int, scale: float) -> None:
    """Raises BadInput for a picture that would not fit into memory."""
    if width * height * scale**2 > MOST_PIXELS:
        raise BadInput("width x height x scale² must not be above 40 megapixels.")
