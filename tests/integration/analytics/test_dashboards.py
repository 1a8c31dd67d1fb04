"""A role's page in one call: its own rows, the days before, and nobody else's page."""

import pytest
from sqlalchemy import event

from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.facts import attended, charge, fact, joined, lesson, payment

TODAY = "from=2026-11-20&to=2026-11-22"


@pytest.fixture
def school(analytics: Analytics) -> Analytics:
    """Two tutors, three students, a parent of two of them."""
    work = {"homework_id": "h", "student_id": "s1", "tutor_id": "t1", "subject": "Физика"}
    analytics.take(
        [
            joined("p", "2026-11-01T10:00:00Z", "parent", child_ids=["s1", "s2"]),
            joined("s1", "2026-11-20T10:00:00Z"),
            lesson("a", "2026-11-20T10:00:00Z", "s1", "t1", subject="Физика", price="10", currency="RUB"),
            lesson("b", "2026-11-21T10:00:00Z", "s2", "t1", subject="Физика"),
            lesson("c", "2026-11-21T10:00:00Z", "s3", "t2", subject="Химия"),
            lesson("before", "2026-11-18T10:00:00Z", "s1", "t1", subject="Физика"),
            lesson("next", "2026-11-25T10:00:00Z", "s1", "t1", subject="Физика"),
            attended("a", "2026-11-20T11:00:00Z"),
            attended("c", "2026-11-21T11:00:00Z"),
            payment("p1", "2026-11-20T10:00:00Z", "100.00", "s1", lessons=4, tutor_id="t1"),
            payment("p0", "2026-11-19T10:00:00Z", "40.00", "s3", lessons=4, tutor_id="t2"),
            charge("a", "2026-11-20T11:00:00Z", "s1"),
            fact("homework.assigned", "2026-11-20T10:00:00Z", **work),
            fact("homework.assigned", "2026-11-20T10:00:00Z", **(work | {"homework_id": "h2"})),
            fact("homework.submitted", "2026-11-21T10:00:00Z", **work),
        ]
    )
    return analytics


def test_an_admin_sees_the_school_and_the_days_before(school: Analytics) -> None:
    page = school.ask(f"dashboard/admin?{TODAY}")
    assert page["summary"]["lessons"]["completed"] == 2
    assert page["summary"]["payments"]["RUB"]["revenue"] == "100.00"
    assert page["summary"]["users"] == {"registered": 1, "deactivated": 0}
    assert page["previous"]["period"] == {"from": "2026-11-17", "to": "2026-11-19", "tz": "Europe/Moscow"}
    assert page["previous"]["summary"]["lessons"]["scheduled"] == 1
    assert page["previous"]["summary"]["payments"]["RUB"]["revenue"] == "40.00"
    assert [day["scheduled"] for day in page["series"]] == [1, 2, 0]
    assert [day["RUB"]["revenue"] for day in page["revenue"]] == ["100.00", "0.00", "0.00"]
    assert [row["subject"] for row in page["by_subject"]] == ["Физика", "Химия"]
    assert [(row["tutor_id"], row["completed"]) for row in page["top_tutors"]] == [("t1", 1), ("t2", 1)]
    assert page["leaks"] == {"taught_not_marked": 1}
    assert len(page["by_weekday_hour"]) == 2


def test_an_admins_page_says_what_the_single_calls_say(school: Analytics) -> None:
    page = school.ask(f"dashboard/admin?{TODAY}")
    lessons = school.ask(f"lessons/stats?{TODAY}&compare=previous")
    payments = school.ask(f"payments/summary?{TODAY}&compare=previous")
    assert page["summary"]["lessons"] == lessons["summary"]
    assert page["summary"]["payments"] == payments["summary"]
    assert page["previous"]["summary"]["lessons"] == lessons["previous"]["summary"]
    assert page["previous"]["summary"]["payments"] == payments["previous"]["summary"]
    assert page["series"] == lessons["series"]
    assert page["revenue"] == payments["series"]
    assert page["by_weekday_hour"] == lessons["by_weekday_hour"]


def test_a_tutor_sees_own_lessons_students_and_what_is_left_to_do(school: Analytics) -> None:
    page = school.ask(f"dashboard/tutor?{TODAY}", role="tutor", sub="t1")
    assert (page["tutor_id"], page["summary"]["scheduled"], page["summary"]["assigned"]) == ("t1", 2, 2)
    assert page["previous"]["summary"]["scheduled"] == 1
    assert page["earnings"]["RUB"]["earned"] == "10.00"
    assert [row["student_id"] for row in page["students"]] == ["s1", "s2"]
    assert [row["lesson_id"] for row in page["upcoming"]] == ["next"]
    assert [row["lesson_id"] for row in page["unmarked"]["items"]] == ["b"]
    assert [row["homework_id"] for row in page["to_grade"]] == ["h"]
    assert page == {
        **school.ask(f"dashboard/tutor?{TODAY}&tutor_id=t1"),
        "filters": page["filters"],
    }


def test_a_student_sees_the_balance_and_what_comes_next(school: Analytics) -> None:
    page = school.ask(f"dashboard/student?{TODAY}", role="student", sub="s1")
    assert (page["student_id"], page["summary"]["completed"]) == ("s1", 1)
    assert page["balance"] == {"bought": 4, "given": 0, "charged": 1, "lessons": 3}
    assert [row["homework_id"] for row in page["to_do"]] == ["h2"]
    assert [row["lesson_id"] for row in page["upcoming"]] == ["next"]
    assert [row["lesson_id"] for row in page["last_lessons"]] == ["a", "before"]


def test_a_parent_sees_each_child_and_all_of_them_together(school: Analytics) -> None:
    page = school.ask(f"dashboard/parent?{TODAY}", role="parent", sub="p")
    assert page["summary"]["scheduled"] == 2
    assert [child["student_id"] for child in page["children"]] == ["s1", "s2"]
    assert [child["summary"]["scheduled"] for child in page["children"]] == [1, 1]
    one = school.ask(f"dashboard/parent?{TODAY}&student_id=s2", role="parent", sub="p")
    assert [child["student_id"] for child in one["children"]] == ["s2"]


def test_a_parent_without_children_sees_an_empty_page(school: Analytics) -> None:
    page = school.ask(f"dashboard/parent?{TODAY}", role="parent", sub="nobody")
    assert (page["summary"]["scheduled"], page["children"]) == (0, [])


@pytest.mark.parametrize(
    ("page", "role"),
    [
        (page, role)
        for page in ("admin", "tutor", "parent", "student")
        for role in ("tutor", "parent", "student")
    ],
)
def test_nobody_but_an_admin_opens_the_page_of_another_role(
    analytics: Analytics, page: str, role: str
) -> None:
    answer = analytics.figures.get(f"/api/v1/analytics/dashboard/{page}", role=role, sub="x")
    expected = 200 if page == role else 403
    assert answer.status_code == expected


@pytest.mark.parametrize("page", ["tutor", "parent", "student"])
def test_an_admin_has_to_say_whose_page(analytics: Analytics, page: str) -> None:
    answer = analytics.figures.get(f"/api/v1/analytics/dashboard/{page}")
    assert (answer.status_code, "whose" in answer.text or "which" in answer.text) == (400, True)


def test_another_persons_page_is_a_404(school: Analytics) -> None:
    for path, who in (
        ("tutor?tutor_id=t2", {"role": "tutor", "sub": "t1"}),
        ("student?student_id=s2", {"role": "student", "sub": "s1"}),
        ("parent?student_id=s3", {"role": "parent", "sub": "p"}),
    ):
        assert school.figures.get(f"/api/v1/analytics/dashboard/{path}", **who).status_code == 404


def test_a_school_page_takes_few_statements_however_many_there_are_of_what(school: Analytics) -> None:
    statements: list[str] = []
    engine = school.figures.services.db

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    school.ask(f"dashboard/admin?{TODAY}&tz=Asia/Yekaterinburg")
    event.remove(engine, "before_cursor_execute", note)
    figures = [s for s in statements if "lesson" in s or "payment_rollup" in s or "users" in s]
    assert len(figures) <= 8
