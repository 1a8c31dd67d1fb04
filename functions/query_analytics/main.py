"""Answers analytics questions from states and roll-ups, with the row scope applied and a receipt in every answer.

Routes: GET /api/v1/analytics/{overview, dashboard/…, lessons/stats, payments/summary, homework/stats, users/activity,
users/retention, materials/usage, tutors/earnings, subjects/performance, students/<id>/progress, money/leaks}, and
GET …/rows, the rows behind a figure; GET /api/v1/receipts/<id> and POST …/verify, the proof of one.
"""

from functions.query_analytics import (
    earnings,
    homework,
    leaks,
    lessons,
    materials,
    overview,
    payments,
    progress,
    proving,
    retention,
    subjects,
    users,
)
from functions.query_analytics.answers import answer
from functions.query_analytics.dashboards import admin, family, tutor
from functions.query_analytics.drill import metrics as behind
from functions.query_analytics.page_shapes import (
    AdminPage,
    MoneyLeaks,
    Overview,
    ParentPage,
    Progress,
    Rows,
    StudentPage,
    TutorPage,
)
from functions.query_analytics.question import Metric
from functions.query_analytics.rows_queries import (
    HomeworkRows,
    LessonRows,
    MaterialRows,
    PaymentRows,
    UserRows,
    rows,
)
from functions.query_analytics.shapes import (
    HomeworkStats,
    LessonStats,
    MaterialUsage,
    PaymentSummary,
    Retention,
    SubjectPerformance,
    TutorEarnings,
    UserActivity,
)
from lib.domain.parameters import Parameters
from lib.errors import not_found
from lib.runtime.function import Call, Function, Reply

SCHOOL = ("admin", "service")
app = Function("query_analytics")


@app.get("/api/v1/analytics/overview", query=Parameters, answer=Overview, summary="All headline figures")
def show_overview(call: Call, query: Parameters) -> Reply:
    """The headline figures of all families, with the previous period's."""
    return answer(call, query.model_copy(update={"compare": "previous"}), overview.OVERVIEW)


@app.get(
    "/api/v1/analytics/dashboard/admin",
    query=Parameters,
    answer=AdminPage,
    roles=SCHOOL,
    summary="The school's page",
)
def admin_dashboard(call: Call, query: Parameters) -> Reply:
    """Headline figures with the previous period's, their course, the best tutors, the hours, the leaks."""
    return _page(call, query, admin.PAGE)


@app.get(
    "/api/v1/analytics/dashboard/tutor",
    query=Parameters,
    answer=TutorPage,
    roles=(*SCHOOL, "tutor"),
    summary="A tutor's page",
)
def tutor_dashboard(call: Call, query: Parameters) -> Reply:
    """A tutor sees the own page; an admin says whose with `tutor_id`."""
    return _page(call, query, tutor.PAGE)


@app.get(
    "/api/v1/analytics/dashboard/parent",
    query=Parameters,
    answer=ParentPage,
    roles=(*SCHOOL, "parent"),
    summary="A parent's page",
)
def parent_dashboard(call: Call, query: Parameters) -> Reply:
    """Each child's page and all of them together; an admin says which child with `student_id`."""
    return _page(call, query, family.PARENT)


@app.get(
    "/api/v1/analytics/dashboard/student",
    query=Parameters,
    answer=StudentPage,
    roles=(*SCHOOL, "student"),
    summary="A student's page",
)
def student_dashboard(call: Call, query: Parameters) -> Reply:
    """A student sees the own page; an admin says whose with `student_id`."""
    return _page(call, query, family.STUDENT)


def _page(call: Call, query: Parameters, metric: Metric) -> Reply:
    """A page always has the previous period, from the same statements."""
    return answer(call, query.model_copy(update={"compare": None}), metric)


@app.get(
    "/api/v1/analytics/lessons/stats", query=Parameters, answer=LessonStats, summary="Lessons and attendance"
)
def lessons_stats(call: Call, query: Parameters) -> Reply:
    """Lessons by the local day they start on."""
    return answer(call, query, lessons.STATS)


@app.get(
    "/api/v1/analytics/payments/summary", query=Parameters, answer=PaymentSummary, summary="Money by currency"
)
def payments_summary(call: Call, query: Parameters) -> Reply:
    """Revenue, refunds and payers, one object per currency."""
    return answer(call, query, payments.SUMMARY)


@app.get(
    "/api/v1/analytics/homework/stats", query=Parameters, answer=HomeworkStats, summary="Homework and grades"
)
def homework_stats(call: Call, query: Parameters) -> Reply:
    """Homework assigned, handed in on time, graded."""
    return answer(call, query, homework.STATS)


@app.get("/api/v1/analytics/users/activity", query=Parameters, answer=UserActivity, summary="Who is active")
def users_activity(call: Call, query: Parameters) -> Reply:
    """Registrations, logins and active users."""
    return answer(call, query, users.STATS)


@app.get("/api/v1/analytics/users/retention", query=Parameters, answer=Retention, summary="Who comes back")
def users_retention(call: Call, query: Parameters) -> Reply:
    """Cohorts by the local month of the first action ever."""
    return answer(call, query, retention.RETENTION)


@app.get("/api/v1/analytics/materials/usage", query=Parameters, answer=MaterialUsage, summary="What is read")
def materials_usage(call: Call, query: Parameters) -> Reply:
    """Materials made, opened and downloaded."""
    return answer(call, query, materials.USAGE)


@app.get(
    "/api/v1/analytics/tutors/earnings", query=Parameters, answer=TutorEarnings, summary="What lessons earned"
)
def tutors_earnings(call: Call, query: Parameters) -> Reply:
    """The prices of completed lessons by tutor and currency."""
    return answer(call, query, earnings.EARNINGS)


@app.get(
    "/api/v1/analytics/subjects/performance",
    query=Parameters,
    answer=SubjectPerformance,
    summary="Subjects compared",
)
def subjects_performance(call: Call, query: Parameters) -> Reply:
    """Each subject's lessons and homework."""
    return answer(call, query, subjects.PERFORMANCE)


@app.get("/api/v1/analytics/money/leaks", query=Parameters, answer=MoneyLeaks, summary="Where money leaks")
def money_leaks(call: Call, query: Parameters) -> Reply:
    """Taught and not marked, marked and not billed, billed and not paid, paid and not used: over all time, as it
    stands now. The period does not matter here."""
    return answer(call, query, leaks.LEAKS)


@app.get(
    "/api/v1/analytics/students/<student_id>/progress",
    query=Parameters,
    answer=Progress,
    summary="How a student is getting on",
)
def student_progress(call: Call, query: Parameters, student_id: str) -> Reply:
    """Lessons, homework, balance and last lessons of one student."""
    if query.student_id not in (None, student_id) or "\x00" in student_id:
        raise not_found()
    return answer(call, query.model_copy(update={"student_id": student_id}), progress.PROGRESS)


@app.get(
    "/api/v1/analytics/lessons/stats/rows", query=LessonRows, answer=Rows, summary="The rows behind a figure"
)
def lesson_rows(call: Call, query: LessonRows) -> Reply:
    """The rows behind a figure of /analytics/lessons/stats."""
    return rows(call, query, behind.LESSONS)


@app.get(
    "/api/v1/analytics/payments/summary/rows",
    query=PaymentRows,
    answer=Rows,
    summary="The rows behind a figure",
)
def payment_rows(call: Call, query: PaymentRows) -> Reply:
    """The rows behind a figure of /analytics/payments/summary."""
    return rows(call, query, behind.PAYMENTS)


@app.get(
    "/api/v1/analytics/homework/stats/rows",
    query=HomeworkRows,
    answer=Rows,
    summary="The rows behind a figure",
)
def homework_rows(call: Call, query: HomeworkRows) -> Reply:
    """The rows behind a figure of /analytics/homework/stats."""
    return rows(call, query, behind.HOMEWORK)


@app.get(
    "/api/v1/analytics/users/activity/rows", query=UserRows, answer=Rows, summary="The rows behind a figure"
)
def user_rows(call: Call, query: UserRows) -> Reply:
    """The rows behind a figure of /analytics/users/activity."""
    return rows(call, query, behind.USERS)


@app.get(
    "/api/v1/analytics/materials/usage/rows",
    query=MaterialRows,
    answer=Rows,
    summary="The rows behind a figure",
)
def material_rows(call: Call, query: MaterialRows) -> Reply:
    """The rows behind a figure of /analytics/materials/usage."""
    return rows(call, query, behind.MATERIALS)


@app.get("/api/v1/receipts/<receipt_id>", answer=proving.KeptReceipt, summary="What a figure rests on")
def show_receipt(call: Call, receipt_id: str) -> Reply:
    """The question, the definition, the position of the log and the hash of the figures."""
    return Reply(proving.find(call, receipt_id))


@app.post("/api/v1/receipts/<receipt_id>/verify", answer=proving.Proof, summary="Prove a figure from the log")
def verify_receipt(call: Call, receipt_id: str) -> Reply:
    """Tells the figure once more from nothing but the event log, and which later events changed it."""
    return Reply(proving.verify(call, receipt_id))


query_analytics = app.target
