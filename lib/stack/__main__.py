"""`python -m lib.stack render` writes what derives from stack.yml; `check` says whether it was written."""

import argparse
import sys
from pathlib import Path

from lib.stack import StackError, load
from lib.stack.render.derived import stale, write


def main(arguments: list[str] | None = None) -> int:
    """0, or 1 when stack.yml is wrong or a derived file is stale."""
    parser = argparse.ArgumentParser(prog="python -m lib.stack", description=__doc__)
    parser.add_argument("action", choices=["render", "check"])
    parser.add_argument("--root", type=Path, default=Path())
    options = parser.parse_args(arguments)
    try:
        stack = load(options.root / "stack.yml")
        if options.action == "render":
            write(stack, options.root, lambda path: print(f"wrote {path}"))
        elif files := stale(stack, options.root):
            print(
                f"These do not say what stack.yml says: {', '.join(files)}. To write them: make render",
                file=sys.stderr,
            )
            return 1
    except (StackError, ValueError) as error:
        print(f"stack.yml: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
