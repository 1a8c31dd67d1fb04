"""`python -m tests.integration.reports.jobs.mortal REPORT STEP`: makes one report and is killed at its STEP-th step.

A step is what another process could see: before and after each commit, each sync and each move of a file. Prints how
many there were when it survives.
"""

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import event

from functions.generate_report.jobs.working import work
from lib.domain.events import utc_now
from lib.runtime.call import Call
from lib.runtime.services import Services
from lib.runtime.settings import load


def main() -> None:
    report_id, last = sys.argv[1], int(sys.argv[2])
    steps = count(1)

    def step(*_: Any) -> None:
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    services = Services(load())
    event.listen(services.db, "commit", step)
    event.listen(services.db, "checkin", step)
    os.fsync, os.replace = _stepping(os.fsync, step), _stepping(os.replace, step)
    work(Call(services, "mortal", utc_now()), report_id)
    print(next(steps) - 1)


def _stepping(act: Callable[..., Any], step: Callable[[], None]) -> Callable[..., Any]:
    def acting(*arguments: Any, **named: Any) -> Any:
        step()
        result = act(*arguments, **named)
        step()
        return result

    return acting


if __name__ == "__main__":
    main()
