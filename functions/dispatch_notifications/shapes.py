"""What the notification API takes and answers."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lib.domain.catalogue import CHANNELS, TYPES
from lib.domain.preferences import known_timezone
from lib.domain.shapes import Id, Instant
from lib.runtime.attachments import GivenAttachments

Channel = Literal["telegram", "email"]
Locale = Literal["ru", "en"]
Lang = Literal["ru", "en"]


def _known_type(value: str) -> str:
    if value not in TYPES:
        raise ValueError(f"unknown type; known: {', '.join(TYPES)}")
    return value


TypeName = Annotated[str, AfterValidator(_known_type)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Content(_Input):
    data: dict[str, Any] = Field(default_factory=dict)
    channels: Annotated[list[Channel], Field(min_length=1, max_length=len(CHANNELS))] | None = None
    template: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")] | None = None
    locale: Locale | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    critical: bool | None = None
    send_at: Instant | None = None
    expires_at: Instant | None = None
    fallback: Literal["telegram", "email", "none"] | None = None
    must_answer_minutes: Annotated[int, Field(ge=1, le=10080)] | None = None
    correlation_id: Annotated[str, Field(max_length=200)] | None = None
    attachments: GivenAttachments = ()
    user_id: Id | None = None
    user_ids: Annotated[list[Id], Field(min_length=1, max_length=1000)] | None = None
    role: Literal["admin", "tutor", "student", "parent"] | None = None

    @property
    def audiences(self) -> int:
        """How many of the three ways to name an audience were used."""
        return sum(x is not None for x in (self.user_id, self.user_ids, self.role))


class NotificationRequest(_Content):
    """Whom to tell what. The address comes from the recipient directory, never from here."""

    type: TypeName

    @model_validator(mode="after")
    def _one_audience(self) -> Self:
        if self.audiences != 1:
            raise ValueError("give exactly one of user_id, user_ids and role")
        if self.expires_at and self.send_at and self.expires_at <= self.send_at:
            raise ValueError("expires_at must be after send_at")
        return self


class Simulation(_Content):
    """A notification request, or an `event`, and the instant `at` which to decide (now when left out)."""

    type: TypeName | None = None
    event: dict[str, Any] | None = None
    at: Instant | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.event is None) == (self.type is None):
            raise ValueError("give either an event, or the type and audience of a notification")
        if self.type is not None and self.audiences != 1:
            raise ValueError("give exactly one of user_id, user_ids and role")
        return self

    def request(self) -> NotificationRequest:
        """The same without `event` and `at`."""
        return NotificationRequest.model_validate(self.model_dump(exclude={"event", "at"}, exclude_none=True))


Batch = Annotated[list[NotificationRequest], Field(min_length=1, max_length=500)]


class LogQuery(_Input):
    """Filters of the delivery log; `from` and `to` are instants of planning, the second exclusive."""

    user_id: Id | None = None
    type: TypeName | None = None
    channel: Channel | None = None
    status: str | None = None
    since: Instant | None = Field(default=None, alias="from")
    until: Instant | None = Field(default=None, alias="to")
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=100)
    lang: Lang = "ru"


class OneQuery(_Input):
    """The language of the sentences."""

    lang: Lang = "ru"


class WordsQuery(_Input):
    """Of which delivery; of all of them when left out."""

    delivery_id: str | None = Field(default=None, max_length=100)


class ExplainQuery(_Input):
    """Whom, and which event or notification."""

    user_id: Id
    event_id: Id | None = None
    source: Id | None = None
    notification_id: Id | None = None
    lang: Lang = "ru"

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.event_id is None) == (self.notification_id is None):
            raise ValueError("give either event_id or notification_id")
        return self


class DaysQuery(_Input):
    """Days of planning in `tz`, both included; the last 30 when left out."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    days: int | None = Field(default=None, ge=1, le=3660)
    tz: Annotated[str, AfterValidator(known_timezone)] | None = None


class PageQuery(_Input):
    """One page."""

    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=100)
