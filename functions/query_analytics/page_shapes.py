"""What whole pages, the money's leaks and drill-downs answer, for the OpenAPI document."""

from typing import Any

from pydantic import BaseModel, Field

from functions.query_analytics.shapes import (
    ActivitySummary,
    Answer,
    CurrencySummary,
    Earned,
    Figures,
    HomeworkSummary,
    LessonAndHomeworkSummary,
    LessonSummary,
    MaterialSummary,
)

Listed = list[dict[str, Any]]


class Headline(BaseModel):
    """The summaries of all families."""

    lessons: LessonSummary
    payments: dict[str, CurrencySummary]
    homework: HomeworkSummary
    users: ActivitySummary
    materials: MaterialSummary


class Overview(Answer):
    """The headline figures, with the previous period's."""

    summary: Headline
    previous: dict[str, Any]


class Balance(BaseModel):
    """Lessons of a student's account: `lessons` = bought (after refunds) + given - charged."""

    bought: int
    given: int
    charged: int
    lessons: int


class Progress(Figures):
    """How a student is getting on."""

    student_id: str
    summary: LessonAndHomeworkSummary
    by_subject: Listed
    homework_scores: Listed
    balance: Balance
    last_lessons: Listed


class Joined(BaseModel):
    """Who came and who went."""

    registered: int
    deactivated: int


class SchoolSummary(BaseModel):
    """The headline of a school's page."""

    lessons: LessonSummary
    payments: dict[str, CurrencySummary]
    users: Joined


class AdminPage(Figures):
    """The page of the whole school."""

    summary: SchoolSummary
    revenue: Listed
    by_subject: Listed
    top_tutors: Listed
    by_weekday_hour: list[dict[str, int]]
    leaks: dict[str, int] = Field(description="Lessons of the period that are over and not marked")


class TutorPage(Figures):
    """A tutor's own page."""

    tutor_id: str
    summary: LessonAndHomeworkSummary
    by_subject: Listed
    earnings: dict[str, Earned]
    students: Listed
    by_weekday_hour: list[dict[str, int]]
    upcoming: Listed
    unmarked: dict[str, Any]
    to_grade: Listed


class StudentFigures(BaseModel):
    """What the page of a student shows."""

    student_id: str
    summary: LessonAndHomeworkSummary
    previous: dict[str, Any]
    series: Listed
    by_subject: Listed
    balance: Balance
    homework_scores: Listed
    to_do: Listed
    upcoming: Listed
    last_lessons: Listed


class StudentPage(StudentFigures, Answer):
    """A student's own page."""


class ParentPage(Figures):
    """All children together, then each child's page."""

    summary: LessonAndHomeworkSummary
    by_subject: Listed
    children: list[StudentFigures]


class LessonLeak(BaseModel):
    """`money` by currency; `unpriced` lessons are counted and have no money; the first hundred are listed."""

    lessons: int
    money: dict[str, str]
    unpriced: int
    items: Listed
    more: int


class PaymentLeak(BaseModel):
    """Payments of which something is left, the lessons left and what they cost."""

    payments: int
    lessons: int
    money: dict[str, str]
    items: Listed
    more: int


class Reconciliation(BaseModel):
    """paid = used + not_used, billed = covered + not_paid; `unpriced` charged lessons are in neither."""

    paid: str
    used: str
    not_used: str
    billed: str
    covered: str
    not_paid: str
    unpriced: int


class MoneyLeaks(Answer):
    """Where money leaks, over all time, as it stands at the minute of asking: `from` and `to` don't matter."""

    taught_not_marked: LessonLeak
    marked_not_billed: LessonLeak
    billed_not_paid: LessonLeak
    paid_not_used: PaymentLeak
    reconciliation: dict[str, Reconciliation]


class Rows(Answer):
    """The rows behind `figure`, latest first. `total` is how many there are in all; a figure that counts
    equals it. `value` is the figure as the rows make it, by currency for money."""

    figure: str
    value: Any
    total: int
    items: Listed
    next_cursor: str | None
