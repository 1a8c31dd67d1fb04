"""Every report there is, by name."""

from functions.generate_report.reports import (
    comprehensive,
    homework,
    lesson,
    material,
    payment,
    student,
    tutor,
    user,
)

REPORTS = {
    report.name: report
    for report in (
        lesson.REPORT,
        payment.REPORT,
        user.REPORT,
        material.REPORT,
        homework.REPORT,
        student.REPORT,
        tutor.REPORT,
        comprehensive.REPORT,
    )
}
QUICK = ("lesson", "payment", "user", "material", "homework")
