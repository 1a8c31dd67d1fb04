"""Draws charts from analytics answers, and figures that are given: JSON, HTML, SVG, PNG, PDF, JPEG.

Routes: GET /api/v1/charts/types, GET /api/v1/charts/{name}, POST /api/v1/charts/render, POST /api/v1/charts/batch.
The figures come from query_analytics, asked with the caller's own token, so a chart can show nothing that its viewer
may not see.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from functions.render_chart import batch, pages, picturing
from functions.render_chart.asked import (
    MEDIA,
    Batch,
    ChartQuery,
    ChartType,
    ChartTypes,
    PictureQuery,
    Pictures,
    check_size,
)
from functions.render_chart.catalogue import CHARTS, Chart
from functions.render_chart.drawing import warm
from functions.render_chart.untrusted import LARGEST_BYTES, checked
from lib.domain.parameters import Parameters
from lib.errors import BadInput
from lib.runtime.function import Call, Function, Reply

app = Function("render_chart")
app.on_start(warm)


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
        formats=list(MEDIA),
        parameters=parameters,
        needs=list(chart.needs),
        roles=list(chart.roles),
    )


@app.get(
    "/api/v1/charts/<name>",
    query=ChartQuery,
    produces=tuple(media.partition(";")[0] for media in MEDIA.values()),
    summary="One chart",
)
def chart(call: Call, query: ChartQuery, name: str) -> Reply:
    """The chart as a figure (JSON), as an interactive page, or drawn."""
    asked, kind = picturing.wanted(name, query.kind)
    check_size(query.width, query.height, query.scale)
    answer = picturing.asked_of_analytics(call, asked, _common(call))
    figure = picturing.figure_of(asked, answer, picturing.look_of(call, query, kind))
    if query.format == "json":
        return Reply(figure, headers={"Cache-Control": "private, no-cache"})
    if query.format == "html":
        headers = {"Content-Security-Policy": pages.policy(), "Cache-Control": "private, no-cache"}
        look = picturing.look_of(call, query, kind)
        fitting = {
            width: picturing.figure_of(asked, answer, replace(look, width=width))
            for width in (query.width, *(each for each in pages.WIDTHS if each < query.width))
        }
        return Reply(pages.page(fitting, height=query.height), content_type=MEDIA["html"], headers=headers)
    return _picture(call, figure, query)


@app.post(
    "/api/v1/charts/render",
    query=PictureQuery,
    body=dict[str, Any],
    produces=("image/svg+xml", "image/png", "application/pdf", "image/jpeg"),
    summary="A given Plotly figure as a picture",
)
def render(call: Call, query: PictureQuery, body: dict[str, Any]) -> Reply:
    """A figure of up to 2 MB, `data` and `layout`, drawn without anything being fetched."""
    if len(call.raw) > LARGEST_BYTES:
        raise BadInput("The figure is larger than 2 MB: send fewer points.", status=413)
    check_size(query.width, query.height, query.scale)
    return _picture(call, checked(body), query)


@app.post("/api/v1/charts/batch", body=Batch, answer=Pictures, summary="Up to twenty pictures by one call")
def several(call: Call, body: Batch) -> Reply:
    """Named charts and given figures; each item has its own status."""
    return Reply(Pictures(items=batch.drawn(call, body.items)))


def _picture(call: Call, figure: dict[str, Any], asked: ChartQuery | PictureQuery) -> Reply:
    data, tag = picturing.picture(call, figure, asked)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    tags = [each.strip().removeprefix("W/") for each in call.headers.get("If-None-Match", "").split(",")]
    if headers["ETag"] in tags:
        return Reply(b"", 304, headers=headers)
    return Reply(data, content_type=MEDIA[asked.format], headers=headers)


def _common(call: Call) -> dict[str, Any]:
    """The analytics parameters, passed on as they came."""
    known = {field.alias or name for name, field in Parameters.model_fields.items()}
    return {name: value for name, value in parse_qsl(urlsplit(call.url).query) if name in known}


render_chart = app.target
