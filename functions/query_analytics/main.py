"""Answers analytics questions from the roll-ups, with the row scope applied and a receipt in every answer.

Routes: GET /api/v1/analytics/{lessons/stats, payments/summary, homework/stats, users/activity}.
"""

from functions.query_analytics import homework, lessons, payments, users
from functions.query_analytics.answers import answer
from functions.query_analytics.shapes import HomeworkStats, LessonStats, PaymentSummary, UserActivity
from lib.domain.parameters import Parameters
from lib.runtime.function import Call, Function, Reply

app = Function("query_analytics")


@app.get(
    "/api/v1/analytics/lessons/stats", query=Parameters, answer=LessonStats, summary="Lessons and attendance"
)
def lessons_stats(call: Call, query: Parameters) -> Reply:
    """Lessons by the local day they start on."""
    return answer(call, query, "lessons.stats", lessons.stats)


@app.get(
    "/api/v1/analytics/payments/summary", query=Parameters, answer=PaymentSummary, summary="Money by currency"
)
def payments_summary(call: Call, query: Parameters) -> Reply:
    """Revenue, refunds and payers, one object per currency."""
    return answer(call, query, "payments.summary", payments.summary)


@app.get(
    "/api/v1/analytics/homework/stats", query=Parameters, answer=HomeworkStats, summary="Homework and grades"
)
def homework_stats(call: Call, query: Parameters) -> Reply:
    """Homework assigned, handed in on time, graded."""
    return answer(call, query, "homework.stats", homework.stats)


@app.get("/api/v1/analytics/users/activity", query=Parameters, answer=UserActivity, summary="Who is active")
def users_activity(call: Call, query: Parameters) -> Reply:
    """Registrations, logins and active users."""
    return answer(call, query, "users.activity", users.activity)


query_analytics = app.target
