"""What the platform's surroundings are on one machine: embedded servers where the environment names none."""

import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from lib.db.engine import libpq_url
from lib.local.servers.child import Child, answers, free_port
from lib.local.servers.postgres import PostgresServer
from lib.local.servers.redis import RedisServer
from lib.runtime.settings import Settings

MAILBOX_PORT = 8025
START_S = 20.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`environment` completes the settings; `mailbox_url` is the page of the embedded mailbox, or empty."""

    environment: dict[str, str]
    mailbox_url: str


@contextmanager
def surroundings(settings: Settings, var: Path) -> Iterator[Surroundings]:
    """Start what the settings leave empty; stop it at the end, in reverse order."""
    with ExitStack() as stack:
        environment: dict[str, str] = {}
        if not settings.database_url:
            server = PostgresServer(var / "postgres")
            environment["DATABASE_URL"] = libpq_url(server.start())
            stack.callback(server.stop)
        if not settings.redis_url:
            cache = RedisServer(var / "redis")
            environment["REDIS_URL"] = cache.start()
            stack.callback(cache.stop)
        mailbox_url = ""
        if not settings.email_host or not settings.bot_token:
            post_office = _mailbox(var, settings)
            stack.callback(post_office.child.stop)
            environment |= post_office.environment(settings)
            mailbox_url = environment["MAILBOX_URL"] = post_office.url
        yield Surroundings(environment, mailbox_url)


@dataclass(frozen=True, slots=True)
class _PostOffice:
    child: Child
    smtp_port: int
    http_port: int
    token: str

    @property
    def url(self) -> str:
        return f"http://localhost:{self.http_port}"

    def environment(self, settings: Settings) -> dict[str, str]:
        """The variables that point the senders here; only for what the settings leave empty."""
        environment: dict[str, str] = {}
        if not settings.email_host:
            environment |= {
                "EMAIL_HOST": "127.0.0.1",
                "EMAIL_PORT": str(self.smtp_port),
                "EMAIL_USE_TLS": "false",
            }
        if not settings.bot_token:
            environment |= {"BOT_TOKEN": self.token, "TELEGRAM_API_URL": f"http://127.0.0.1:{self.http_port}"}
        return environment


def _mailbox(var: Path, settings: Settings) -> _PostOffice:
    """A mailbox that takes real SMTP and speaks the Bot API, in a process of its own."""
    folder = var / "mailbox"
    folder.mkdir(parents=True, exist_ok=True)
    smtp_port = free_port()
    http_port = free_port() if answers(MAILBOX_PORT) else MAILBOX_PORT
    token = settings.bot_token or _token(folder / "token")
    arguments = [
        "--dir",
        str(folder),
        "--smtp-port",
        str(smtp_port),
        "--http-port",
        str(http_port),
        "--token",
        token,
    ]
    child = Child(
        [sys.executable, "-m", "lib.testing.mailbox", *arguments],
        log=var / "log" / "mailbox.log",
        ends_by=signal.SIGTERM,
        env=dict(os.environ),
    )
    child.wait_until(lambda: answers(smtp_port) and answers(http_port), seconds=START_S)
    return _PostOffice(child, smtp_port, http_port, token)


def _token(path: Path) -> str:
    """The double's token, the same from one start to the next so that a chat goes on."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(
            f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(26)[:35]}\n", encoding="utf-8"
        )
    return path.read_text(encoding="utf-8").strip()
