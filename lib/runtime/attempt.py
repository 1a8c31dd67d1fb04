"""What one try at a delivery knows."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from lib.db.deliveries import Delivery
from lib.domain.catalogue import TYPES, NotificationType
from lib.domain.decisions import Person
from lib.runtime.call import Call


@dataclass(slots=True)
class Try:
    """What one try knows: the claimed row, its notification, and whom it is for.

    `line` is the connection that wrote the point of no return down, kept for writing the outcome: fetching
    one from the pool tests it first, and that round trip would be a time in which to be killed.
    """

    call: Call
    token: str
    delivery: Delivery
    notification: Any
    person: Person
    data: dict[str, Any] = field(default_factory=dict)
    handed_over: bool = False
    line: Connection | None = None

    @property
    def kind(self) -> NotificationType:
        return TYPES[self.notification.type]
