"""A stream that breaks off: it never looks whole, and nothing is left of it, here or at the database."""

import json
import os
import signal
from collections.abc import Iterator
from typing import cast

import pytest
from sqlalchemy import create_engine, text

from functions.export_data import channel
from lib.errors import Temporary
from tests.clients import Answer
from tests.integration.exports.asking import DAY, export, ids, in_use, wait_until
from tests.integration.runtime.served import Served

COPIES = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'COPY%'"


def asked(school: Served, what: str) -> int:
    """An aggregate over the backends that copy."""
    engine = create_engine(school.settings.database_url)
    with engine.begin() as conn:
        found = conn.execute(text(f"SELECT {what} {COPIES}")).scalar_one()
    engine.dispose()
    return int(found or 0)


def begun(school: Served, kind: str = "csv") -> tuple[Answer, Iterator[bytes], bytes]:
    """An export in the middle: the answer, what is still to come, and what came."""
    answer = export(school, query=f"{DAY}&format={kind}")
    pieces = cast(Iterator[bytes], iter(answer.response))
    return answer, pieces, next(pieces) + next(pieces)


def rest(pieces: Iterator[bytes]) -> tuple[bytes, BaseException | None]:
    """What still comes, and what it ends with: None is a proper end."""
    came = b""
    try:
        for piece in pieces:
            came += piece
    except Exception as error:  # noqa: BLE001 - whatever it is, the server sees it
        return came, error
    return came, None


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json"])
def test_a_connection_that_is_lost_breaks_the_stream_without_its_end(crowded: Served, kind: str) -> None:
    answer, pieces, came = begun(crowded, kind)
    assert asked(crowded, "count(pg_terminate_backend(pid))") == 1
    more, error = rest(pieces)
    came += more
    assert error is not None
    assert 0 < came.count(b"\n") < 20000
    assert not came.endswith(b"\n")
    if kind == "json":
        with pytest.raises(json.JSONDecodeError):
            json.loads(came)
    answer.close()
    assert in_use(crowded["export_data"]) == 0
    assert len(ids(export(crowded))) == 20000


def test_a_client_that_leaves_ends_the_copy_at_the_database(crowded: Served) -> None:
    answer, _, _ = begun(crowded)
    assert asked(crowded, "count(*) FILTER (WHERE state = 'active')") == 1
    answer.close()
    assert in_use(crowded["export_data"]) == 0
    wait_until(lambda: asked(crowded, "count(*)") == 0, "the database goes on copying for nobody")


def test_a_client_that_takes_nothing_for_too_long_holds_no_database(
    crowded: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "PATIENCE_S", 0.2)
    answer, pieces, _ = begun(crowded)
    wait_until(lambda: asked(crowded, "count(*)") == 0, "the database waits for a client that takes nothing")
    with pytest.raises(channel.Left):
        list(pieces)
    answer.close()
    assert in_use(crowded["export_data"]) == 0


def test_a_database_that_says_nothing_any_more_breaks_the_stream(
    crowded: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "PATIENCE_S", 1.0)
    answer, pieces, came = begun(crowded)
    backend = asked(crowded, "min(pid)")
    os.kill(backend, signal.SIGSTOP)
    try:
        more, error = rest(pieces)
        answer.close()
        assert in_use(crowded["export_data"]) == 0
    finally:
        os.kill(backend, signal.SIGCONT)
    assert isinstance(error, Temporary)
    assert not (came + more).endswith(b"\n")
