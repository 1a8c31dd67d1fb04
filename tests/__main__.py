"""`python -m tests`: all tests, in two lanes side by side.

In the patient lane is what depends on nobody's clock: rules, contracts, pictures, figures, stories. It takes what the
other leaves of the processor. With arguments, this is plain pytest.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOG = ROOT / "var" / "test" / "patient.log"
PATIENT = (
    "tests/contract",
    "tests/integration/analytics",
    "tests/integration/erasure",
    "tests/integration/exports",
    "tests/integration/notifications/test_every_message.py",
    "tests/integration/notifications/test_preview.py",
    "tests/pictures",
    "tests/unit",
)
# Beside the other lane a test may take several times as long as alone.
PATIENCE = ("-o", "timeout=600")
TOLD_EVERY_S = 60.0


def pytest(*arguments: str) -> list[str]:
    """The command."""
    return [sys.executable, "-m", "pytest", *arguments]


def run() -> int:
    """Both lanes. 0 when all tests of both have passed."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("wb") as log:
        patient = subprocess.Popen(
            ["nice", "-n", "15", *pytest(*PATIENCE, *PATIENT)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    print(
        f"In the patient lane: {', '.join(PATIENT)}. What it says comes at the end, and meanwhile in var/test.",
        flush=True,
    )
    try:
        timed = subprocess.run(pytest(*(f"--ignore={path}" for path in PATIENT)), cwd=ROOT, check=False)
        _wait(patient)
    except BaseException:
        patient.send_signal(signal.SIGINT)
        patient.wait(60)
        raise
    sys.stdout.write(f"\nThe patient lane:\n{LOG.read_text(encoding='utf-8', errors='replace')}")
    return int(timed.returncode != 0 or patient.returncode != 0)


def _wait(patient: "subprocess.Popen[bytes]") -> None:
    began = time.monotonic()
    while True:
        try:
            patient.wait(TOLD_EVERY_S)
            return
        except subprocess.TimeoutExpired:
            waited = int((time.monotonic() - began) / 60)
            print(f"Waiting for the patient lane, {waited} min.", flush=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        os.chdir(ROOT)
        os.execv(sys.executable, pytest(*sys.argv[1:]))  # noqa: S606 - pytest, with what the user asked for
    sys.exit(run())
