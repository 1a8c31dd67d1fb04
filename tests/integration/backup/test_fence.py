"""After a restore nobody hears anything twice: nothing is sent until an operator says yes, whoever asks for it."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from lib.db import fence
from lib.local import release as command
from lib.local.backup.making import make
from lib.local.backup.restoring import restore
from lib.queue import relay
from lib.queue.outbox import Outgoing
from lib.runtime.release import release
from lib.storage.files import FileStore
from tests.clients import Client
from tests.integration.backup.test_backup import quiet
from tests.integration.notifications.school import CONSUMERS, School, lesson

PEOPLE = [f"u-{n}" for n in range(20)]
Restore = Callable[[], School]


def pump(school: School) -> int:
    """The relay, and behind it the functions; how many messages left the outbox."""
    moved = 0

    def publish(_: Connection, messages: Sequence[Outgoing]) -> list[bool]:
        for each in messages:
            if each.routing_key in CONSUMERS:
                assert school.deliver(each.routing_key, each.body, each.content_type).status_code == 200
        return [True] * len(messages)

    while left := relay.relay_once(school.services.db, publish):
        moved += left
    return moved


def ask(school: School, users: Sequence[str] = PEOPLE, **more: Any) -> list[str]:
    """A message to each, by mail; the ids of their deliveries."""
    body = {
        "type": "custom",
        "user_ids": list(users),
        "channels": ["email"],
        "data": {"message": "Привет"},
        **more,
    }
    made = school.ok("POST", "/api/v1/notifications", body)["decisions"]
    return [each["delivery_id"] for each in made]


def arrived(school: School) -> Counter[str]:
    """How often each letter was accepted, by its delivery."""
    ids = [each["message_id"] for each in school.office.ledger("smtp", "accepted")]
    return Counter(each.partition("@")[0].rpartition(".")[2] for each in ids)


@pytest.fixture
def restored(
    school: School, store: FileStore, empty_url: str, tmp_path: Path, restored_school: Restore
) -> tuple[School, list[str], list[dict[str, Any]]]:
    """(the school after the restore, the deliveries that waited at the backup and were sent after it, the events that
    came after it)."""
    for user in (*PEOPLE, "sasha"):
        school.person(user)
    school.person("olga", role="tutor")
    ask(school)
    pump(school)
    waited = ask(school)
    made = make(
        school.services.settings.database_url, store, tmp_path / "backups", version="0.1.0", tell=quiet
    )
    ask(school)
    events = [lesson(f"l-{n}", id=f"e-{n}") for n in range(5)]
    school.event(*events)
    school.pass_time(seconds=10)
    pump(school)
    assert set(waited) <= set(arrived(school))
    restore(empty_url, store, made, tell=quiet)
    return restored_school(), waited, events


Restored = tuple[School, list[str], list[dict[str, Any]]]


def test_nothing_is_sent_twice_and_what_is_new_arrives(restored: Restored) -> None:
    school, waited, events = restored
    before = arrived(school)
    # What the queues still held, what the relay would take, what the platform sends again, and something new.
    for each in waited:
        due = f'{{"specversion":"1.0","id":"x","source":"t","type":"delivery.due","data":{{"delivery_id":"{each}"}}}}'
        assert school.deliver("notifications.email", due, "application/cloudevents+json").status_code == 200
    school.event(*events[:3])
    new = ask(school)
    assert pump(school) == 0
    assert arrived(school) == before
    assert {state for _, _, state, _ in school.states("email")} == {"queued", "sent"}

    with school.services.db.begin() as conn:
        standing = fence.look(conn)
        assert standing is not None
        aside, _ = release(conn, standing.closed_at)
    assert aside > len(waited)
    pump(school)
    school.event(*events[3:])
    pump(school)
    assert arrived(school) == before + Counter(new)
    reasons = Counter((state, reason) for _, _, state, reason in school.states("email"))
    assert reasons["unknown", "restored"] == len(waited) + 3 * 2
    assert reasons["suppressed", "restored"] == 2 * 2
    assert school.ok("GET", "/api/v1/ledger/balance")["balanced"]


def test_what_was_set_aside_can_be_sent_by_hand(restored: Restored) -> None:
    school, waited, _ = restored
    before = arrived(school)
    with school.services.db.begin() as conn:
        release(conn, school.services.clock() + timedelta(hours=1))
    row = school.sql(
        "SELECT notification_id::text AS id FROM deliveries WHERE id = CAST(:id AS uuid)", id=waited[0]
    )
    school.ok("POST", f"/api/v1/notifications/{row[0]['id']}/retry")
    pump(school)
    assert arrived(school)[waited[0]] == before[waited[0]] + 1


def test_the_operator_may_send_all_of_it(restored: Restored) -> None:
    school, waited, events = restored
    before = arrived(school)
    with school.services.db.begin() as conn:
        assert release(conn, None) == (0, [])
    school.event(*events)
    pump(school)
    again = arrived(school) - before
    assert {each: again[each] for each in waited} == dict.fromkeys(waited, 1)
    assert not [reason for _, _, _, reason in school.states() if reason == "restored"]


def test_only_what_was_due_before_the_end_is_in_doubt(restored: Restored) -> None:
    """What was to go out tomorrow was not sent yesterday."""
    school, _, _ = restored
    later = ask(school, ["u-1"], send_at=(school.services.clock() + timedelta(days=1)).isoformat())
    with school.services.db.begin() as conn:
        release(conn, school.services.clock())
    assert school.sql("SELECT state FROM deliveries WHERE id = CAST(:id AS uuid)", id=later[0]) == [
        {"state": "held"}
    ]


def test_messages_that_only_the_lost_broker_had_are_told_anew(restored: Restored) -> None:
    school, waited, _ = restored
    school.sql("DELETE FROM outbox")
    before = arrived(school)
    with school.services.db.begin() as conn:
        release(conn, None)
    pump(school)
    assert set(waited) <= set(arrived(school) - before)


def test_events_that_come_again_change_no_figure(
    school: School, store: FileStore, empty_url: str, tmp_path: Path
) -> None:
    events = [lesson(f"l-{n}", id=f"e-{n}") for n in range(8)]
    first = Client("aggregate_events", school.services.settings)
    batch = {"content_type": "application/cloudevents-batch+json", "role": "service"}
    assert first.call("POST", "/api/v1/events", json=events, **batch).json["accepted"] == 8
    made = make(
        school.services.settings.database_url, store, tmp_path / "backups", version="0.1.0", tell=quiet
    )
    restore(empty_url, store, made, tell=quiet)
    second = Client(
        "aggregate_events", school.services.settings.model_copy(update={"database_url": empty_url})
    )
    answer = second.call("POST", "/api/v1/events", json=events, **batch).json
    assert (answer["accepted"], answer["duplicates"]) == (0, 8)
    for client in (first, second):
        client.services.db.dispose()


def test_explain_says_that_it_waits_for_the_operator_and_later_why_it_was_not_sent(
    restored: Restored,
) -> None:
    school, waited, events = restored
    new = ask(school, ["u-1"])
    said = explained(school, "u-1", new[0])
    assert said["ru"].startswith("Ждёт: система восстановлена из резервной копии")
    assert said["en"].startswith("It is held: the system was restored from a backup")
    school.event(*events)
    with school.services.db.begin() as conn:
        release(conn, school.services.clock())
    user = school.sql("SELECT user_id FROM deliveries WHERE id = CAST(:id AS uuid)", id=waited[0])[0][
        "user_id"
    ]
    said = explained(school, user, waited[0])
    assert "повторно не отправлено" in said["ru"]
    assert "was not sent again" in said["en"]


def explained(school: School, user_id: str, delivery_id: str) -> dict[str, str]:
    row = school.sql(
        "SELECT notification_id::text AS id FROM deliveries WHERE id = CAST(:id AS uuid)", id=delivery_id
    )
    query = {"user_id": user_id, "notification_id": row[0]["id"]}
    return {
        lang: school.ok("GET", "/api/v1/notifications/explain", query_string={**query, "lang": lang})[
            "explanation"
        ]
        for lang in ("ru", "en")
    }


def test_the_bot_says_nothing_and_answers_nothing_of_the_past_later(restored: Restored) -> None:
    school, _, _ = restored
    chat = {"id": 5, "type": "private"}
    update = {
        "update_id": 7,
        "message": {
            "message_id": 1,
            "date": 0,
            "chat": chat,
            "from": {"id": 5, "is_bot": False},
            "text": "/start",
        },
    }
    school.sql(
        "INSERT INTO bot_updates (update_id, chat_id, taken_at) VALUES (7, '5', now() - interval '1 hour')"
    )
    event = {"specversion": "1.0", "id": "u", "source": "t", "type": "telegram.update", "data": update}
    message = ("telegram.updates", json.dumps(event), "application/cloudevents+json")
    held = school.deliver(*message)
    assert (held.status_code, held.headers["Retry-After"]) == (503, "30")
    with school.services.db.begin() as conn:
        release(conn, school.services.clock())
    assert school.deliver(*message).status_code == 200
    assert school.office.telegram() == []


def test_a_broadcast_under_way_is_paused_and_a_report_to_be_sent_is_not(restored: Restored) -> None:
    school, _, _ = restored
    school.sql(
        "INSERT INTO broadcasts (id, state, type, data, channels, audience, requested_by, recipients, created_at) "
        "VALUES (gen_random_uuid(), 'sending', 'custom', '{}', '{email}', '{}', 'admin:a', 5, now() - interval '1 day')"
    )
    school.sql(
        "INSERT INTO reports (id, type, format, parameters, locale, requested_by, deliver_to, created_at) VALUES "
        "(gen_random_uuid(), 'lesson', 'pdf', '{}', 'ru', 'admin:a', '{}', now() - interval '1 day')"
    )
    with school.services.db.begin() as conn:
        _, paused = release(conn, school.services.clock())
    assert len(paused) == 1
    assert school.sql("SELECT state FROM broadcasts") == [{"state": "paused"}]
    assert school.sql("SELECT state FROM reports") == [{"state": "cancelled"}]


def test_health_metrics_and_the_console_say_so(restored: Restored) -> None:
    school, _, _ = restored
    console = Client("serve_console", school.services.settings)
    health = console.get("/health", headers={"X-Service": "notification"}).json
    assert (health["status"], health["checks"]["sending"]["status"]) == ("degraded", "held")
    assert "send_fence 1.0" in console.get("/metrics", headers={"X-Service": "notification"}).text
    with school.services.db.begin() as conn:
        release(conn, None)
    health = console.get("/health", headers={"X-Service": "notification"}).json
    assert "sending" not in health["checks"]
    assert "send_fence 0.0" in console.get("/metrics", headers={"X-Service": "notification"}).text
    console.services.db.dispose()


def test_the_command_shows_what_waits_and_does_nothing_without_a_yes(
    restored: Restored, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    school, waited, _ = restored
    monkeypatch.setenv("DATABASE_URL", school.services.settings.database_url)
    assert command.main(["--show"]) == 0
    shown = capsys.readouterr().out
    assert shown.count(f"  email     {len(waited):>8}  due ") == 2
    assert "set aside as `unknown`" in shown
    assert command.main([]) == command.UNSURE
    with school.services.db.connect() as conn:
        assert fence.is_closed(conn)
    assert command.main(["--yes"]) == 0
    assert f"Set aside: {len(waited)}." in capsys.readouterr().out
    assert command.main(["--yes"]) == 0
    assert "Sending is allowed. There is nothing to release." in capsys.readouterr().out


@pytest.mark.parametrize("given", ["yesterday", "2026-09-14T12:30"])
def test_a_time_without_a_zone_is_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--lost-at", given])
    assert "2026-09-14T12:30+03:00" in capsys.readouterr().err
