"""What the pages and the JSON lists show of a message."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lib.testing.mailbox.bubbles import as_html

Json = dict[str, Any]


def telegram_item(item: Json) -> Json:
    """An item of the history with what tests ask for most: chat_id, text, buttons."""
    message = item["message"]
    return {
        **item,
        "chat_id": message["chat"]["id"],
        "text": message.get("text", message.get("caption", "")),
        "buttons": message.get("reply_markup", {}).get("inline_keyboard", []),
    }


def bubble(item: Json, zone: ZoneInfo) -> Json:
    """A Telegram message for the page."""
    message = item["message"]
    entities = message.get("entities", message.get("caption_entities", []))
    shown = telegram_item(item)
    photo = message.get("photo", [{}])[-1]
    return {
        **shown,
        "html": as_html(shown["text"], entities),
        "photo": photo.get("file_id"),
        "photo_width": photo.get("width"),
        "photo_height": photo.get("height"),
        "document": message.get("document"),
        "time": clock(item["at"], zone),
    }


def clock(at: str, zone: ZoneInfo) -> str:
    """A day and time as people of the school read it."""
    return datetime.fromisoformat(at).astimezone(zone).strftime("%d.%m.%Y %H:%M:%S")


def page_of(items: list[Json], before: int | None, size: int) -> tuple[list[Json], int | None]:
    """Newest first, `size` of them older than number `before`, and where the next page begins."""
    older = [item for item in items if before is None or item["n"] < before]
    page = older[-size:][::-1]
    return page, page[-1]["n"] if len(older) > size else None
