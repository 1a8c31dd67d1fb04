"""Draws charts from analytics answers: as a Plotly figure (JSON), SVG or PNG.

Routes: GET /api/v1/charts/types, GET /api/v1/charts/{name}. The figures come from query_analytics, asked
with the caller's own token, so a chart can show nothing that its viewer may not see.
"""

from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, Field

from functions.render_chart.catalogue import CHARTS, FORMATS, ROLES, Chart
from functions.render_chart.drawing import draw, warm
from lib.domain.parameters import Parameters
from lib.errors import BadInput, not_found
from lib.runtime import metrics
from lib.runtime.function import Call, Function, Reply

# A picture is held uncompressed, 4 bytes a pixel, several times over: 40 megapixels stay below the memory limit.
MOST_PIXELS = 40_000_000
MEDIA = {"svg": "image/svg+xml", "png": "image/png"}
app = Function("render_chart")
app.on_start(warm)


class ChartQuery(Parameters):
    """How the chart should look, beside the common analytics parameters."""

    format: Literal["json", "svg", "png"] = "json"
    kind: str | None = None
    width: int = Field(default=900, ge=200, le=4000, description="CSS pixels")
    height: int = Field(default=500, ge=150, le=4000, description="CSS pixels")
    scale: float = Field(default=1, ge=0.5, le=4, description="Device pixels a CSS pixel, for PNG")
    theme: Literal["light", "dark"] = "light"
    locale: Literal["ru", "en"] | None = None


class ChartType(BaseModel):
    """A chart that can be asked for."""

    name: str
    title: str
    kinds: list[str]
    formats: list[str]
    parameters: list[str]
    roles: list[str]


class ChartTypes(BaseModel):
    """All of them."""

    items: list[ChartType]


@app.get("/api/v1/charts/types", answer=ChartTypes, summary="Which charts there are")
def types(call: Call) -> Reply:
    """Name, kinds, formats, parameters, and who may."""
    parameters = [field.alias or name for name, field in ChartQuery.model_fields.items()]
    items = [_type(chart, call.settings.default_locale, parameters) for chart in CHARTS.values()]
    return Reply(ChartTypes(items=items))


def _type(chart: Chart, locale: str, parameters: list[str]) -> ChartType:
    return ChartType(
        name=chart.name,
        title=chart.title[locale],
        kinds=list(chart.kinds),
        formats=list(FORMATS),
        parameters=parameters,
        roles=list(ROLES),
    )


@app.get(
    "/api/v1/charts/<name>",
    query=ChartQuery,
    produces=("application/json", "image/svg+xml", "image/png"),
    summary="One chart",
)
def chart(call: Call, query: ChartQuery, name: str) -> Reply:
    """The chart's figure as JSON, or drawn."""
    wanted = CHARTS.get(name)
    if wanted is None:
        raise not_found("There is no chart of that name; /api/v1/charts/types lists them.")
    kind = query.kind or wanted.kinds[0]
    if kind not in wanted.kinds:
        raise BadInput(f"kind must be one of {', '.join(wanted.kinds)}.")
    if query.width * query.height * query.scale**2 > MOST_PIXELS:
        raise BadInput("width x height x scale² must not be above 40 megapixels.")
    answer = call.peers.get("query-analytics", wanted.source, params=_common(call), token=call.token).json()
    figure = wanted.build(
        answer, kind=kind, theme=query.theme, locale=query.locale or call.settings.default_locale
    )
    if query.format == "json":
        return Reply(figure)
    with metrics.CHARTS.labels(query.format).time():
        picture = draw(figure, fmt=query.format, width=query.width, height=query.height, scale=query.scale)
    return Reply(picture, content_type=MEDIA[query.format], headers={"Cache-Control": "private, no-cache"})


def _common(call: Call) -> dict[str, Any]:
    """The analytics parameters, passed on as they came."""
    known = {field.alias or name for name, field in Parameters.model_fields.items()}
    return {name: value for name, value in parse_qsl(urlsplit(call.url).query) if name in known}


render_chart = app.target
