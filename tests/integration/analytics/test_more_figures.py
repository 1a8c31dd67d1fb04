"""Figures beyond lessons and money: materials, cohorts, earnings, subjects, a student's progress, the overview."""

import pytest

from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.facts import (
    attended,
    charge,
    fact,
    joined,
    lesson,
    login,
    made,
    opened,
    payment,
    refund,
)


def test_payments_are_told_apart_by_subject(analytics: Analytics) -> None:
    analytics.take(
        [
            payment("p1", "2026-11-20T10:00:00Z", "100.00", subject="Физика"),
            payment("p2", "2026-11-20T10:00:00Z", "50.00", student="s2"),
            refund("p1", "2026-11-21T10:00:00Z", "30.00"),
        ]
    )
    path = "payments/summary?from=2026-11-20&to=2026-11-21"
    answer = analytics.ask(path)
    assert [(row["subject"], row["RUB"]["net"]) for row in answer["by_subject"]] == [
        ("", "50.00"),
        ("Физика", "70.00"),
    ]
    physics = analytics.ask(f"{path}&subject=Физика")
    assert physics["summary"]["RUB"]["net"] == "70.00"
    assert physics["summary"]["RUB"]["paying_students"] == 1


def test_materials_count_on_the_local_day_of_each_fact(analytics: Analytics) -> None:
    analytics.take(
        [
            made("m1", "2026-11-20T20:59:00Z", title="Законы", subject="Физика"),
            made("m2", "2026-11-20T21:01:00Z", subject="Химия"),
            opened("m1", "s1", "2026-11-21T10:00:00Z"),
            opened("m1", "s1", "2026-11-21T11:00:00Z", "download"),
            opened("m2", "s2", "2026-11-21T12:00:00Z"),
            fact(
                "material.file.downloaded",
                "2026-11-21T12:00:00Z",
                material_id="m2",
                user_id="s1",
                file_id="f",
            ),
            opened("m1", "s3", "2026-11-22T21:00:00Z"),
        ]
    )
    day = analytics.ask("materials/usage?from=2026-11-21&to=2026-11-22&compare=previous")
    assert day["summary"] == {"created": 1, "accessed": 3, "downloads": 2, "unique_users": 2}
    assert day["previous"]["summary"] == {"created": 1, "accessed": 0, "downloads": 0, "unique_users": 0}
    assert [row["accessed"] for row in day["series"]] == [3, 0]
    assert [row["created"] for row in day["series"]] == [1, 0]
    assert day["popular"][0] == {
        "material_id": "m1",
        "title": "Законы",
        "subject": "Физика",
        "accessed": 2,
        "downloads": 1,
        "unique_users": 1,
    }
    assert [(row["subject"], row["created"], row["downloads"]) for row in day["by_subject"]] == [
        ("Физика", 0, 1),
        ("Химия", 1, 1),
    ]
    kathmandu = analytics.ask("materials/usage?from=2026-11-21&to=2026-11-21&tz=Asia/Kathmandu")
    assert (kathmandu["summary"]["created"], kathmandu["summary"]["accessed"]) == (2, 3)


def test_a_material_deleted_later_was_made_all_the_same(analytics: Analytics) -> None:
    analytics.take(
        [
            made("m1", "2026-11-20T10:00:00Z"),
            fact("material.deleted", "2026-11-21T10:00:00Z", material_id="m1"),
        ]
    )
    assert analytics.ask("materials/usage?from=2026-11-20&to=2026-11-20")["summary"]["created"] == 1


def test_a_cohort_is_the_month_of_the_first_action_ever(analytics: Analytics) -> None:
    analytics.take(
        [
            login("a", "2026-08-31T21:30:00Z"),
            login("a", "2026-11-05T10:00:00Z"),
            login("b", "2026-08-10T10:00:00Z"),
            login("b", "2026-10-10T10:00:00Z"),
            login("c", "2026-10-10T10:00:00Z"),
            joined("d", "2026-09-10T10:00:00Z"),
        ]
    )
    answer = analytics.ask("users/retention?from=2026-09-15&to=2026-11-20")
    assert answer["months"] == ["2026-09", "2026-10", "2026-11"]
    assert answer["cohorts"] == [
        {"month": "2026-09", "users": 1, "active": [1, 0, 1], "rate": [1.0, 0.0, 1.0]},
        {"month": "2026-10", "users": 1, "active": [1, 0], "rate": [1.0, 0.0]},
        {"month": "2026-11", "users": 0, "active": [0], "rate": [None]},
    ]
    utc = analytics.ask("users/retention?from=2026-08-15&to=2026-09-20&tz=UTC")
    assert [cohort["users"] for cohort in utc["cohorts"]] == [2, 0]


def test_a_tutor_earns_the_prices_of_completed_lessons(analytics: Analytics) -> None:
    analytics.take(
        [
            lesson("a", "2026-11-20T10:00:00Z", price="1000.10", currency="RUB", duration_minutes=45),
            lesson("b", "2026-11-20T12:00:00Z", price="0.20", currency="RUB"),
            lesson("c", "2026-11-20T14:00:00Z"),
            lesson("d", "2026-11-20T14:00:00Z", tutor="t2", price="20", currency="USD"),
            lesson("e", "2026-11-20T16:00:00Z", price="5000", currency="RUB"),
            *(attended(name, "2026-11-20T18:00:00Z") for name in ("a", "c", "d")),
            attended("b", "2026-11-20T18:00:00Z", actual_duration_minutes=30),
            attended("e", "2026-11-20T18:00:00Z", "excused_absence"),
        ]
    )
    answer = analytics.ask("tutors/earnings?from=2026-11-20&to=2026-11-20")
    rub = {"completed": 3, "minutes": 135, "earned": "1000.30", "unpriced": 1}
    usd = {"completed": 1, "minutes": 60, "earned": "20.00", "unpriced": 0}
    assert answer["summary"] == {"RUB": {**rub, "tutors": 1}, "USD": {**usd, "tutors": 1}}
    assert answer["by_tutor"] == [{"tutor_id": "t", "RUB": rub}, {"tutor_id": "t2", "USD": usd}]
    assert answer["series"] == [{"date": "2026-11-20", "RUB": rub, "USD": usd}]


def test_subjects_show_lessons_beside_homework(analytics: Analytics) -> None:
    work = {"homework_id": "h", "student_id": "s", "tutor_id": "t", "subject": "Химия"}
    analytics.take(
        [
            lesson("a", "2026-11-20T10:00:00Z", subject="Физика"),
            attended("a", "2026-11-20T18:00:00Z", student_rating=4),
            fact("homework.assigned", "2026-11-20T10:00:00Z", **work),
            fact("homework.graded", "2026-11-21T10:00:00Z", **work, score=4),
        ]
    )
    answer = analytics.ask("subjects/performance?from=2026-11-20&to=2026-11-21")
    physics, chemistry = answer["by_subject"]
    assert (physics["subject"], physics["completed"], physics["graded"]) == ("Физика", 1, 0)
    assert (chemistry["subject"], chemistry["scheduled"], chemistry["average_score_percent"]) == (
        "Химия",
        0,
        80.0,
    )
    assert answer["summary"]["average_rating"] == 4.0
    assert [row["graded"] for row in answer["series"]] == [0, 1]


def test_a_students_progress_has_scores_balance_and_last_lessons(analytics: Analytics) -> None:
    work = {"homework_id": "h", "student_id": "s", "subject": "Физика"}
    analytics.take(
        [
            lesson("a", "2026-10-01T10:00:00Z", price="1000.00", currency="RUB"),
            lesson("b", "2026-11-20T10:00:00Z"),
            lesson("next", "2026-12-20T10:00:00Z"),
            attended("a", "2026-10-01T11:00:00Z"),
            attended("b", "2026-11-20T11:00:00Z"),
            payment("p", "2026-09-01T10:00:00Z", "8000.00", lessons=8),
            refund("p", "2026-09-02T10:00:00Z", "4000.00"),
            charge("a", "2026-10-01T11:00:00Z"),
            fact("homework.graded", "2026-11-21T10:00:00Z", **work, score=3, max_score=4),
        ]
    )
    answer = analytics.ask("students/s/progress?from=2026-11-01&to=2026-11-30&granularity=month")
    assert (answer["student_id"], answer["summary"]["completed"]) == ("s", 1)
    assert answer["balance"] == {"bought": 4, "given": 0, "charged": 1, "lessons": 3}
    assert [(row["homework_id"], row["percent"]) for row in answer["homework_scores"]] == [("h", 75.0)]
    assert [row["lesson_id"] for row in answer["last_lessons"]] == ["b", "a"]
    assert answer["last_lessons"][1]["price"] == "1000.00"
    assert [row["average_score_percent"] for row in answer["series"]] == [75.0]


def test_a_student_of_somebody_else_is_as_absent_as_one_that_never_was(analytics: Analytics) -> None:
    analytics.take([lesson("a", "2026-11-20T10:00:00Z", "pupil"), joined("new", "2026-11-20T10:00:00Z")])

    def seen(student: str, **who: str) -> tuple[int, bytes]:
        answer = analytics.figures.get(f"/api/v1/analytics/students/{student}/progress", **who)
        return answer.status_code, answer.data.replace(student.encode(), b"-")

    absent = seen("nobody")
    assert absent[0] == 404
    for own in ({}, {"role": "tutor", "sub": "t"}, {"role": "student", "sub": "pupil"}):
        assert seen("pupil", **own)[0] == 200
    assert seen("new")[0] == 200
    for who in (
        {"role": "tutor", "sub": "t2"},
        {"role": "student", "sub": "x"},
        {"role": "parent", "sub": "p"},
    ):
        assert seen("pupil", **who) == absent
        assert seen("nobody", **who) == absent


def test_the_overview_has_every_family_and_the_days_before(analytics: Analytics) -> None:
    analytics.take(
        [
            lesson("a", "2026-11-20T10:00:00Z"),
            lesson("b", "2026-11-19T10:00:00Z"),
            payment("p", "2026-11-20T10:00:00Z", "10.00"),
            login("u", "2026-11-19T10:00:00Z"),
            opened("m", "u", "2026-11-20T10:00:00Z"),
        ]
    )
    answer = analytics.ask("overview?from=2026-11-20&to=2026-11-20")
    assert answer["summary"]["lessons"]["scheduled"] == 1
    assert answer["summary"]["payments"]["RUB"]["revenue"] == "10.00"
    assert answer["summary"]["users"]["active"] == 2
    assert answer["summary"]["materials"]["accessed"] == 1
    assert answer["summary"]["homework"]["assigned"] == 0
    assert answer["previous"]["period"] == {"from": "2026-11-19", "to": "2026-11-19", "tz": "Europe/Moscow"}
    assert answer["previous"]["summary"]["users"] == {
        "registered": 0,
        "active": 1,
        "logins": 1,
        "deactivated": 0,
    }
    assert answer["previous"]["summary"]["payments"] == {}


@pytest.mark.parametrize(
    "path",
    [
        "lessons/stats",
        "payments/summary",
        "homework/stats",
        "users/activity",
        "materials/usage",
        "tutors/earnings",
        "subjects/performance",
    ],
)
def test_a_comparison_is_what_the_period_before_answers_itself(analytics: Analytics, path: str) -> None:
    analytics.take(
        [
            lesson("a", "2026-11-18T10:00:00Z", price="5", currency="RUB"),
            attended("a", "2026-11-18T12:00:00Z"),
            payment("p", "2026-11-19T10:00:00Z", "10.00"),
            made("m", "2026-11-18T10:00:00Z"),
            opened("m", "s", "2026-11-19T10:00:00Z"),
            fact("homework.assigned", "2026-11-18T10:00:00Z", homework_id="h", student_id="s"),
        ]
    )
    now = analytics.ask(f"{path}?from=2026-11-20&to=2026-11-21&compare=previous")
    before = analytics.ask(f"{path}?from=2026-11-18&to=2026-11-19")
    assert now["previous"]["summary"] == before["summary"] != now["summary"]
