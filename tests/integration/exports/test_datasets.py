"""Each dataset: its columns, the day its rows count on, and whose they are."""

import json
from datetime import UTC, datetime

import pytest

from tests.integration.exports.asking import MORNING, export, held, ids, table
from tests.integration.exports.filling import event, filled, payment, work
from tests.integration.runtime.served import Served

DAY = "from=2026-11-22&to=2026-11-22&locale=en"
BEFORE = datetime(2026, 11, 20, 12, tzinfo=UTC)
ALL = ("lessons", "payments", "users", "materials", "homework", "events", "notifications")


NOTHING: dict[str, list[str]] = {name: [] for name in ALL if name not in ("events", "notifications")}
PEOPLE = [
    # who, and the first cells of what they get
    (
        "tutor",
        "t",
        {
            "lessons": ["L-s-t"],
            "payments": ["P-s-t"],
            "homework": ["H-s-t"],
            "materials": ["M-t"],
            "users": ["s", "t"],
        },
    ),
    (
        "student",
        "s",
        {
            "lessons": ["L-s-t"],
            "payments": ["P-s-t"],
            "homework": ["H-s-t"],
            "materials": ["M-t"],
            "users": ["s"],
        },
    ),
    (
        "parent",
        "p",
        {
            "lessons": ["L-s-t"],
            "payments": ["P-s-t"],
            "homework": ["H-s-t"],
            "materials": ["M-t"],
            "users": ["p", "s"],
        },
    ),
    ("parent", "nobody", NOTHING),
    ("tutor", "nobody", NOTHING),
]


@pytest.mark.parametrize(("role", "sub", "expected"), PEOPLE, ids=[f"{who[0]} {who[1]}" for who in PEOPLE])
def test_everybody_gets_their_own_and_no_foreign_byte(
    school: Served, role: str, sub: str, expected: dict[str, list[str]]
) -> None:
    filled(school)
    for dataset in (*expected, "notifications"):
        for kind in ("csv", "json", "ndjson"):
            answer = export(school, dataset, f"{DAY}&format={kind}", role=role, sub=sub)
            assert answer.status_code == 200
            assert b"s2" not in answer.data
            assert b"t2" not in answer.data
            if kind == "csv" and dataset in expected:
                assert ids(answer) == expected[dataset]


def test_an_admin_and_a_service_that_may_get_everything(school: Served) -> None:
    filled(school)
    for who in ({"role": "admin"}, {"role": "service"}):
        found = {name: len(table(export(school, name, DAY, **who))) for name in ALL if name != "events"}
        assert found == {
            "lessons": 2,
            "payments": 2,
            "users": 5,
            "materials": 2,
            "homework": 2,
            "notifications": 5,
        }


def test_of_notifications_only_an_admin_sees_more_than_their_own(school: Served) -> None:
    filled(school)
    for role, sub in (("tutor", "t"), ("parent", "p"), ("student", "s")):
        rows = table(export(school, "notifications", DAY, role=role, sub=sub))
        assert [row["User ID"] for row in rows] == [sub]
    assert export(school, "notifications", f"{DAY}&student_id=s", role="parent", sub="p").status_code == 404
    assert export(school, "notifications", f"{DAY}&student_id=s", role="tutor", sub="t").status_code == 404
    (row,) = table(export(school, "notifications", f"{DAY}&student_id=s"))
    assert (row["State"], row["Reason"], row["Type"], row["Channel"], row["Critical"]) == (
        "suppressed",
        "channel_off",
        "lesson_created",
        "email",
        "false",
    )
    assert b"secret" not in export(school, "notifications", f"{DAY}&format=json").data


def test_the_event_log_is_the_admins_alone_and_whole(school: Served) -> None:
    held(
        school,
        "events",
        event(1, lesson_id="L1", student_id="s", note="=1"),
        event(2, "user.login", user_id="u"),
    )
    for role in ("tutor", "student", "parent", "service"):
        assert export(school, "events", DAY, role=role, sub="s").status_code == 403
    first, second = export(school, "events", f"{DAY}&format=json&tz=UTC").json
    assert (first["position"], first["type"], first["occurred_at"]) == (
        1,
        "lesson.created",
        "2026-11-22T07:00:00+00:00",
    )
    assert (first["data"], second["attributes"]) == ({"lesson_id": "L1", "student_id": "s", "note": "=1"}, {})
    assert [json.loads(row["Data"]) for row in table(export(school, "events", DAY))][1] == {"user_id": "u"}
    assert ids(export(school, "events", f"{DAY}&type=user.login")) == ["2"]
    assert ids(export(school, "events", f"{DAY}&subject=L1")) == ["1"]
    assert ids(export(school, "events", f"{DAY}&student_id=s")) == ["1"]


def test_a_payment_counts_on_the_day_it_was_processed_else_failed_or_refunded(school: Served) -> None:
    held(
        school,
        "payments",
        payment("a", refunded_at=BEFORE, refunded="10.50"),
        payment("b", processed_at=BEFORE, failed_at=MORNING),
        payment("c", processed_at=None, amount=None, failed_at=MORNING),
        payment("d", processed_at=None, amount=None, refunded="7", refunded_at=MORNING),
    )
    rows = table(export(school, "payments", f"{DAY}&tz=UTC"))
    assert [row["Payment ID"] for row in rows] == ["a", "c", "d"]
    assert (rows[0]["Amount"], rows[0]["Refunded"], rows[0]["Currency"]) == ("1500.10", "10.50", "RUB")
    assert rows[1]["Amount"] == ""
    raw = export(school, "payments", f"{DAY}&format=json").json[0]
    assert (raw["amount"], raw["refunded"], raw["lessons"]) == ("1500.10", "10.50", None)


def test_homework_counts_on_the_day_it_was_assigned_else_first_heard_of(school: Served) -> None:
    held(
        school,
        "homeworks",
        work("a", percent="66.66666666666666666667"),
        work("b", assigned_at=BEFORE, submitted_at=MORNING),
        work("c", assigned_at=None, submitted_at=MORNING, graded_at=datetime(2026, 11, 25, tzinfo=UTC)),
        work("d", assigned_at=None, overdue_at=BEFORE, submitted_at=MORNING),
        work("e", assigned_at=None, graded_at=MORNING, due_at=BEFORE, percent="80.00000000000000000000"),
    )
    rows = table(export(school, "homework", DAY))
    assert [row["Homework ID"] for row in rows] == ["a", "c", "e"]
    assert [row["Score, %"] for row in rows] == ["66.66666666666666666667", "", "80"]


@pytest.mark.parametrize(
    ("dataset", "rows", "key"),
    [
        ("users", "users", "user_id"),
        ("materials", "materials", "material_id"),
    ],
)
def test_a_register_is_whole_without_a_period_and_dated_with_one(
    school: Served, dataset: str, rows: str, key: str
) -> None:
    at = "registered_at" if dataset == "users" else "created_at"
    held(
        school,
        rows,
        {key: "old", at: datetime(2020, 1, 1, tzinfo=UTC)},
        {key: "new", at: MORNING},
        {key: "undated"},
    )
    answer = export(school, dataset, "locale=en")
    assert ids(answer) == ["old", "new", "undated"]
    assert f'filename="{dataset}.csv"' in answer.headers["Content-Disposition"]
    assert ids(export(school, dataset, DAY)) == ["new"]
    assert ids(export(school, dataset, "days=2")) == ["new"]


def test_users_have_names_and_no_addresses(school: Served) -> None:
    held(school, "users", {"user_id": "s", "role": "student", "registered_at": MORNING})
    held(
        school,
        "recipients",
        {
            "user_id": "s",
            "name": "Аня",
            "email": "anya@school.example",
            "phone": "+7900",
            "telegram_chat_id": "777",
        },
    )
    (row,) = export(school, "users", "format=json").json
    assert row["name"] == "Аня"
    assert "anya" not in json.dumps(row)
    assert not {"email", "phone", "telegram_chat_id"} & set(row)


def test_a_tutor_asks_for_one_student_of_theirs_and_never_for_anothers(school: Served) -> None:
    filled(school)
    assert ids(export(school, "users", f"{DAY}&student_id=s", role="tutor", sub="t")) == ["s"]
    assert ids(export(school, "users", f"{DAY}&student_id=s2", role="tutor", sub="t")) == []
    assert export(school, "users", f"{DAY}&tutor_id=t2", role="tutor", sub="t").status_code == 404
    assert export(school, "users", f"{DAY}&student_id=s2", role="parent", sub="p").status_code == 404
    assert ids(export(school, "users", f"{DAY}&tutor_id=t2")) == ["s2"]


def test_what_a_material_roll_up_took_back_shows_nothing(school: Served) -> None:
    held(school, "materials", {"material_id": "M", "created_at": MORNING})
    held(
        school,
        "material_rollup",
        {"slot": MORNING, "material_id": "M", "user_id": "s", "accessed": 0, "downloads": 0},
    )
    assert ids(export(school, "materials", DAY, role="student", sub="s")) == []


@pytest.mark.parametrize("dataset", ["users", "notifications"])
def test_a_filter_that_means_nothing_here_is_refused_not_left_out(school: Served, dataset: str) -> None:
    refused = export(school, dataset, f"{DAY}&subject=x")
    assert (refused.status_code, refused.json["errors"][0]["loc"]) == (400, "subject")


@pytest.mark.parametrize("dataset", ALL)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "ndjson"])
def test_every_dataset_comes_in_every_format_in_both_languages(
    school: Served, dataset: str, kind: str
) -> None:
    filled(school)
    held(school, "events", event(1, lesson_id="L1"))
    for locale in ("ru", "en"):
        answer = export(school, dataset, f"from=2026-11-22&to=2026-11-22&format={kind}&locale={locale}")
        assert answer.status_code == 200, answer.text
        assert int(answer.headers["X-Total-Count"]) > 0
        assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')
        assert len(answer.data) > 100
