"""What the routes of regular reports take and answer."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.generate_report.jobs.shapes import Channel
from lib.domain.preferences import ClockTime
from lib.domain.report_calendar import Every, Weekday


class SubscriptionRequest(BaseModel):
    """A report of the last full week or month, at a time on the reader's own clock.

    `weekday` (weekly, default Monday), `day` (monthly, default 1; in a month without it, its last day). A parent who
    names no child gets a student report of each. Without `locale`, the language is the reader's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(max_length=40)
    format: str = Field(default="pdf", max_length=10)
    parameters: dict[str, Any] = Field(default_factory=dict)
    every: Every
    weekday: Weekday | None = None
    day: int | None = Field(default=None, ge=1, le=31)
    at: ClockTime = "09:00"
    channel: Channel = "email"
    locale: Literal["ru", "en"] | None = None

    @model_validator(mode="after")
    def _its_own_day(self) -> Self:
        if (self.every == "weekly" and self.day) or (self.every == "monthly" and self.weekday):
            raise ValueError("weekday belongs to weekly, day to monthly")
        return self


class Subscription(BaseModel):
    """One of them; `next_at` is the next time it is due, worked out for `zone`."""

    id: str
    type: str
    format: str
    parameters: dict[str, Any]
    every: Every
    weekday: Weekday | None
    day: int | None
    at: str
    channel: Channel
    locale: str | None
    requested_by: str
    zone: str
    next_at: datetime
    created_at: datetime
    ended_at: datetime | None


class SubscriptionPage(BaseModel):
    """One page, newest first, of those that go on."""

    items: list[Subscription]
    next_cursor: str | None


class SubscriptionsQuery(BaseModel):
    """One's own; everybody's for an admin."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=100)
