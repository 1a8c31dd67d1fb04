"""Every metric by its name: what a receipt names can be asked once more."""

from functions.query_analytics import (
    earnings,
    homework,
    leaks,
    lessons,
    materials,
    overview,
    payments,
    progress,
    retention,
    subjects,
    users,
)
from functions.query_analytics.dashboards import admin, family, tutor
from functions.query_analytics.drill import metrics as rows

METRICS = {
    metric.name: metric
    for metric in (
        lessons.STATS,
        payments.SUMMARY,
        homework.STATS,
        users.STATS,
        retention.RETENTION,
        materials.USAGE,
        earnings.EARNINGS,
        subjects.PERFORMANCE,
        progress.PROGRESS,
        leaks.LEAKS,
        overview.OVERVIEW,
        admin.PAGE,
        tutor.PAGE,
        family.PARENT,
        family.STUDENT,
        rows.LESSONS,
        rows.PAYMENTS,
        rows.HOMEWORK,
        rows.USERS,
        rows.MATERIALS,
    )
}
