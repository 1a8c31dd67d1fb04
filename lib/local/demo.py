"""Demonstration data: a small simulated school, sent through the same door as everyone else's events."""

import subprocess
import sys
from pathlib import Path

from rich.console import Console
from sqlalchemy import create_engine, text

from lib.auth.tokens import mint
from lib.db.engine import sqlalchemy_url
from lib.domain.events import utc_now
from lib.runtime.settings import Settings

STUDENTS, DAYS, SEED = 40, 120, 8006


def load_demo(settings: Settings, var: Path, console: Console) -> None:
    """Simulate and replay, when the event log is empty; otherwise do nothing."""
    if not _log_is_empty(settings):
        return
    console.print("Loading a small simulated school …", highlight=False)
    log = var / "demo.ndjson"
    until = utc_now().isoformat(timespec="seconds")
    size = ["--students", str(STUDENTS), "--days", str(DAYS), "--seed", str(SEED), "--until", until]
    _python("lib.testing.simulator", *size, "--out", str(log))
    token = mint(settings, role="service", sub="demo")
    url = f"http://127.0.0.1:{settings.analytics_port}"
    _python("lib.local.replay", str(log), "--url", url, "--token", token)


def _log_is_empty(settings: Settings) -> bool:
    engine = create_engine(sqlalchemy_url(settings.database_url))
    with engine.connect() as conn:
        empty = conn.execute(text("SELECT NOT EXISTS (SELECT 1 FROM events)")).scalar_one()
    engine.dispose()
    return bool(empty)


def _python(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)
