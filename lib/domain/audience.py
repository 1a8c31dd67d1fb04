"""Whom an event concerns: the student, the student's parents, the tutor, or the people it names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.domain.catalogue import NotificationType


@dataclass(frozen=True, slots=True)
class ChannelState:
    """`on` or `off`; `reason` is the code that says why it is off."""

    state: str = "on"
    reason: str | None = None

    @property
    def is_off(self) -> bool:
        return self.state == "off"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of the directory. `channels` holds only what differs from `on`."""

    user_id: str
    role: str | None = None
    name: str | None = None
    email: str | None = None
    telegram_chat_id: str | None = None
    phone: str | None = None
    locale: str | None = None
    timezone: str | None = None
    active: bool = True
    parent_ids: tuple[str, ...] = ()
    child_ids: tuple[str, ...] = ()
    channels: Mapping[str, ChannelState] = field(default_factory=dict)

    def address(self, channel: str) -> str | None:
        """Where this person is reached on that channel, if anywhere."""
        return self.email if channel == "email" else self.telegram_chat_id

    def channel(self, channel: str) -> ChannelState:
        """The channel's state; on unless something switched it off."""
        return self.channels.get(channel, ChannelState())


def concerned(
    kind: NotificationType,
    data: Mapping[str, Any],
    directory: Mapping[str, Recipient],
    *,
    members: Iterable[str] = (),
) -> tuple[str, ...]:
    """The user ids to tell, each once, in a stable order: student, parents, tutor.

    Args:
        kind: the notification type; its audience says which of them.
        data: the event's data, completed with its lesson's `student_id` and `tutor_id`.
        directory: the people it may lead to, by id. A student who is not in it is still concerned.
        members: who holds `data["role"]`, for a message to a role.
    """
    found: list[str] = []
    student = data.get("student_id")
    if "self" in kind.audience and data.get("user_id"):
        found.append(data["user_id"])
    if "named" in kind.audience:
        found += [*(data.get("user_ids") or ()), *members]
    if student and "student" in kind.audience:
        found.append(student)
    if student and "parent" in kind.audience and student in directory:
        found += directory[student].parent_ids
    if "tutor" in kind.audience and data.get("tutor_id"):
        found.append(data["tutor_id"])
    if "named" not in kind.audience and data.get("user_ids"):
        # A reminder names those among them whose lead time this is.
        found = [user for user in found if user in data["user_ids"]]
    return tuple(dict.fromkeys(found))
