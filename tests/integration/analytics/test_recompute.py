"""Everything rebuilt from the log, beside the live tables, while events keep coming."""

import itertools
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

from functions.aggregate_events import recompute
from lib.db import rebuild, recomputations
from lib.db.engine import connect
from lib.testing.simulator.school import events as school
from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.stories import cloudevent

UNTIL = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def db(analytics: Analytics) -> Iterator[Engine]:
    """The database behind both functions."""
    engine = connect(analytics.door.settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def term(analytics: Analytics) -> list[dict[str, Any]]:
    """Some weeks of a small school, taken in."""
    events = list(school(12, days=40, seed=3, until=UNTIL))
    for start in range(0, len(events), 500):
        analytics.take(events[start : start + 500])
    return events


def rows(db: Engine) -> dict[str, list[str]]:
    """Every row of every derived table as text."""
    with db.connect() as conn:
        return {
            table: sorted(conn.execute(text(f"SELECT CAST(t AS text) FROM {table} t")).scalars())  # noqa: S608 - our names
            for table in rebuild.TABLES
        }


def finish(analytics: Analytics, db: Engine) -> dict[str, Any]:
    """Hand the function its own messages, as the bridge would, until none is left."""
    take = text("DELETE FROM outbox WHERE body LIKE '%recompute.turn%' RETURNING body")
    while True:
        with db.begin() as conn:
            turns = conn.execute(take).scalars().all()
        if not turns:
            found: dict[str, Any] = analytics.door.get("/api/v1/admin/recompute").json
            return found
        for body in turns:
            assert analytics.door.message(body.encode()).status_code == 200


def ask(analytics: Analytics) -> dict[str, Any]:
    answer = analytics.door.post("/api/v1/admin/recompute")
    assert answer.status_code == 202, answer.text
    run: dict[str, Any] = answer.json
    return run


def test_what_is_rebuilt_is_equal_to_the_byte(
    analytics: Analytics, db: Engine, term: list[dict[str, Any]]
) -> None:
    before = rows(db)
    assert all(before[table] for table in rebuild.TABLES)
    asked = ask(analytics)
    assert (asked["state"], asked["progress"]) == ("waiting", 0)
    done = finish(analytics, db)
    assert (done["id"], done["state"], done["equal"], done["differences"]) == (asked["id"], "done", True, {})
    assert (done["progress"], done["position"]) == (100, len(term))
    assert rows(db) == before
    found = analytics.door.get(f"/api/v1/admin/recompute/{done['id']}").json
    assert found == done


@pytest.mark.usefixtures("term")
def test_a_figure_that_was_tampered_with_is_found_and_mended(analytics: Analytics, db: Engine) -> None:
    before, answer = rows(db), analytics.ask("lessons/stats?from=2026-08-01&to=2026-08-31")
    with db.begin() as conn:
        conn.execute(text("UPDATE lesson_slots SET completed = completed + 1 WHERE completed > 0"))
        conn.execute(text("DELETE FROM lessons WHERE lesson_id = (SELECT min(lesson_id) FROM lessons)"))
    ask(analytics)
    done = finish(analytics, db)
    assert done["equal"] is False
    assert set(done["differences"]) == {"lesson_slots", "lessons"}
    assert done["differences"]["lessons"] == 1
    assert rows(db) == before
    again = analytics.ask("lessons/stats?from=2026-08-01&to=2026-08-31")
    assert again["summary"] == answer["summary"]
    assert again["as_of"]["position"] > 0


@pytest.mark.usefixtures("term")
def test_indexes_keep_their_names_and_a_second_one_works(analytics: Analytics, db: Engine) -> None:
    names = text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
    with db.connect() as conn:
        before = conn.execute(names).scalars().all()
    for _ in range(2):
        ask(analytics)
        assert finish(analytics, db)["equal"] is True
    with db.connect() as conn:
        assert conn.execute(names).scalars().all() == before
        assert conn.execute(text("SELECT to_regnamespace('rebuilt')")).scalar() is None


def test_events_that_arrive_meanwhile_are_in_it(
    analytics: Analytics, db: Engine, term: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputations, "STEP", 200)
    more = list(itertools.islice(school(12, days=20, seed=4, until=date(2026, 10, 1)), 1500))
    arriving = threading.Thread(
        target=lambda: [analytics.take(more[start : start + 10]) for start in range(0, len(more), 10)]
    )
    arriving.start()
    ask(analytics)
    done = finish(analytics, db)
    arriving.join()
    assert (done["state"], done["equal"]) == ("done", True)
    assert done["position"] > len(term)
    ask(analytics)
    final = finish(analytics, db)
    assert (final["equal"], final["position"]) == (True, len(term) + len(more))


@pytest.mark.usefixtures("term")
def test_a_turn_that_is_cut_off_is_gone_on_with(
    analytics: Analytics, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(db)
    monkeypatch.setattr(recompute, "TURN_S", 0.0)
    monkeypatch.setattr(recomputations, "STEP", 300)
    asked = ask(analytics)
    for number in itertools.count():
        with db.begin() as conn:
            conn.execute(text("DELETE FROM outbox"))
        with pytest.MonkeyPatch.context() as cut:
            if number % 2:
                cut.setattr(recomputations, "_note", _cut)
                with pytest.raises(ConnectionAbortedError):
                    recomputations.step(db, asked["id"])
                continue
        if not recomputations.step(db, asked["id"]):
            break
    assert analytics.door.get("/api/v1/admin/recompute").json["equal"] is True
    assert rows(db) == before


def _cut(*_arguments: object, **_changes: object) -> None:
    raise ConnectionAbortedError


def test_one_under_way_is_the_one_that_is_meant_and_only_admins_may(analytics: Analytics) -> None:
    analytics.take([cloudevent("user.login", {"user_id": "u"}, "2026-11-20T10:00:00Z")])
    first, second = ask(analytics), ask(analytics)
    assert first["id"] == second["id"]
    for role in ("tutor", "student", "parent", "service"):
        assert analytics.door.post("/api/v1/admin/recompute", role=role).status_code == 403
    absent = analytics.door.get("/api/v1/admin/recompute/01234567-89ab-7def-8123-456789abcdef")
    assert absent.status_code == 404
    assert json.loads(absent.text)["status"] == 404
