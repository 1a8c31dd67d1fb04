"""`python -m functions.answer_telegram.register URL`: tells Telegram the webhook and the list of commands.

Run it once after each deployment; it may be repeated. With `--polling` in place of the URL, updates wait to be fetched
by `functions.answer_telegram.polling`.
"""

import argparse
import sys
from urllib.parse import urlsplit

from functions.answer_telegram.commands import LISTED
from functions.answer_telegram.words.commands import DESCRIPTIONS
from lib.errors import ServiceError
from lib.runtime.settings import Settings, SettingsError, load
from lib.telegram import updates
from lib.telegram.bot import Bot, bot_of

PATH = "/telegram/webhook"


def set_commands(bot: Bot) -> None:
    """In Russian for who speaks it, in English for everybody else."""
    updates.set_commands(
        bot,
        {
            None: [(name, DESCRIPTIONS["en"][name]) for name in LISTED],
            "en": [(name, DESCRIPTIONS["en"][name]) for name in LISTED],
            "ru": [(name, DESCRIPTIONS["ru"][name]) for name in LISTED],
        },
    )


def register(settings: Settings, url: str | None) -> str:
    """Set commands and webhook, `url` None: none; where updates go now. Raises SettingsError and ServiceError."""
    bot = bot_of(settings.bot_token, settings.telegram_api_url)
    set_commands(bot)
    if url is None:
        updates.delete_webhook(bot)
        return updates.webhook_url(bot)
    if not settings.telegram_webhook_secret:
        raise SettingsError("TELEGRAM_WEBHOOK_SECRET is not set: anybody could post updates.")
    updates.set_webhook(bot, _whole(url), settings.telegram_webhook_secret)
    return updates.webhook_url(bot)


def _whole(url: str) -> str:
    """`https://bot.school.example` is enough."""
    return url if urlsplit(url).path.rstrip("/") else url.rstrip("/") + PATH


def main() -> int:
    """Parse the arguments and do it."""
    parser = argparse.ArgumentParser(prog="python -m functions.answer_telegram.register", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("url", nargs="?", help="where Telegram reaches port 8000 or 8006, https://…")
    where.add_argument("--polling", action="store_true", help="no webhook: updates are fetched")
    arguments = parser.parse_args()
    try:
        settings = load()
        if not settings.bot_token:
            raise SettingsError("BOT_TOKEN is not set: there is no bot to register.")
        found = register(settings, None if arguments.polling else arguments.url)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except ServiceError as error:
        sys.stderr.write(f"Telegram refused: {error.detail}\n")
        return 1
    sys.stdout.write(f"Commands are set. Updates go to {found or 'whoever fetches them'}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
