"""What a handler answers with."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from lib.domain.shapes import instant_text

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer. A dict, a list or a model becomes JSON; bytes, text and iterators go out as they are."""

    body: Any = b""
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes | Iterator[bytes]:
        """The body as it goes over the wire."""
        if isinstance(self.body, bytes | Iterator):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return to_json(self.body).encode()


def to_json(value: Any) -> str:
    """JSON with our conventions: instants in UTC with Z, decimals as texts."""
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value).__name__} as JSON")
