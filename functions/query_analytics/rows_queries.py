"""What may be asked of drill-downs."""

from typing import Any, Literal

from pydantic import Field

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
    """`unmarked` lessons have no outcome yet."""

    figure: Literal[
        "scheduled",
        "completed",
        "cancelled",
        "excused",
        "unexcused",
        "minutes",
        "confirmed",
        "reschedule_asked",
        "declined",
        "attendance_rate",
        "average_rating",
    ] = "scheduled"
    outcome: Outcome | None = None

    def more(self) -> dict[str, str | None]:
        """With the outcome."""
        return {**super().more(), "outcome": self.outcome}


class PaymentRows(RowsQuery):
    """Rows of all currencies, or of one."""

    figure: Literal[
        "payments", "revenue", "refunded", "net", "failed", "average_payment", "paying_students"
    ] = "payments"
    currency: Currency | None = None

    def more(self) -> dict[str, str | None]:
        """With the currency."""
        return {**super().more(), "currency": self.currency}


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
