"""What derives from stack.yml.

`python -m lib.stack render` writes it, `check` says whether it was written, and
`secrets --namespace openfaas-fn | kubectl apply -f -` makes Kubernetes' Secrets from the folder secrets/.
"""

import argparse
import sys
from pathlib import Path

from lib.stack import Stack, StackError, load
from lib.stack.render.derived import stale, write
from lib.stack.render.kubernetes.secrets import secrets
from lib.stack.render.yaml_text import documents


def main(arguments: list[str] | None = None) -> int:
    """0, or 1 when stack.yml is wrong, a derived file is stale or a secret is not there."""
    options = _parser().parse_args(arguments)
    try:
        return int(_done(load(options.root / "stack.yml"), options))
    except (StackError, ValueError) as error:
        print(f"stack.yml: {error}" if isinstance(error, StackError) else error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lib.stack", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["render", "check", "secrets"])
    parser.add_argument("--root", type=Path, default=Path())
    parser.add_argument("--namespace", default="repitbot", help="of the Secrets (default: repitbot)")
    return parser


def _done(stack: Stack, options: argparse.Namespace) -> bool:
    """Whether something was wrong."""
    if options.action == "render":
        write(stack, options.root, lambda path: print(f"wrote {path}"))
    elif options.action == "secrets":
        print(documents(secrets(stack, options.root / "secrets", options.namespace)), end="")
    elif files := stale(stack, options.root):
        print(
            f"These do not say what stack.yml says: {', '.join(files)}. To write them: make render",
            file=sys.stderr,
        )
        return True
    return False


if __name__ == "__main__":
    raise SystemExit(main())
