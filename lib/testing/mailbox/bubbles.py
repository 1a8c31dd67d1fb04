"""Text and entities of a Telegram message as safe HTML."""

from typing import Any

from markupsafe import Markup, escape

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_LINKS = ("http://", "https://", "tg://", "mailto:", "tel:")


def as_html(text: str, entities: list[dict[str, Any]]) -> Markup:
    """Entities become elements; whatever the text holds stays text. Offsets are UTF-16 code units."""
    units = text.encode("utf-16-le")
    opening, closing = _marks(entities)
    edges = sorted({0, len(units) // 2, *opening, *closing})
    pieces: list[Markup] = []
    for here, there in zip(edges, [*edges[1:], edges[-1]], strict=True):
        pieces += closing.get(here, [])
        pieces += opening.get(here, [])
        pieces.append(escape(units[here * 2 : there * 2].decode("utf-16-le", "replace")))
    return Markup("").join(pieces)


def _marks(entities: list[dict[str, Any]]) -> tuple[dict[int, list[Markup]], dict[int, list[Markup]]]:
    opening: dict[int, list[Markup]] = {}
    closing: dict[int, list[Markup]] = {}
    # Outer before inner; what opens last closes first.
    for entity in sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])):
        start, end = _elements(entity)
        opening.setdefault(entity["offset"], []).append(start)
        closing.setdefault(entity["offset"] + entity["length"], []).insert(0, end)
    return opening, closing


def _elements(entity: dict[str, Any]) -> tuple[Markup, Markup]:
    url = str(entity.get("url", ""))
    if entity["type"] == "text_link" and url.startswith(_LINKS):
        return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">').format(url), Markup("</a>")
    if entity["type"] == "spoiler":
        return Markup('<span class="spoiler" tabindex="0">'), Markup("</span>")
    tag = _TAGS.get(entity["type"], "span")
    return Markup(f"<{tag}>"), Markup(f"</{tag}>")  # noqa: S704 - from the table above
