"""Makes a backup of the database and the stored files, in one file, while the system goes on.

The database at DATABASE_URL, or the embedded one; files from STORAGE_URL. No password or key is in it, but everything
the school knows of people is: keep it where few can read it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import exc

from lib.errors import ServiceError
from lib.local.backup import place
from lib.local.backup.archive import reading
from lib.local.backup.making import keep_newest, make
from lib.local.backup.telling import telling
from lib.local.backup.trouble import Trouble, said
from lib.runtime.settings import SettingsError, load
from lib.storage.opening import opened


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when there is a new backup, or the one to verify is whole; 1 with a sentence otherwise."""
    given = _parser().parse_args(arguments)
    try:
        return _verify(given.verify) if given.verify else _make(given)
    except (Trouble, SettingsError, ServiceError) as error:
        print(error, file=sys.stderr)
    except exc.SQLAlchemyError as error:
        print(f"{said(error)} Nothing was written.", file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted. Nothing was written.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.local.backup", description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("var/backups"), help="folder (default: var/backups)")
    parser.add_argument(
        "--keep", type=_count, help="delete all but the newest KEEP backups there; default: none"
    )
    parser.add_argument(
        "--verify", type=Path, metavar="FILE", help="make none: say whether this one is whole"
    )
    parser.add_argument(
        "--var", type=Path, default=Path("var"), help="of the embedded database (default: var)"
    )
    return parser


def _count(given: str) -> int:
    if not given.isdecimal() or int(given) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return int(given)


def _make(given: argparse.Namespace) -> int:
    settings = load()
    with place.for_backup(settings, given.var) as url, telling() as tell:
        made = make(url, opened(settings), given.to, version=settings.version, tell=tell)
    print(f"{made}  {made.stat().st_size / 1e6:.1f} MB")
    for gone in keep_newest(given.to, given.keep) if given.keep else ():
        print(f"deleted {gone}")
    return 0


def _verify(file: Path) -> int:
    with reading(file) as backup:
        backup.check()
        told = backup.manifest
    rows = sum(table.count for table in told.tables.values())
    print(
        f"{file} is whole: {told.made_at:%Y-%m-%d %H:%M:%S} UTC, version {told.version}, schema "
        f"{told.schema_revision}, PostgreSQL {told.postgres}, {told.position} events, {rows} rows in "
        f"{len(told.tables)} tables, {len(told.files) - 1} stored files."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
