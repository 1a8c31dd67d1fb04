"""After an erasure: old events, new events, people with old links, and senders that were at work."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from lib.db import dead_letters
from lib.domain import unsubscribe
from lib.domain.explain import sentence
from lib.testing.mailbox.office import PostOffice
from tests.integration.erasure.archive import CHAT, EMAIL, NAME, WHO, Archive, a_year, told
from tests.integration.erasure.everywhere import live

STATES = ("lessons", "users", "payments", "charges", "homeworks", "materials", "recipients", "event_keys")
TOLD = ("inbox", "notifications", "deliveries")


@pytest.fixture
def gone(archive: Archive) -> Archive:
    """A school some time after the person was erased."""
    archive.take(a_year())
    archive.send_all()
    archive.erased()
    return archive


def accepted(office: PostOffice) -> int:
    """Messages that a provider has taken."""
    return len(office.ledger("smtp", "accepted")) + len(office.ledger("bot_api", "accepted"))


def test_replaying_the_whole_log_changes_nothing(archive: Archive) -> None:
    events = a_year()
    archive.take(events)
    archive.send_all()
    archive.erased()
    before = {table: archive.rows(table) for table in (*STATES, *TOLD)}
    totals, sent = archive.totals(), accepted(archive.office)
    assert archive.take(events) == {"accepted": 0, "duplicates": len(events), "rejected": []}
    archive.event(*events)
    archive.send_all()
    assert archive.totals() == totals
    assert {table: archive.rows(table) for table in (*STATES, *TOLD)} == before
    assert accepted(archive.office) == sent
    assert archive.remains() == []


def test_a_pseudonym_is_nobody_to_erase(gone: Archive) -> None:
    pseudonym = gone.sql("SELECT pseudonym FROM erasures")[0]["pseudonym"]
    assert gone.erase(pseudonym).status_code == 404


def test_a_late_event_counts_under_the_pseudonym_and_tells_nobody_who(gone: Archive) -> None:
    starts_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    data = {
        "lesson_id": "l-500",
        "student_id": WHO,
        "tutor_id": "t-olga",
        "starts_at": starts_at,
        "topic": NAME,
    }
    late = [
        told("lesson.created", data, "late-500", minutes=5),
        told("payment.processed", {"payment_id": "p-9", "student_id": WHO, "amount": "10"}, f"of/{WHO}"),
        told("user.updated", {"user_id": WHO, "email": EMAIL, "telegram_chat_id": CHAT}, "back"),
    ]
    assert gone.take(late)["accepted"] == 3
    gone.send_all()
    pseudonym = gone.sql("SELECT pseudonym FROM erasures")[0]["pseudonym"]
    asked = "SELECT (SELECT student_id FROM lessons WHERE lesson_id = 'l-500') AS a, student_id AS b FROM payments "
    assert gone.sql(asked + "WHERE payment_id = 'p-9'") == [{"a": pseudonym, "b": pseudonym}]
    assert gone.sql("SELECT * FROM recipients WHERE user_id LIKE 'erased-%'") == []
    told_of = gone.sql(
        "SELECT DISTINCT state, reason FROM deliveries WHERE user_id = :p AND created_at > (SELECT "
        "erased_at FROM erasures)",
        p=pseudonym,
    )
    assert told_of == [{"state": "suppressed", "reason": "unknown_recipient"}]
    assert gone.take(late) == {"accepted": 0, "duplicates": 3, "rejected": []}
    assert gone.remains() == []


def test_an_event_of_the_family_does_not_bring_the_tie_back(gone: Archive) -> None:
    entry = {"user_id": "p-anna", "role": "parent", "name": "Анна З.", "child_ids": [WHO, "s-petya"]}
    gone.take([told("user.updated", entry, "anna-again")])
    assert gone.ok("GET", "/api/v1/recipients/p-anna")["child_ids"] == ["s-petya"]
    assert gone.remains() == []


def test_an_entry_by_hand_old_links_and_wishes_bring_nobody_back(gone: Archive) -> None:
    entry = {"role": "student", "name": NAME, "email": EMAIL}
    assert gone.call("PUT", f"/api/v1/recipients/{WHO}", entry).status_code == 404
    gone.call("PATCH", f"/api/v1/preferences/{WHO}", {"digest": "daily"}, role="student", sub=WHO)
    link = unsubscribe.token(gone.services.settings.jwt_secret_key, WHO, "lessons")
    gone.call("POST", f"/unsubscribe/{link}", role=None)
    assert gone.remains() == []


def test_a_request_to_tell_them_something_is_kept_without_them(gone: Archive) -> None:
    key = {"Idempotency-Key": f"hello/{WHO}"}
    body = {"type": "custom", "user_ids": [WHO, "p-anna"], "data": {"message": "Привет", "student_id": WHO}}
    first, again = (gone.call("POST", "/api/v1/notifications", body, headers=key) for _ in range(2))
    assert first.status_code == 202
    assert again.headers["Idempotent-Replayed"] == "true"
    gone.sql("DELETE FROM outbox")
    assert gone.remains() == []


def test_a_message_parked_afterwards_holds_nobody(gone: Archive) -> None:
    bad = told("homework.graded", {"homework_id": "h-1", "student_id": WHO, "feedback": NAME}, f"bad/{WHO}")
    gone.take([bad])
    gone.deliver("notifications.events", json.dumps(bad), "application/cloudevents+json")
    assert len(gone.rows("dead_letters")) == 2
    assert gone.remains() == []


@pytest.mark.parametrize(
    "poison",
    [
        '{"note": "\\ud800", "student_id": "s-masha-77"}',
        '{"a": ' * 400 + '"s-masha-77"' + "}" * 400,
        "not JSON s-masha-77",
        '{"student_id": "s-masha-77\\u0000"}',
    ],
)
def test_poison_that_names_them_is_parked_all_the_same(gone: Archive, poison: str) -> None:
    with gone.services.db.begin() as conn:
        dead_letters.park(conn, queue="q", reason="bad", body=poison.encode(), content_type="text/plain")
    assert len(gone.rows("dead_letters")) == 1
    assert gone.remains() == []


def test_that_somebody_asked_for_their_figures_is_not_kept(gone: Archive) -> None:
    asked = (
        "INSERT INTO receipts (id, metric, definition, asked, position, hash, tutor_id, student_ids) VALUES "
    )
    gone.sql(asked + "('a', 'm', '1', '{}', 1, 'h', NULL, ARRAY['s-petya', :who])", who=WHO)
    gone.sql(asked + "('b', 'm', '1', '{}', 1, 'h', :who, NULL)", who=WHO)
    gone.sql(asked + "('c', 'm', '1', '{}', 1, 'h', 't-olga', ARRAY['s-petya'])")
    assert gone.sql("SELECT id FROM receipts") == [{"id": "c"}]


def test_open_messages_to_them_end_and_say_why(archive: Archive) -> None:
    archive.take(a_year())
    body = {"type": "custom", "user_id": WHO, "data": {"message": "Потом"}, "send_at": "2036-01-01T00:00:00Z"}
    asked = archive.ok("POST", "/api/v1/notifications", body)
    archive.erased()
    shown = archive.ok("GET", f"/api/v1/notifications/{asked['id']}")
    assert {each["reason"] for each in shown["deliveries"]} == {"erased"}
    assert sentence("erased") in {each["explanation"] for each in shown["deliveries"]}
    assert shown["data"] == {}
    before = accepted(archive.office)
    archive.send_all()
    assert [m for m in archive.office.ledger("smtp", "accepted")[before:] if EMAIL in str(m)] == []
    assert archive.remains() == []


def test_a_message_that_may_be_with_the_provider_is_unknown(archive: Archive) -> None:
    archive.take(a_year())
    archive.turn("notifications.events")
    archive.sql(
        "UPDATE deliveries SET state = 'sending', stage = 'dot', lease_token = 't', lease_until = now() "
        "WHERE id = (SELECT id FROM deliveries WHERE user_id = :who AND state = 'queued' LIMIT 1)",
        who=WHO,
    )
    archive.erased()
    asked = "SELECT count(*) AS n FROM deliveries WHERE state = 'unknown' AND reason = 'erased_while_sent'"
    assert archive.sql(asked) == [{"n": 1}]


def test_others_still_get_what_was_not_about_them(archive: Archive) -> None:
    live(archive)
    archive.erased()
    asked = (
        "SELECT d.state, d.reason FROM deliveries d JOIN notifications n ON n.id = d.notification_id "
        "WHERE d.user_id = 'p-anna' AND n.data ->> 'message' IS NOT DISTINCT FROM :message AND d.channel = 'email' "
        "AND n.type = 'custom'"
    )
    assert archive.sql(asked, message="Здравствуйте") == [{"state": "queued", "reason": "ok"}]
    # Its only words were about the person.
    assert archive.sql(asked, message=None) == [{"state": "suppressed", "reason": "erased"}]


def test_a_row_that_was_planned_before_goes_under_the_pseudonym(gone: Archive) -> None:
    gone.sql(
        "INSERT INTO deliveries (id, notification_id, user_id, channel, state) "
        "SELECT gen_random_uuid(), id, :who, 'fax', 'failed' FROM notifications LIMIT 1",
        who=WHO,
    )
    assert gone.remains() == []


def test_the_log_still_refuses_changes_from_anybody_else(gone: Archive) -> None:
    with gone.services.db.connect() as conn, pytest.raises(Exception, match="append-only"):
        conn.exec_driver_sql("UPDATE events SET type = 'x'")
    with gone.services.db.connect() as conn, pytest.raises(Exception, match="append-only"):
        conn.exec_driver_sql("SELECT begin_erasing(); DELETE FROM events")
