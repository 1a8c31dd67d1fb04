"""The chart of an answer as a photo, or a plain one in its place when it cannot be drawn.

A message that is a photo can never be a text again, so a menu with charts is a photo always.
"""

import base64
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog

from functions.answer_telegram.analytics.topics import Topic
from functions.answer_telegram.talking.visit import Visit
from lib.domain.outcomes import Attachment
from lib.errors import ServiceError
from lib.telegram.text_chart import sparkline

# Letters as large as those of the caption on a phone; Telegram keeps 1,280 pixels of a side. The caption has the title.
SIZE: dict[str, Any] = {"width": 600, "height": 450, "scale": 2.1, "bare": True}
PLAIN_WIDTH, PLAIN_HEIGHT = 720, 240
BACK, BAR = b"\xee\xf2\xf6", b"\xb8\xc7\xd6"
BARS = (70, 110, 90, 150, 130, 180)
MOST_POINTS = 30
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Picture:
    """`finding` is what the chart says, a sentence without its full stop; `text` stands for a chart that is missing."""

    photo: Attachment
    finding: str = ""
    text: str = ""


def drawn(visit: Visit, topic: Topic, answer: dict[str, Any]) -> Picture:
    """Of the same answer that the figures are of, so that they cannot differ."""
    item = {"chart": topic.chart, "answer": answer, "format": "png", "locale": visit.speech.locale, **SIZE}
    try:
        made = visit.post("render-chart", "/api/v1/charts/batch", {"items": [item]}).json()["items"][0]
        if made["status"] != 200:
            raise ServiceError(str(made["problem"]))
    except ServiceError as error:
        log.warning("chart not drawn", chart=topic.chart, error=error.detail)
        return Picture(Attachment("chart.png", "image/png", plain()), text=in_words(topic, answer))
    content = base64.b64decode(made["data"])
    return Picture(Attachment(f"{topic.chart}.png", "image/png", content), made["meta"]["finding"])


def in_words(topic: Topic, answer: dict[str, Any]) -> str:
    """The course of one figure as a line of blocks; nothing when there is none."""
    series = answer.get("series") or []
    values = [point.get(topic.course) for point in series if topic.course in point][-MOST_POINTS:]
    return sparkline(values) if any(value is not None for value in values) else ""


@cache
def plain() -> bytes:
    """A PNG of a few bars without meaning, made by hand: whatever could draw it better is what is away."""
    rows = b"".join(b"\x00" + _line(y) for y in range(PLAIN_HEIGHT))
    head = struct.pack(">IIBBBBB", PLAIN_WIDTH, PLAIN_HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _line(y: int) -> bytes:
    width = PLAIN_WIDTH // (2 * len(BARS) + 1)
    floor = PLAIN_HEIGHT - 30
    made = BACK * width
    for height in BARS:
        made += (BAR if floor - height <= y < floor else BACK) * width + BACK * width
    return made + BACK * (PLAIN_WIDTH - len(made) // 3)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
