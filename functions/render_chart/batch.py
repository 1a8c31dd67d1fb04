"""Several pictures by one call: what a report needs, with chart and table from one and the same answer."""

import base64
import json
import time
from typing import Any
from urllib.parse import urlsplit

from functions.render_chart import picturing
from functions.render_chart.asked import MEDIA, BatchItem, Item, check_size
from functions.render_chart.untrusted import checked
from lib.errors import ServiceError, Temporary
from lib.runtime.function import Call
from lib.runtime.problems import from_error

# Less than the function may take; what is not drawn by then can be asked for again.
LONGEST_S = 45.0


def drawn(call: Call, items: list[Item]) -> list[BatchItem]:
    """One answer an item, in their order; one that fails leaves the others alone."""
    until = time.monotonic() + LONGEST_S
    return [_item(call, item, until) for item in items]


def _item(call: Call, item: Item, until: float) -> BatchItem:
    try:
        if time.monotonic() > until:
            raise Temporary("There was no time left for this picture. Ask for it again.", retry_after=1)
        check_size(item.width, item.height, item.scale)
        figure = _figure(call, item)
        data = _data(call, figure, item)
    except ServiceError as error:
        reply = from_error(error, urlsplit(call.url).path)
        return BatchItem(status=reply.status, problem=json.loads(reply.body))
    meta = figure["layout"].get("meta") if item.chart else None
    return BatchItem(
        status=200,
        content_type=MEDIA[item.format],
        data=base64.b64encode(data).decode(),
        meta=meta,
    )


def _data(call: Call, figure: dict[str, Any], item: Item) -> bytes:
    if item.format == "json":
        return json.dumps(figure, ensure_ascii=False).encode()
    return picturing.picture(call, figure, item)[0]


def _figure(call: Call, item: Item) -> dict[str, Any]:
    if item.figure is not None:
        return checked(item.figure)
    chart, kind = picturing.wanted(str(item.chart), item.kind)
    answer = item.answer
    if answer is None:
        answer = picturing.asked_of_analytics(call, chart, item.parameters)
    return picturing.figure_of(chart, answer, picturing.look_of(call, item, kind))
