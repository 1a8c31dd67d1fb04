"""Checks of `reply_markup`, with the Bot API's limits and words."""

import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

from lib.testing.mailbox.bot_api.answers import Refused, bad_request

_DATA_BYTES = 64
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_OTHER_KINDS = ("keyboard", "remove_keyboard", "force_reply")


def read(raw: str | None) -> dict[str, Any] | None:
    """The inline keyboard to keep with a message, None when there is none; Refused when it is wrong."""
    if not raw:
        return None
    markup = _decoded(raw)
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"])
        return {"inline_keyboard": [row for row in rows if row]} if any(rows) else None
    if any(kind in markup for kind in _OTHER_KINDS) or not markup:
        return None
    raise bad_request("object expected as reply markup")


def _decoded(raw: str) -> dict[str, Any]:
    try:
        markup = json.loads(raw)
    except ValueError as error:
        raise bad_request("can't parse reply keyboard markup JSON object") from error
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    return markup


def _rows(rows: Any) -> list[list[dict[str, Any]]]:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    for row in rows:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" must be an Array of Arrays')
        for button in row:
            _check(button)
    return rows


def _check(button: Any) -> None:
    if not isinstance(button, dict):
        raise _unreadable("InlineKeyboardButton must be an Object")
    if not button.get("text"):
        raise _unreadable('Field "text" must be of type String')
    if not any(action in button for action in _ACTIONS):
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= _DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not _is_link(str(button["url"])):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _is_link(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme in ("tg", "mailto", "tel"):
        return True
    host = parts.hostname or ""
    # The real server refuses localhost; here the links lead back to the system on this machine.
    return parts.scheme in ("http", "https") and ("." in host or host == "localhost" or _is_address(host))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _unreadable(why: str) -> Refused:
    return bad_request(f"can't parse inline keyboard button: {why}")
