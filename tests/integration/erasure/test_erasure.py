"""Erasing somebody: nothing of them is left in any store, and the figures stay."""

import pytest
from sqlalchemy import text

from lib.db import rebuild, rollup_rows, versions
from lib.db.erasing import tables
from tests.integration.erasure.archive import NAME, TABLES, WHO, Archive, told
from tests.integration.erasure.everywhere import PLACES, live


@pytest.fixture
def lived(archive: Archive) -> Archive:
    """A school with a year behind it, and the person everywhere."""
    live(archive)
    return archive


def test_nothing_of_the_person_is_left_in_any_store(lived: Archive) -> None:
    assert {place for place, _ in lived.remains()} == PLACES
    lived.erased()
    assert lived.remains() == []


def test_figures_stay_as_they_were_in_every_zone(lived: Archive) -> None:
    before = lived.totals()
    lived.erased()
    assert lived.totals() == before
    assert sum(day["revenue"] for day in before["payment_rollup Europe/Moscow"]) == 24_000


def test_the_figures_of_others_stay_as_they_were(lived: Archive) -> None:
    asked = ({"student_id": "s-petya"}, {"tutor_id": "t-olga"}, {"user_id": "s-petya"})
    before = [lived.totals(**whose) for whose in asked]
    assert all(any(found.values()) for found in before)
    lived.erased()
    assert [lived.totals(**whose) for whose in asked] == before


def test_every_state_and_figure_is_what_the_log_tells(lived: Archive) -> None:
    lived.erased()
    with lived.services.db.begin() as conn:
        upto = conn.execute(text("SELECT max(position) FROM events")).scalar_one()
        rebuild.begin(conn)
        rebuild.aim(conn)
        rebuild.tell_entities(conn, "", upto, 100_000)
        rebuild.tell_facts(conn, 0, upto)
        rollup_rows.sum_coarse(conn)
        assert rebuild.differences(conn) == {}


def test_events_keep_their_place_their_time_and_their_type(lived: Archive) -> None:
    asked = "SELECT position, type, occurred_at, received_at FROM events ORDER BY position"
    before = lived.sql(asked)
    lived.erased()
    after = lived.sql(asked)
    assert after[:-1] == before
    assert after[-1]["type"] == "user.erased"


def test_whatever_was_remembered_of_the_figures_is_out_of_date(lived: Archive) -> None:
    families = ("lessons", "payments", "charges", "homework", "materials", "users")

    def stand() -> list[int]:
        with lived.services.db.connect() as conn:
            return [versions.at(conn, {family: None}) for family in families]

    before = stand()
    lived.erased()
    assert all(after > stood for after, stood in zip(stand(), before, strict=True))


def test_the_ledger_balances_and_open_messages_have_ended(lived: Archive) -> None:
    path = "/api/v1/ledger/balance"
    before = lived.ok("GET", path)
    lived.erased()
    after = lived.ok("GET", path)
    assert after["balanced"]
    assert after["planned"] == before["planned"]
    open_states = "SELECT count(*) AS n FROM deliveries WHERE user_id LIKE 'erased-%' AND finished_at IS NULL"
    assert lived.sql(open_states)[0]["n"] == 0


def test_the_story_of_their_messages_keeps_the_rules_and_loses_what_providers_said(lived: Archive) -> None:
    lived.erased()
    lines = lived.sql(
        "SELECT DISTINCT key FROM timeline t JOIN deliveries d ON d.id = t.delivery_id, jsonb_each(t.detail) "
        "WHERE d.user_id LIKE 'erased-%'"
    )
    assert "passed" in {line["key"] for line in lines}
    assert {line["key"] for line in lines} <= {
        "passed",
        "due_at",
        "channel",
        "number",
        "waited_for",
        "into",
        "parts",
    }


def test_the_act_says_how_much_and_not_of_whom(lived: Archive) -> None:
    act = lived.erased()
    assert set(act) == {"id", "erased_at", "counts"}
    assert act["counts"]["events"] > 20
    assert lived.erased() == act
    assert len(lived.rows("erasures")) == 2


def test_an_unknown_person_is_404_and_leaves_no_act(archive: Archive) -> None:
    assert archive.erase("nobody-here").status_code == 404
    assert archive.rows("erasures") == archive.rows("erasure_salt") == []


@pytest.mark.parametrize("role", ["student", "parent", "tutor"])
def test_only_an_admin_or_a_service_may(archive: Archive, role: str) -> None:
    archive.person(WHO)
    assert archive.erase(role=role, sub=WHO).status_code == 403
    assert archive.erase(role=None).status_code == 401


def test_a_repeated_request_gets_the_stored_answer_and_its_key_holds_nobody(lived: Archive) -> None:
    key = {"Idempotency-Key": f"erase/{WHO}"}
    first, second = (lived.erase(headers=key) for _ in range(2))
    assert second.get_json() == first.get_json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert lived.remains() == []


def test_a_number_for_an_id_goes_without_touching_other_numbers(archive: Archive) -> None:
    lesson = {"lesson_id": "7", "student_id": 7, "tutor_id": "t-7", "starts_at": "2026-09-01T07:00:00Z"}
    archive.take(
        [
            told("user.registered", {"user_id": 7, "name": NAME, "role": "student"}, 7, days=9),
            told("lesson.created", lesson, 7, days=8),
            told("payment.processed", {"payment_id": 7, "student_id": "7", "amount": "7"}, 7, days=7),
            told("lesson.created", {**lesson, "lesson_id": "8", "student_id": "8"}, 8, days=7),
        ]
    )
    archive.erased("7")
    rows = archive.sql("SELECT lesson_id, student_id LIKE 'erased-%' AS gone FROM lessons ORDER BY 1")
    assert rows == [{"lesson_id": "7", "gone": True}, {"lesson_id": "8", "gone": False}]
    assert archive.sql("SELECT payment_id, amount FROM payments")[0]["payment_id"] == "7"
    assert archive.sql("SELECT count(*) AS n FROM events WHERE data ->> 'student_id' = '7'")[0]["n"] == 0
    assert NAME not in "".join(found for _, found in archive.dump())


def test_two_people_of_one_family_can_both_go(lived: Archive) -> None:
    lived.erased()
    lived.erased("p-anna")
    assert lived.remains() == lived.remains("p-anna", ("anna@mail.example", "Анна З.")) == []


def test_it_is_said_of_every_table_what_becomes_of_it(archive: Archive) -> None:
    lists = (
        *(tables.TOLD, tables.MESSAGES, tables.DROPPED, tables.RENAMED, tables.ACTORS, tables.SWEPT),
        tables.UNTOUCHED,
    )
    assert {row["relname"] for row in archive.sql(TABLES)} == {name for each in lists for name in each}
