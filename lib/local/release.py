"""Allows sending again after a restore. Shows what waits; what may have been sent before is set aside, not sent.

A backup knows messages as waiting that went out after it was made. Those that were due before the earlier system was
lost are finished as `unknown` (reason `restored`); each can still be sent by hand. --send-all sends everything.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, exc

from lib.db import fence
from lib.db.engine import connect
from lib.db.fence import Fence, Waiting
from lib.local.backup import place
from lib.local.backup.trouble import Trouble, said
from lib.runtime.release import release
from lib.runtime.settings import SettingsError, load

OK, REFUSED, UNSURE = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when sending is allowed (now, or already), 3 when nobody said yes, 2 when it cannot be looked at."""
    given = _parser().parse_args(arguments)
    try:
        with place.for_backup(load(), given.var) as url:
            return _on(connect(url, pool_size=1, statement_timeout_ms=600_000), given)
    except (SettingsError, Trouble) as error:
        print(error, file=sys.stderr)
    except exc.SQLAlchemyError as error:
        print(f"{said(error)}", file=sys.stderr)
    return REFUSED


def _on(engine: Engine, given: argparse.Namespace) -> int:
    try:
        return _released(engine, given)
    finally:
        engine.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.local.release", description=__doc__)
    parser.add_argument("--show", action="store_true", help="only show what waits")
    parser.add_argument("--yes", action="store_true", help="do not ask; for scripts")
    parser.add_argument("--send-all", action="store_true", help="send also what may have been sent before")
    parser.add_argument(
        "--lost-at",
        type=_instant,
        metavar="TIME",
        help="until when the earlier system worked, such as 2026-09-14T12:30+03:00; default: the time of the restore",
    )
    parser.add_argument(
        "--var", type=Path, default=Path("var"), help="of the embedded database (default: var)"
    )
    return parser


def _instant(given: str) -> datetime:
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise argparse.ArgumentTypeError("write it like 2026-09-14T12:30+03:00") from None
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("say the zone, too, as in 2026-09-14T12:30+03:00")
    return at.astimezone(UTC)


def _released(engine: Engine, given: argparse.Namespace) -> int:
    with engine.connect() as conn:
        standing = fence.look(conn)
        if standing is None or not standing.is_closed:
            print("Sending is allowed. There is nothing to release.")
            return OK
        lost_at: datetime = min(given.lost_at or standing.closed_at, standing.closed_at)
        _show(conn, standing, lost_at, send_all=given.send_all)
    if given.show:
        return OK
    if not given.yes and not _agreed(send_all=given.send_all):
        print("Nothing was changed. Sending stays off.")
        return UNSURE
    with engine.begin() as conn:
        aside, paused = release(conn, None if given.send_all else lost_at)
    print(f"Sending is allowed. Set aside: {aside}.")
    for each in paused:
        print(f"Paused: broadcast {each}. Resume it in the console if its rest is to be sent.")
    return OK


def _show(conn: Connection, standing: Fence, lost_at: datetime, *, send_all: bool) -> None:
    print(f"Restored at {_at(standing.closed_at)} from a backup made at {_at(standing.backup_at)}.")
    print("Nothing has been sent since.\n\nWaiting:")
    _table(fence.waiting(conn))
    if send_all:
        print("\nAll of it will be sent, also what may have been sent before: people may get it twice.")
        return
    print(f"\nOf these, due before {_at(lost_at)} and set aside as `unknown` (to send them: --send-all):")
    _table(fence.doubtful(conn, lost_at))


def _table(rows: Sequence[Waiting]) -> None:
    for row in rows:
        due = f"due {_at(row.oldest)} to {_at(row.newest)}"
        print(f"  {row.channel:<9} {row.deliveries:>8}  {due}")
    if not rows:
        print("  nothing")


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _agreed(*, send_all: bool) -> bool:
    if not sys.stdin.isatty():
        print("\nNobody is here to answer. To go on: add --yes.")
        return False
    wanted = "send all" if send_all else "yes"
    return input(f"\nAllow sending now? Type “{wanted}”: ").strip() == wanted


if __name__ == "__main__":
    sys.exit(main())
