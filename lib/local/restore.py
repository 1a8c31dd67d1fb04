"""Restores a backup into an empty database, checks every table against it, and keeps the system from sending.

Nothing is sent afterwards (mail, Telegram, the bot, the queues) until an operator has run `make release`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import exc

from lib.errors import ServiceError
from lib.local.backup import place
from lib.local.backup.archive import reading
from lib.local.backup.restoring import restore
from lib.local.backup.telling import telling
from lib.local.backup.trouble import Trouble, said
from lib.runtime.settings import SettingsError, load
from lib.storage.opening import opened


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when everything came back; 1 with a sentence otherwise."""
    parser = argparse.ArgumentParser(prog="python -m lib.local.restore", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="what python -m lib.local.backup made")
    parser.add_argument(
        "--var", type=Path, default=Path("var"), help="of the embedded database (default: var)"
    )
    given = parser.parse_args(arguments)
    try:
        return _restore(given.file, given.var)
    except (Trouble, SettingsError, ServiceError) as error:
        print(error, file=sys.stderr)
    except exc.SQLAlchemyError as error:
        print(f"{said(error)}", file=sys.stderr)
    return 1


def _restore(file: Path, var: Path) -> int:
    settings = load()
    # Before a server is started and a cluster made for a file that is not there.
    with reading(file):
        pass
    with place.for_restore(settings, var) as url, telling() as tell:
        told = restore(url, opened(settings), file, tell=tell)
    print(
        f"Restored as of {told.made_at:%Y-%m-%d %H:%M:%S} UTC: {told.position} events, {len(told.tables)} tables, all "
        f"as they were backed up.\nNothing will be sent until you allow it. Start the system, then: make release"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
