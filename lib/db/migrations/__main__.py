"""`python -m lib.db.migrations`: migrate the database named by DATABASE_URL."""

import argparse
import os
import sys

from lib.db.engine import sqlalchemy_url
from lib.db.migrations import upgrade


def main() -> int:
    """Parse the arguments, migrate, say so."""
    parser = argparse.ArgumentParser(prog="python -m lib.db.migrations", description=__doc__)
    parser.add_argument("--url", default=os.environ.get("DATABASE_URL", ""), help="default: DATABASE_URL")
    parser.add_argument("--revision", default="head", help="target revision (default: head)")
    arguments = parser.parse_args()
    if not arguments.url:
        sys.stderr.write("Say which database: set DATABASE_URL or pass --url postgresql://…\n")
        return 2
    upgrade(sqlalchemy_url(arguments.url), arguments.revision)
    sys.stdout.write(f"The database is at revision {arguments.revision}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
