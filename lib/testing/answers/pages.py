"""Whole pages: the overview and the dashboards, in the shapes of functions/query_analytics."""

from lib.testing.answers.money import earnings, payments
from lib.testing.answers.people import materials, users
from lib.testing.answers.school import Answer, School, Sum, earlier, envelope
from lib.testing.answers.teaching import homework, lessons, progress, subjects


def overview(school: School) -> Answer:
    """/analytics/overview."""
    return {
        **envelope(school, "overview"),
        "summary": _headline(school),
        "previous": {"period": {}, "summary": _headline(earlier(school))},
    }


def _headline(school: School) -> Sum:
    families = {
        "lessons": lessons,
        "payments": payments,
        "homework": homework,
        "users": users,
        "materials": materials,
    }
    return {name: make(school)["summary"] for name, make in families.items()}


def admin_page(school: School) -> Answer:
    """/analytics/dashboard/admin."""
    taught, paid = lessons(school), payments(school)

    def short(one: School) -> Sum:
        found = _headline(one)
        joined = {key: found["users"][key] for key in ("registered", "deactivated")}
        return {"lessons": found["lessons"], "payments": found["payments"], "users": joined}

    return {
        **envelope(school, "dashboard.admin"),
        "summary": short(school),
        "previous": {"period": {}, "summary": short(earlier(school))},
        "series": taught["series"],
        "revenue": paid["series"],
        "by_subject": taught["by_subject"],
        "top_tutors": taught["by_tutor"][:10],
        "by_weekday_hour": taught["by_weekday_hour"],
        "leaks": {"taught_not_marked": 2},
    }


def tutor_page(school: School) -> Answer:
    """/analytics/dashboard/tutor."""
    found, before, hours = subjects(school), subjects(earlier(school)), lessons(school)
    return {
        **envelope(school, "dashboard.tutor", tutor_id="t-1"),
        "tutor_id": "t-1",
        "summary": found["summary"],
        "previous": {"period": {}, "summary": before["summary"]},
        "series": found["series"],
        "by_subject": found["by_subject"],
        "earnings": earnings(school)["summary"],
        "students": [],
        "by_weekday_hour": hours["by_weekday_hour"],
        "upcoming": [],
        "unmarked": {"lessons": 0, "items": []},
        "to_grade": [],
    }


def student_page(school: School) -> Answer:
    """/analytics/dashboard/student."""
    found = progress(school)
    before = {"period": {}, "summary": progress(earlier(school))["summary"]}
    return {**found, "previous": before, "to_do": [], "upcoming": []}
