"""What the broadcasts' part of the API takes."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.dispatch_notifications.shapes import Channel, Locale, TypeName
from lib.domain.catalogue import CHANNELS
from lib.domain.shapes import Id, Instant


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Audience(_Input):
    """A role; a tutor's students, with their parents if asked for; or people by their ids."""

    role: Literal["admin", "tutor", "student", "parent"] | None = None
    tutor_id: Id | None = None
    include_parents: bool = False
    user_ids: Annotated[list[Id], Field(min_length=1, max_length=100_000)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(x is not None for x in (self.role, self.tutor_id, self.user_ids)) != 1:
            raise ValueError("give exactly one of role, tutor_id and user_ids")
        if self.include_parents and self.tutor_id is None:
            raise ValueError("include_parents goes with tutor_id")
        return self


class BroadcastRequest(_Input):
    """Whom to tell what, from when on and until when, on which channels (those of the type when left out)."""

    audience: Audience
    type: Literal["custom", "system_notification"] = "custom"
    template: TypeName | None = None
    data: dict[str, Any] = Field(default_factory=dict)
    channels: Annotated[list[Channel], Field(min_length=1, max_length=len(CHANNELS))] | None = None
    locale: Locale | None = None
    send_at: Instant | None = None
    expires_at: Instant | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.expires_at and self.send_at and self.expires_at <= self.send_at:
            raise ValueError("expires_at must be after send_at")
        return self


class PlaceQuery(_Input):
    """`dry_run`: tell what would happen, and do nothing."""

    dry_run: bool = False
