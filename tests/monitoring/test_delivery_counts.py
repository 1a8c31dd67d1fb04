"""The counter of messages: exact whoever writes, and never smaller than it was."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from lib.db import delivery_counts, migrations
from lib.local.servers.postgres import PostgresServer

Counts = dict[tuple[str, str, str], int]
STATES = ("planned", "held", "queued", "sending", "sent", "failed", "unknown", "cancelled")
ADD = text(
    "WITH n AS (INSERT INTO notifications (id, type, priority, data, critical) "
    "VALUES (gen_random_uuid(), :type, 'normal', '{}', false) RETURNING id) "
    "INSERT INTO deliveries (id, notification_id, user_id, channel, state) "
    "SELECT gen_random_uuid(), n.id, 'u-' || k, :channel, :state FROM n, generate_series(1, :many) k "
    "RETURNING CAST(id AS text) AS id"
)
MOVE = text("UPDATE deliveries SET state = :state, updated_at = now() WHERE id = ANY(CAST(:ids AS uuid[]))")


@pytest.fixture
def db(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def empty_database(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a database without a table."""
    admin = create_engine(postgres.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text("CREATE DATABASE before_the_counts"))
        yield postgres.url("before_the_counts")
        conn.execute(text("DROP DATABASE before_the_counts WITH (FORCE)"))
    admin.dispose()


def entered(db: Engine) -> Counts:
    with db.connect() as conn:
        return delivery_counts.entered(conn)


def fold(db: Engine) -> None:
    with db.begin() as conn:
        delivery_counts.fold(conn)


class Ledger:
    """What happened to every delivery, written down by whoever did it."""

    def __init__(self) -> None:
        self.where: dict[str, tuple[str, str, str]] = {}
        self.entered: Counter[tuple[str, str, str]] = Counter()

    def add(self, conn: Connection, channel: str, kind: str, state: str, many: int) -> None:
        values = {"channel": channel, "type": kind, "state": state, "many": many}
        for row in conn.execute(ADD, values):
            self.where[row.id] = (channel, kind, state)
            self.entered[channel, kind, state] += 1

    def move(self, conn: Connection, ids: list[str], state: str) -> None:
        conn.execute(MOVE, {"ids": ids, "state": state})
        for each in ids:
            channel, kind, before = self.where[each]
            if before != state:
                self.where[each] = (channel, kind, state)
                self.entered[channel, kind, state] += 1


def lived(db: Engine, ledger: Ledger, seed: int, steps: int) -> None:
    """Deliveries come and change state, a few at a time; one transaction in four never happened."""
    dice = random.Random(seed)
    for _ in range(steps):
        with db.connect() as conn:
            happens = dice.random() < 0.75
            told = ledger if happens else Ledger()
            told.where |= ledger.where
            told.add(
                conn,
                dice.choice(["email", "telegram"]),
                dice.choice(["custom", "digest"]),
                "queued",
                dice.randint(1, 5),
            )
            some = dice.sample(sorted(told.where), k=min(len(told.where), dice.randint(1, 8)))
            told.move(conn, some, dice.choice(STATES))
            conn.commit() if happens else conn.rollback()


@pytest.mark.parametrize("seed", range(5))
def test_every_arrival_in_a_state_is_counted_once_before_and_after_folding(db: Engine, seed: int) -> None:
    ledger = Ledger()
    for part in range(4):
        lived(db, ledger, seed * 10 + part, 10)
        assert entered(db) == dict(ledger.entered)
        fold(db)
        assert entered(db) == dict(ledger.entered)


def test_writers_who_meet_folders_and_readers_lose_nothing_and_no_reader_sees_a_step_back(db: Engine) -> None:
    ledgers = [Ledger() for _ in range(3)]
    over = threading.Event()

    def read() -> int:
        before: Counts = {}
        looks = 0
        while not over.is_set():
            now = entered(db)
            assert all(now.get(key, 0) >= value for key, value in before.items())
            before, looks = now, looks + 1
        return looks

    def keep_folding() -> None:
        while not over.is_set():
            fold(db)

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        folders = [pool.submit(keep_folding) for _ in range(2)]
        writers = [pool.submit(lived, db, each, n, 40) for n, each in enumerate(ledgers)]
        for writer in writers:
            writer.result(60)
        over.set()
        assert all(reader.result(20) > 1 for reader in readers)
        for folder in folders:
            folder.result(20)
    assert entered(db) == dict(sum((each.entered for each in ledgers), Counter()))


def test_senders_do_not_wait_for_one_another_to_commit(db: Engine) -> None:
    ledger = Ledger()
    with db.connect() as first, db.connect() as second:
        ledger.add(first, "email", "custom", "sent", 1)
        second.execute(text("SET lock_timeout = '2s'"))
        ledger.add(second, "email", "custom", "sent", 1)
        second.commit()
        first.commit()
    assert entered(db) == {("email", "custom", "sent"): 2}


def test_what_was_there_before_the_counts_is_in_them(empty_database: str) -> None:
    migrations.upgrade(empty_database, "0013")
    engine, ledger = create_engine(empty_database), Ledger()
    with engine.begin() as conn:
        ledger.add(conn, "email", "custom", "sent", 7)
        ledger.add(conn, "telegram", "digest", "failed", 2)
    migrations.upgrade(empty_database)
    with engine.begin() as conn:
        ledger.move(conn, sorted(ledger.where)[:3], "queued")
    assert entered(engine) == dict(ledger.entered)
    engine.dispose()
