"""Rebuilding everything from the log in small steps, each a transaction of its own, while events keep coming.

A step that is cut off leaves no trace, and the next one goes on where the last committed one ended.
"""

import json
from typing import Any

from sqlalchemy import Connection, Engine, Row, text
from uuid6 import uuid7

from lib.db import event_log, rebuild, rollup_rows, versions
from lib.domain.rollups import ROLLUPS

# Events a step tells: about a second's work, so that progress shows and a lost step costs little.
STEP = 20_000
# Fewer events than this are told while the writers wait: some tenths of a second.
LAST_STRETCH = 500
# A swap waits this long for readers, then lets those behind it pass and tries again.
SWAP_WAIT = "1s"
# Comparing two big tables is one statement.
LONG = "SET LOCAL statement_timeout = '15min'"
GIVE_UP = text(
    "UPDATE recomputations SET state = 'failed', error = 'It stood still for 15 minutes.', finished_at = now() "
    "WHERE state IN ('waiting', 'running') AND updated_at < now() - interval '15 minutes'"
)
START = text(
    "INSERT INTO recomputations (id, state, stage, requested_by) VALUES (:id, 'waiting', 'waiting', :who) "
    "ON CONFLICT DO NOTHING"
)
CURRENT = text("SELECT * FROM recomputations ORDER BY requested_at DESC, id DESC LIMIT 1")
CLAIM = text(
    "SELECT * FROM recomputations WHERE id = :id AND state IN ('waiting', 'running') FOR UPDATE NOWAIT"
)


def start(conn: Connection, who: str) -> Row[Any]:
    """Ask for a recompute; the one under way, if there is one. One that stands still is given up."""
    conn.execute(GIVE_UP)
    conn.execute(START, {"id": str(uuid7()), "who": who})
    return conn.execute(CURRENT).one()


def get(conn: Connection, run_id: str) -> Row[Any] | None:
    """One of them, by its id; None when there is none."""
    return conn.execute(text("SELECT * FROM recomputations WHERE id = :id"), {"id": run_id}).first()


def latest(conn: Connection) -> Row[Any] | None:
    """The last one asked for."""
    return conn.execute(CURRENT).first()


def abandon(conn: Connection, why: str) -> None:
    """End what is under way, in the caller's transaction: the log itself was changed beneath it."""
    conn.execute(
        text(
            "UPDATE recomputations SET state = 'failed', error = :why, finished_at = now() "
            "WHERE state IN ('waiting', 'running')"
        ),
        {"why": why},
    )
    rebuild.discard(conn)


def step(db: Engine, run_id: str) -> bool:
    """Do the next step; whether there is another one.

    Raises sqlalchemy.exc.OperationalError when somebody else is at it, or a lock could not be had in time:
    try again.
    """
    with db.connect().execution_options(isolation_level="REPEATABLE READ") as conn, conn.begin():
        conn.execute(text(LONG))
        run = conn.execute(CLAIM, {"id": run_id}).first()
        if run is None:
            return False
        match run.stage:
            case "waiting":
                _begin(conn, run)
            case "entities":
                _entities(conn, run)
            case "facts":
                _facts(conn, run)
            case "comparing":
                _compare(conn, run)
            case _:
                pass
        if run.stage != "swapping":
            return True
    return not _swap(db, run_id)


def _note(conn: Connection, run: Row[Any], **changes: Any) -> None:
    sets = ", ".join((*(f"{name} = :{name}" for name in changes), "updated_at = now()"))
    conn.execute(text(f"UPDATE recomputations SET {sets} WHERE id = :id"), {**changes, "id": run.id})  # noqa: S608 - our names


def _begin(conn: Connection, run: Row[Any]) -> None:
    rebuild.begin(conn)
    upto = event_log.head(conn)[0]
    _note(conn, run, state="running", stage="entities", upto=upto)
    conn.execute(text("UPDATE recomputations SET started_at = now() WHERE id = :id"), {"id": run.id})


def _entities(conn: Connection, run: Row[Any]) -> None:
    rebuild.aim(conn)
    last, told = rebuild.tell_entities(conn, run.entity, run.upto, STEP)
    _note(
        conn,
        run,
        entity=last or "",
        told=run.told + told,
        progress=_progress(run, run.told + told),
        stage="entities" if last is not None else "facts",
    )


def _facts(conn: Connection, run: Row[Any]) -> None:
    rebuild.aim(conn)
    end = min(run.fact + STEP * 2, run.upto)
    told = rebuild.tell_facts(conn, run.fact, end)
    done = end == run.upto
    if done:
        rollup_rows.sum_coarse(conn)
    _note(
        conn,
        run,
        fact=end,
        told=run.told + told,
        progress=_progress(run, run.told + told),
        stage="comparing" if done else "facts",
    )


def _progress(run: Row[Any], told: int) -> int:
    return min(90, 90 * told // max(int(run.upto), 1))


def _compare(conn: Connection, run: Row[Any]) -> None:
    """Catch up with this snapshot, then compare within it: nobody has to wait."""
    rebuild.aim(conn)
    upto = event_log.head(conn)[0]
    rebuild.catch_up(conn, run.upto, upto)
    rebuild.analyze(conn)
    found = rebuild.differences(conn)
    _note(
        conn,
        run,
        upto=upto,
        stage="swapping",
        progress=95,
        equal=not found,
        differences=json.dumps(found),
    )


def _swap(db: Engine, run_id: str) -> bool:
    """Tell the last stretch and put the rebuilt tables in place; whether it came to that."""
    with db.begin() as conn:
        conn.execute(text(f"SET LOCAL lock_timeout = '{SWAP_WAIT}'"))
        run = conn.execute(CLAIM, {"id": run_id}).one()
        behind = event_log.head(conn)[0]
        if behind - run.upto <= LAST_STRETCH:
            event_log.lock(conn)
            upto = event_log.head(conn)[0]
            rebuild.aim(conn)
            rebuild.catch_up(conn, run.upto, upto)
            conn.execute(text("SET LOCAL search_path = public"))
            rebuild.swap(conn)
            if not run.equal:
                # What was answered before rested on other figures.
                families = sorted({rollup.family for rollup in ROLLUPS.values()} | {"charges"})
                versions.bump(conn, ((family, versions.ALWAYS) for family in families), upto)
            _note(conn, run, upto=upto, state="done", stage="done", progress=100)
            conn.execute(text("UPDATE recomputations SET finished_at = now() WHERE id = :id"), {"id": run.id})
            return True
        rebuild.aim(conn)
        upto = min(behind, run.upto + STEP)
        rebuild.catch_up(conn, run.upto, upto)
        _note(conn, run, upto=upto)
        return False
