"""What the analytics calls answer, for the OpenAPI document."""

from typing import Any

from pydantic import BaseModel, Field


class AsOf(BaseModel):
    """`position` is the last event of the log that could have changed these figures, received at `time`; they are
    those of the whole log."""

    position: int
    time: str | None


class Receipt(BaseModel):
    """Which definition over which events gave the figures, and the SHA-256 of the figures."""

    id: str
    metric: str
    version: str
    position: int
    hash: str


class Answer(BaseModel):
    """What every analytics answer has."""

    period: dict[str, str]
    filters: dict[str, Any]
    as_of: AsOf
    receipt: Receipt


class Figures(Answer):
    """Figures with their course over the period."""

    series: list[dict[str, Any]] = Field(description="One object per bucket, each with its first local day")
    previous: dict[str, Any] | None = Field(default=None, description="With compare=previous")


class LessonSummary(BaseModel):
    """`scheduled` counts every lesson of the period, whatever became of it.

    `confirmed`, `reschedule_asked` and `declined` count what families answered to the reminder.
    """

    scheduled: int
    completed: int
    cancelled: int
    excused: int
    unexcused: int
    minutes: int
    confirmed: int
    reschedule_asked: int
    declined: int
    attendance_rate: float | None
    average_rating: float | None


class LessonStats(Figures):
    """Lessons by the local day of their start."""

    summary: LessonSummary
    by_subject: list[dict[str, Any]]
    by_tutor: list[dict[str, Any]]
    by_weekday_hour: list[dict[str, int]]


class CurrencySummary(BaseModel):
    """Money as decimal texts."""

    revenue: str
    refunded: str
    net: str
    payments: int
    failed: int
    average_payment: str | None
    paying_students: int


class PaymentSummary(Figures):
    """One summary per currency met."""

    summary: dict[str, CurrencySummary]
    by_method: list[dict[str, Any]]
    by_tutor: list[dict[str, Any]]
    by_subject: list[dict[str, Any]]


class HomeworkSummary(BaseModel):
    """`graded` counts homework and student once, by the latest grade."""

    assigned: int
    submitted: int
    graded: int
    overdue: int
    on_time_rate: float | None
    average_score_percent: float | None


class HomeworkStats(Figures):
    """Homework by the local day of each fact."""

    summary: HomeworkSummary
    by_subject: list[dict[str, Any]]
    by_student: list[dict[str, Any]]


class ActivitySummary(BaseModel):
    """`active` counts distinct users who did something themselves."""

    registered: int
    active: int
    logins: int
    deactivated: int


class UserActivity(Figures):
    """Users by the local day of what they did."""

    summary: ActivitySummary
    by_role: list[dict[str, Any]]
    heatmap: list[dict[str, int]]


class Cohort(BaseModel):
    """Users whose first action ever was in `month`; `active[k]` of them did something k months later."""

    month: str
    users: int
    active: list[int]
    rate: list[float | None]


class Retention(Answer):
    """Cohorts of the local months that the period touches."""

    months: list[str]
    cohorts: list[Cohort]


class MaterialSummary(BaseModel):
    """`unique_users` counts distinct users who opened or downloaded something."""

    created: int
    accessed: int
    downloads: int
    unique_users: int


class MaterialUsage(Figures):
    """Materials by the local day of each fact; `popular` has the twenty most opened."""

    summary: MaterialSummary
    by_subject: list[dict[str, Any]]
    popular: list[dict[str, Any]]


class Earned(BaseModel):
    """Completed lessons in one currency; `unpriced` ones add nothing to `earned`."""

    completed: int
    minutes: int
    earned: str
    unpriced: int
    tutors: int


class TutorEarnings(Figures):
    """What completed lessons cost, by currency."""

    summary: dict[str, Earned]
    by_tutor: list[dict[str, Any]]


class LessonAndHomeworkSummary(LessonSummary, HomeworkSummary):
    """The figures of lessons and of homework side by side."""


class SubjectPerformance(Figures):
    """Each subject's lessons and homework."""

    summary: LessonAndHomeworkSummary
    by_subject: list[dict[str, Any]]
