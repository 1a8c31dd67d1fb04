"""Where a page of rows ended, as a text that means nothing to its reader."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lib.errors import BadInput

AFTER = " AND (slot, key) < (CAST(:last_slot AS timestamptz), CAST(:last_key AS text))"


def encoded(row: Mapping[Any, Any]) -> str:
    """The row's place in the order."""
    place = json.dumps([row["slot"].isoformat(), row["key"]])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decoded(given: str | None) -> tuple[str, dict[str, Any]]:
    """SQL to go on after that place, and its values. Raises BadInput."""
    if given is None:
        return "", {}
    try:
        slot, key = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        at = datetime.fromisoformat(slot)
    except (binascii.Error, ValueError, TypeError):
        raise BadInput("cursor must be the next_cursor of an earlier page.") from None
    if at.tzinfo is None or not isinstance(key, str) or "\x00" in key:
        raise BadInput("cursor must be the next_cursor of an earlier page.")
    return AFTER, {"last_slot": at, "last_key": key}
