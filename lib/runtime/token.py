"""`python -m lib.runtime.token --role tutor --sub t-1`: print a bearer token for local use."""

import argparse
import sys

from lib.auth.tokens import ROLES, mint
from lib.errors import BadInput
from lib.runtime.settings import SettingsError, load


def main() -> int:
    """Parse the arguments and print the token."""
    parser = argparse.ArgumentParser(prog="python -m lib.runtime.token", description=__doc__)
    parser.add_argument("--role", default="admin", help=", ".join(ROLES))
    parser.add_argument("--sub", default="admin-1", help="the user's id")
    parser.add_argument("--hours", type=float, default=12.0, help="how long it is good for (default: 12)")
    parser.add_argument("--scope", action="append", default=[], help="for role service; default: every scope")
    arguments = parser.parse_args()
    try:
        settings = load()
        if settings.environment == "production":
            raise BadInput("Tokens for production come from the auth service, not from here.")
        token = mint(
            settings,
            role=arguments.role,
            sub=arguments.sub,
            ttl_seconds=int(arguments.hours * 3600),
            scopes=arguments.scope,
        )
    except (BadInput, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(token + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
