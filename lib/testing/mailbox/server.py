"""Both servers in one process on one event loop."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from lib.testing.mailbox.api import Api
from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.bot_api.methods import Methods
from lib.testing.mailbox.bot_api.people import People
from lib.testing.mailbox.bot_api.routes import BotRoutes
from lib.testing.mailbox.bot_api.updates import Updates
from lib.testing.mailbox.changes import Changes
from lib.testing.mailbox.ledger import Ledger
from lib.testing.mailbox.letters import Letters
from lib.testing.mailbox.script import Script
from lib.testing.mailbox.security import Security
from lib.testing.mailbox.smtp import SmtpServer
from lib.testing.mailbox.web import Pages

LOCAL_TOKEN = "1000000001:local-mailbox-bot"  # noqa: S105 - the double's own
_BODY_LIMIT_BYTES = 60 * 1024 * 1024
_GRACE_S = 0.5


@dataclass(frozen=True)
class Place:
    """Where it keeps things and listens; a port of 0 takes a free one."""

    folder: Path
    smtp_port: int = 0
    http_port: int = 0
    host: str = "127.0.0.1"
    token: str = LOCAL_TOKEN
    timezone: str = "Europe/Moscow"
    security: Security = field(default_factory=Security)


class MailboxServer:
    """Start it inside a running event loop. What was accepted before is there again."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._ledger = Ledger(place.folder / "ledger.jsonl")
        self._letters = Letters(place.folder / "mail")
        self._history = History(place.folder / "telegram")
        self._script, self._changes = Script(), Changes()
        self._updates = Updates(self._history)
        self._smtp: asyncio.Server | None = None
        self._runner: web.AppRunner | None = None
        self._webhook: asyncio.Task[None] | None = None
        self.smtp_port = self.http_port = 0

    async def start(self) -> None:
        """Listen; raises OSError when a port is taken."""
        loop = asyncio.get_running_loop()
        place, tell = self._place, self._changes.tell
        security = place.security
        self._smtp = await loop.create_server(
            lambda: SmtpServer(self._letters, self._script, self._ledger, tell, loop, security),
            place.host,
            place.smtp_port,
            ssl=security.context() if security.implicit else None,
        )
        self.smtp_port = self._smtp.sockets[0].getsockname()[1]
        methods = Methods(place.token, self._history, self._script, self._updates)
        bot = BotRoutes(place.token, methods, self._history, self._script, self._ledger, tell)
        self._runner = web.AppRunner(
            self._app(bot), handler_cancellation=True, access_log=None, shutdown_timeout=_GRACE_S
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, place.host, place.http_port)
        await site.start()
        self.http_port = self._runner.addresses[0][1]
        self._webhook = asyncio.create_task(self._updates.push_forever(bot.answer_webhook))

    async def stop(self) -> None:
        """Stop listening, cut what still hangs, close the files."""
        if self._webhook is not None:
            self._webhook.cancel()
        if self._smtp is not None:
            self._smtp.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._history.close()
        self._ledger.close()

    def _app(self, bot: BotRoutes) -> web.Application:
        app = web.Application(client_max_size=_BODY_LIMIT_BYTES)
        people = People(self._history, self._updates)
        Pages(self._letters, self._history, people, ZoneInfo(self._place.timezone)).add_to(app)
        Api(
            self._letters,
            self._history,
            people,
            self._updates,
            self._script,
            self._ledger,
            self._changes,
        ).add_to(app)
        bot.add_to(app)
        return app
