"""Demonstration data: a small simulated school, sent through the same door as everyone else's events."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import urllib3
from rich.console import Console
from sqlalchemy import create_engine, text

from lib.auth.tokens import mint
from lib.db.engine import sqlalchemy_url
from lib.domain.events import utc_now
from lib.runtime.settings import Settings

STUDENTS, DAYS, SEED = 40, 120, 8006
# Beyond every number that Telegram gives out, and those of the simulated people.
DIRECTOR_CHAT = 990_000_000_001
ONE_OF_EACH = text(
    "SELECT DISTINCT ON (role) name, telegram_chat_id FROM recipients WHERE active AND role IS NOT NULL "
    "AND name IS NOT NULL AND telegram_chat_id ~ '^[0-9]+$' AND coalesce(locale, 'ru') LIKE 'ru%' "
    "ORDER BY role DESC, cardinality(child_ids) DESC, user_id"
)


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


def introduce(settings: Settings, mailbox_url: str) -> None:
    """Let one person of each role write to the bot, so that there are chats to try it in; only the first time."""
    said = _answered(f"{mailbox_url}/api/telegram")
    if said is None or any(each["chat_id"] == DIRECTOR_CHAT for each in said):
        return
    director = {"role": "admin", "name": "Директор школы", "telegram_chat_id": str(DIRECTOR_CHAT)}
    url = f"http://127.0.0.1:{settings.notification_port}/api/v1/recipients/admin-1"
    _answered(url, "PUT", director, {"Authorization": f"Bearer {mint(settings, role='service', sub='demo')}"})
    for name, chat_id in _one_of_each_role(settings):
        begins = {"chat_id": int(chat_id), "text": "/start", "name": name}
        _answered(f"{mailbox_url}/api/telegram/say", "POST", begins)


def _answered(
    url: str, method: str = "GET", body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
) -> Any:
    """Its JSON; None when that cannot be had: the demonstration can do without."""
    try:
        answer = urllib3.request(method, url, json=body, headers=headers, timeout=10.0, retries=False)
        return answer.json() if answer.status == 200 else None
    except (urllib3.exceptions.HTTPError, ValueError):
        return None


def _one_of_each_role(settings: Settings) -> list[tuple[str, str]]:
    """(name, chat) of an admin, a tutor, the parent of most children, and a student."""
    engine = create_engine(sqlalchemy_url(settings.database_url))
    with engine.connect() as conn:
        found = [(row.name, row.telegram_chat_id) for row in conn.execute(ONE_OF_EACH)]
    engine.dispose()
    return found


def _log_is_empty(settings: Settings) -> bool:
    engine = create_engine(sqlalchemy_url(settings.database_url))
    with engine.connect() as conn:
        empty = conn.execute(text("SELECT NOT EXISTS (SELECT 1 FROM events)")).scalar_one()
    engine.dispose()
    return bool(empty)


def _python(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)
