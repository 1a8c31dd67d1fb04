"""What the routes of reports take and answer."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lib.domain.shapes import Id

Channel = Literal["email", "telegram"]
State = Literal["queued", "running", "done", "failed", "expired", "cancelled"]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeliverTo(_Input):
    """Where the finished report goes: to whoever asks, or as an admin to anybody. The address is the directory's."""

    channel: Channel
    user_id: Id | None = None


def _named_channel(value: Any) -> Any:
    return {"channel": value} if isinstance(value, str) else value


class ReportRequest(_Input):
    """`parameters` are those of analytics; /api/v1/reports/types lists them. `excel` means `xlsx`."""

    type: str = Field(max_length=40)
    format: str = Field(default="pdf", max_length=10)
    parameters: dict[str, Any] = Field(default_factory=dict)
    locale: Literal["ru", "en"] | None = None
    deliver_to: Annotated[DeliverTo | None, BeforeValidator(_named_channel)] = None


class Links(BaseModel):
    """Where to go on. `download` works once the report is done."""

    self: str
    download: str


class ReportJob(BaseModel):
    """One report. `progress` is 0 to 100; `error` is a sentence for people; times are RFC 3339 in UTC.

    `reused`: the very same was asked for before, of the same figures, and is or will be good for this as well.
    """

    id: str
    type: str
    format: str
    parameters: dict[str, Any]
    locale: str
    state: State
    progress: int
    stage: str
    attempts: int
    requested_by: str
    deliver_to: dict[str, Any] | None
    filename: str | None
    media_type: str | None
    bytes: int | None
    sha256: str | None
    error: str | None
    notification_id: str | None
    subscription_id: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    links: Links
    reused: bool = False


class ReportPage(BaseModel):
    """One page, newest first."""

    items: list[ReportJob]
    next_cursor: str | None


class ReportsQuery(_Input):
    """One's own reports; everybody's for an admin."""

    state: State | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=100)
