"""`python -m functions.answer_telegram.polling`: fetches the bot's updates where no webhook can reach us.

For a machine behind a router, and for `make run`. It takes each update as the webhook does and confirms it to Telegram
after the commit, so one that was fetched by a process that died comes again; the work is done by the queue.
"""

import signal
import sys
import threading
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import Engine, exc

from functions.answer_telegram import register, taking
from functions.answer_telegram.updates import Update
from lib.db.engine import connect
from lib.domain.outcomes import AnswerLost, ChannelPaused
from lib.errors import Permanent, Temporary
from lib.runtime.logs import configure
from lib.runtime.settings import Settings, SettingsError, load
from lib.telegram import updates
from lib.telegram.bot import Bot, bot_of

WAIT_S = 20
AGAIN_S = 3.0
# While updates go to a webhook, or to another who fetches them.
TAKEN_ELSEWHERE_S = 30.0
DATABASE_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
log = structlog.get_logger()


class Poller:
    """`offset` is the first update that is not confirmed yet."""

    def __init__(self, db: Engine, bot: Bot) -> None:
        self._db, self._bot, self.offset = db, bot, 0

    def once(self, wait_s: int = WAIT_S) -> int:
        """Fetch, and take what came; how many. Raises as `updates.fetch` does, and when the database is away."""
        fetched = updates.fetch(self._bot, self.offset, wait_s)
        if not fetched:
            return 0
        with self._db.begin() as conn:
            for update in filter(None, map(_read, fetched)):
                taking.take(conn, update)
        self.offset = fetched[-1]["update_id"] + 1
        return len(fetched)

    def run(self, stop: threading.Event) -> None:
        """Until `stop`, with the list of commands told first."""
        told = False
        while not stop.is_set():
            try:
                if not told:
                    register.set_commands(self._bot)
                    told = True
                self.once()
            except Permanent as error:
                log.warning("not fetched: updates go elsewhere", why=error.detail)
                stop.wait(TAKEN_ELSEWHERE_S)
            except ChannelPaused as error:
                log.warning("not fetched: paused", why=error.reason)
                stop.wait(error.retry_after)
            except (Temporary, AnswerLost, *DATABASE_AWAY) as error:
                log.warning("not fetched", error=type(error).__name__)
                stop.wait(AGAIN_S)


def _read(given: dict[str, Any]) -> Update | None:
    """None for one that is not shaped as the Bot API says: it must not hold up those behind it."""
    try:
        return Update.model_validate(given)
    except ValidationError as error:
        log.error("update not understood", update_id=given.get("update_id"), errors=error.error_count())
        return None


def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; a fetch that waits is left alone, its updates come again."""
    stop = threading.Event()
    poller = Poller(
        connect(settings.database_url, pool_size=2), bot_of(settings.bot_token, settings.telegram_api_url)
    )
    threading.Thread(target=poller.run, args=(stop,), name="polling", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


def main() -> int:
    """Read the settings and run."""
    try:
        settings = load()
        configure(settings)
        if not settings.bot_token:
            raise SettingsError("BOT_TOKEN is not set: there is no bot to fetch updates for.")
        if not settings.database_url:
            raise SettingsError("DATABASE_URL is not set: updates are taken there.")
        run(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
