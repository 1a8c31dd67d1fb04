"""The query parameters that analytics, charts, reports and exports share."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lib.domain.periods import Granularity, Period, period_of
from lib.domain.shapes import Id


def _a_day(value: Any) -> Any:
    """2026-09-01 and nothing else: pydantic would take a Unix time, too."""
    if isinstance(value, str) and len(value) != 10:
        raise ValueError("must be a day such as 2026-09-01")
    return value


Day = Annotated[date, BeforeValidator(_a_day)]


class Parameters(BaseModel):
    """`from` and `to` are local days in `tz`, both included; or `days` up to today."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    days: int | None = Field(default=None, ge=1, le=3660)
    tz: str | None = Field(default=None, max_length=60)
    granularity: Granularity = "day"
    tutor_id: Id | None = None
    student_id: Id | None = None
    subject: str | None = Field(default=None, max_length=200)
    compare: Literal["previous"] | None = None

    def period(self, *, default_tz: str, now: datetime) -> Period:
        """The period meant. Raises BadInput."""
        return period_of(first=self.first, last=self.last, days=self.days, tz=self.tz or default_tz, now=now)
