"""What one try at a delivery knows."""

from dataclasses import dataclass, field
from typing import Any

from lib.db.deliveries import Delivery
from lib.domain.catalogue import TYPES, NotificationType
from lib.domain.decisions import Person
from lib.runtime.call import Call


@dataclass(slots=True)
class Try:
    """What one try knows: the claimed row, its notification, and whom it is for."""

    call: Call
    token: str
    delivery: Delivery
    notification: Any
    person: Person
    data: dict[str, Any] = field(default_factory=dict)
    handed_over: bool = False

    @property
    def kind(self) -> NotificationType:
        return TYPES[self.notification.type]
