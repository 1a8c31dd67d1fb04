"""Deleting the files that ended, and those that no report ever named."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog

from functions.generate_report.jobs.working import FOLDER
from lib.db import artifacts, reports
from lib.runtime.call import Call
from lib.storage.model import Store
from lib.storage.opening import opened

MOST = 200
# Younger ones may belong to a report whose row is about to say so.
ORPHAN_AGE = timedelta(minutes=15)
log = structlog.get_logger()


def sweep(call: Call, *, whole: bool) -> None:
    """Delete what ended; `whole`: look through the storage besides. Raises Temporary when it is away."""
    store = opened(call.settings)
    if whole:
        _end_orphans(call, store)
    with call.db.connect() as conn:
        keys = artifacts.ended(conn, MOST)
    gone = sum(_deleted(call, store, key) for key in keys)
    if keys:
        log.info("swept", ended=len(keys), deleted=gone)


def _deleted(call: Call, store: Store, key: str) -> bool:
    """Unless a report holds it again: who made the same bytes has the same file."""
    with call.db.begin() as conn:
        reports.take_turn(conn, key)
        held = artifacts.is_held(conn, key)
        if not held:
            store.delete(key)
        artifacts.forget(conn, key)
    return not held


def _end_orphans(call: Call, store: Store) -> None:
    """What a worker stored that was killed, and whose report another one made."""
    for keys in _in_hundreds(_old(store)):
        with call.db.begin() as conn:
            for key in artifacts.unheld(conn, keys):
                artifacts.end(conn, key)


def _old(store: Store) -> Iterator[str]:
    before = datetime.now(UTC) - ORPHAN_AGE
    return (each.key for each in store.stored(FOLDER) if each.at < before)


def _in_hundreds(keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    left = iter(keys)
    while some := tuple(islice(left, 100)):
        yield some
