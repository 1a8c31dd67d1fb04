"""`python -m tests.integration.rolling.nursery`: starts and stops functions as it is told on its input, one order a
line, each answered by a line when it is done. What functions share is imported once, and they are forked."""

import importlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from lib.local.offspring import Offspring, die_with_parent
from lib.runtime.serve import serve
from lib.stack import load


def main() -> None:
    """`start ID MODULE HOST PORT FAREWELL LOG` and `stop ID …`, until the input ends; the functions end with it."""
    die_with_parent(signal.SIGKILL)
    for function in load(Path("stack.yml")).functions:
        importlib.import_module(f"functions.{function.module}.main")
    running: dict[str, Offspring] = {}
    print("ready", flush=True)
    for line in sys.stdin:
        order, name, *rest = line.split()
        if order == "start":
            module, host, port, farewell, log = rest
            running[name] = Offspring(name, _serving(module, host, int(port), float(farewell)), Path(log))
            running[name].start()
        else:
            for each in (name, *rest):
                running[each].ask_to_stop()
            for each in (name, *rest):
                running.pop(each).wait()
        print("done", flush=True)


def _serving(module: str, host: str, port: int, farewell_s: float) -> Callable[[], None]:
    return lambda: serve(module, host=host, port=port, farewell_s=farewell_s)


if __name__ == "__main__":
    main()
