"""What may be asked of drill-downs."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from functions.query_analytics.answers import answer
from functions.query_analytics.question import Metric
from lib.domain.parameters import Parameters
from lib.domain.shapes import Currency
from lib.runtime.function import Call, Reply

Outcome = Literal["attended", "excused_absence", "unexcused_absence", "rescheduled", "cancelled", "unmarked"]


class RowsQuery(Parameters):
    """The common parameters and a page; `figure` is a name of the summary."""

    figure: Any
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=1000)

    def more(self) -> dict[str, str | None]:
        """What only this figure's rows depend on."""
        return {"figure": self.figure, "limit": str(self.limit), "cursor": self.cursor}


class LessonRows(RowsQuery):
    """`unmarked` lessons have no outcome yet; `missed` are excused and unexcused, `open` neither held nor cancelled.

    `weekday` (0 is Monday) and `hour` are those of the start on the clock of `tz`; each needs the other.
    """

    figure: Literal[
        "scheduled",
        "completed",
        "cancelled",
        "excused",
        "unexcused",
        "missed",
        "open",
        "minutes",
        "confirmed",
        "reschedule_asked",
        "declined",
        "attendance_rate",
        "average_rating",
    ] = "scheduled"
    outcome: Outcome | None = None
    weekday: int | None = Field(default=None, ge=0, le=6)
    hour: int | None = Field(default=None, ge=0, le=23)

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.weekday is None) != (self.hour is None):
            raise ValueError("weekday and hour go together")
        return self

    def more(self) -> dict[str, str | None]:
        """With the outcome and the hour of the week."""
        clock = None if self.hour is None else f"{self.weekday} {self.hour}"
        return {**super().more(), "outcome": self.outcome, "hour": clock}


class PaymentRows(RowsQuery):
    """Rows of all currencies, or of one; paid in any way, or in one."""

    figure: Literal[
        "payments", "revenue", "refunded", "net", "failed", "average_payment", "paying_students"
    ] = "payments"
    currency: Currency | None = None
    method: str | None = Field(default=None, max_length=200)

    @model_validator(mode="after")
    def _payers_pay_in_many_ways(self) -> Self:
        if self.method is not None and self.figure == "paying_students":
            raise ValueError("paying_students have no method")
        return self

    def more(self) -> dict[str, str | None]:
        """With the currency and the method."""
        return {**super().more(), "currency": self.currency, "method": self.method}


class HomeworkRows(RowsQuery):
    """Homework by the day of the fact."""

    figure: Literal["assigned", "submitted", "graded", "overdue", "on_time_rate", "average_score_percent"] = (
        "assigned"
    )


class UserRows(RowsQuery):
    """Users, or their logins."""

    figure: Literal["registered", "active", "logins", "deactivated"] = "active"


class MaterialRows(RowsQuery):
    """Materials, their uses, or their readers."""

    figure: Literal["created", "accessed", "downloads", "unique_users"] = "accessed"


def rows(call: Call, query: RowsQuery, metric: Metric) -> Reply:
    """One page of the rows behind a figure."""
    return answer(call, query, metric, **query.more())
