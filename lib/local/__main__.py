"""`python -m lib.local` (make run): the whole system on this machine, nothing to configure."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from rich.console import Console

from lib.auth.tokens import mint
from lib.db.engine import sqlalchemy_url
from lib.db.migrations import upgrade
from lib.local.demo import DIRECTOR_CHAT, introduce, load_demo
from lib.local.runner import (
    Family,
    PortTaken,
    follow_make,
    wait_for_ports,
    wait_until_healthy,
    wait_until_warm,
    watch,
)
from lib.local.servers.child import ServerError
from lib.local.surroundings import Surroundings, surroundings
from lib.runtime.settings import Settings, SettingsError, load
from lib.stack import load as load_stack


def main() -> int:
    """Start everything, say where it is, stop everything on Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(
        prog="python -m lib.local",
        description=__doc__,
        epilog="DATABASE_URL, RABBITMQ_URL, REDIS_URL, EMAIL_HOST, BOT_TOKEN and TELEGRAM_API_URL replace what is "
        "embedded; .env.example lists every variable.",
    )
    parser.add_argument("--empty", action="store_true", help="no demonstration data (the same as DEMO=0)")
    parser.add_argument(
        "--var", type=Path, default=Path("var"), help="where data and logs are kept (default: var)"
    )
    arguments = parser.parse_args()
    demo = not arguments.empty and os.environ.get("DEMO", "1") != "0"
    console = Console(soft_wrap=True)
    follow_make()
    stop = Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # SIGINT also where a shell that started us in the background had it ignored.
        signal.signal(number, stop.ask)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        # Under nohup a hang-up is ignored, and stays so.
        signal.signal(signal.SIGHUP, stop.ask)
    try:
        _run(console, arguments.var, demo, stop)
    except (SettingsError, PortTaken, ServerError, TimeoutError) as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        return 2
    except AskedToStop:
        pass
    console.print("Stopped.")
    return 0


class AskedToStop(Exception):
    """We were asked to stop while starting."""


class Stop:
    """What a signal asks for: the first interrupts the start, or ends the watch once everything runs."""

    def __init__(self) -> None:
        self.asked = False
        self.started = False

    def ask(self, _number: int, _frame: FrameType | None) -> None:
        """The signals' handler."""
        first, self.asked = not self.asked, True
        if first and not self.started:
            raise AskedToStop


def _run(console: Console, var: Path, demo: bool, stop: Stop) -> None:
    began = time.monotonic()
    settings = load()
    # A school's own figures and messages, and a log that others may read: no made-up people, no key to everything.
    real = settings.environment == "production"
    demo = demo and not real
    wait_for_ports(settings, console)
    (var / "log").mkdir(parents=True, exist_ok=True)
    with surroundings(settings, var) as around:
        os.environ.update(around.environment)
        # Links lead to where this run listens, unless the environment says where people reach it.
        os.environ.setdefault("PUBLIC_URL", f"http://localhost:{settings.notification_port}")
        os.environ.setdefault("ANALYTICS_URL", f"http://localhost:{settings.analytics_port}")
        settings = load()
        upgrade(sqlalchemy_url(settings.database_url))
        family = Family(load_stack(Path("stack.yml")), settings, var)
        try:
            family.start()
            wait_until_healthy(settings, family)
            seconds = time.monotonic() - began
            if demo:
                load_demo(settings, var, console)
            wait_until_warm(family)
            if demo and around.mailbox_url:
                introduce(settings, around.mailbox_url)
            stop.started = True
            _greet(console, settings, around, var, seconds, token=not real)
            watch(family, lambda: stop.asked, console)
            console.print("Stopping …")
        finally:
            family.stop()


def _greet(
    console: Console, settings: Settings, around: Surroundings, var: Path, seconds: float, *, token: bool
) -> None:
    console.print(f"\n[bold green]ready[/bold green] in {seconds:.1f} s\n", highlight=False)
    for what, where in (
        ("Notifications", f"http://localhost:{settings.notification_port}  (/docs, /health, /metrics)"),
        ("Analytics", f"http://localhost:{settings.analytics_port}  (/docs, /health, /metrics)"),
        ("Bot", f"http://localhost:{settings.bot_port}/health"),
        ("Sent messages", around.mailbox_url or "with your own mail server and bot"),
        *((("Try the bot", f"{around.mailbox_url}/chat/{DIRECTOR_CHAT}"),) if around.mailbox_url else ()),
        ("Logs, data", f"{var}/log, {var}"),
        *((("Token (admin)", mint(settings, role="admin", sub="admin-1")),) if token else ()),
    ):
        console.print(f"  {what:<14} {where}", highlight=False, markup=False)
    console.print("\nCtrl-C stops everything.", highlight=False)
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
