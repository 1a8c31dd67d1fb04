"""Events of a batch that were refused one by one, put aside with their reasons."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection

from lib.db import dead_letters
from lib.domain.batches import Rejection
from lib.runtime.call import Message


def park(conn: Connection, queue: str, rejections: Iterable[Rejection], message: Message) -> None:
    """Keep each refused event by itself, in the caller's transaction; the same one is kept once."""
    for rejection in rejections:
        dead_letters.park(
            conn,
            queue=queue,
            reason=rejection.reason,
            body=json.dumps(rejection.body, ensure_ascii=False).encode(),
            content_type="application/json",
            message_id=message.message_id,
            routing_key=message.routing_key,
        )
