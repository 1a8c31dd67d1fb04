"""`python -m lib.local.openapi write|check`: the documents that serve_console ships, from the functions' models.

They are written at build time, so that asking for the document never wakes a function that sleeps.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from lib.runtime.function import Function, Route
from lib.runtime.openapi import document
from lib.stack import Stack, load
from lib.stack.model import SERVICES

FOLDER = Path("functions/serve_console/openapi")
PORTS = {service: port for port, service in SERVICES.items() if service != "bot"}


def main() -> int:
    """Write the documents, or say which are stale (exit 1)."""
    parser = argparse.ArgumentParser(prog="python -m lib.local.openapi", description=__doc__)
    parser.add_argument("act", choices=["write", "check"])
    act = parser.parse_args().act
    stale = []
    for service, text in documents(load(Path("stack.yml"))).items():
        path = FOLDER / f"{service}.json"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path))
            if act == "write":
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                sys.stdout.write(f"wrote {path}\n")
    if act == "check" and stale:
        sys.stderr.write(f"Stale: {', '.join(stale)}. To write them: make render\n")
        return 1
    return 0


def documents(stack: Stack) -> dict[str, str]:
    """Each service's document as JSON text."""
    return {
        service: json.dumps(document(service, operations(stack, port)), ensure_ascii=False, indent=1) + "\n"
        for service, port in PORTS.items()
    }


def operations(stack: Stack, port: int) -> Iterator[tuple[Function, Route]]:
    """Every declared operation that the gateway's `port` leads to."""
    for spec in stack.functions:
        target = getattr(importlib.import_module(f"functions.{spec.module}.main"), spec.module)
        function: Function = target.function
        for route in function.routes:
            found = stack.find(port, route.path.partition("<")[0].rstrip("/") or "/")
            if found is not None and found.name == spec.name:
                yield function, route


if __name__ == "__main__":
    raise SystemExit(main())
