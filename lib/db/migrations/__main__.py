"""Brings a database to this version's schema, before this version's functions start and while those of the version
before go on.

Every step only adds what the version before does not mind, so its functions run on the new schema, and going back is
deploying the version before; the schema stays. A step that does not get its lock within 0.2 s lets everybody pass and
tries again.
"""

import argparse
import os
import sys

from sqlalchemy import exc

from lib.db.engine import sqlalchemy_url
from lib.db.migrations import PATIENCE_S, Busy, newest, upgrade


def main() -> int:
    """0 when it is there; 1 when it could not be brought there now, 2 when it is not said which database."""
    parser = argparse.ArgumentParser(prog="python -m lib.db.migrations", description=__doc__)
    parser.add_argument("--url", default=os.environ.get("DATABASE_URL", ""), help="default: DATABASE_URL")
    parser.add_argument(
        "--revision", default="head", help=f"target revision (default: the newest, {newest()})"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=PATIENCE_S,
        metavar="SECONDS",
        help=f"how long to try while tables are in use (default: {PATIENCE_S:g})",
    )
    given = parser.parse_args()
    if not given.url:
        sys.stderr.write("Say which database: set DATABASE_URL or pass --url postgresql://…\n")
        return 2
    try:
        upgrade(sqlalchemy_url(given.url), given.revision, tell=_tell, patience_s=given.patience)
    except Busy as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except exc.OperationalError as error:
        sys.stderr.write(f"The database does not answer: {str(error.orig).strip()}\n")
        return 1
    sys.stdout.write(
        f"The database is at revision {newest() if given.revision == 'head' else given.revision}.\n"
    )
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
