"""How updates come to the bot, and what Telegram shows beside the field for typing.

https://core.telegram.org/bots/api#getting-updates
"""

from collections.abc import Mapping, Sequence
from typing import Any

from telegram import Bot as Client
from telegram import BotCommand
from telegram.error import Conflict

from lib.errors import Permanent
from lib.telegram.bot import Bot

# What the bot reads; nothing else is sent to it.
KINDS = ("message", "callback_query")
# An answer that is there goes over in this time; it comes on top of the waiting for one.
TRANSFER_S = 5.0
ROOM_S = 10.0


def fetch(bot: Bot, offset: int, wait_s: int) -> list[dict[str, Any]]:
    """The updates from `offset` on, as the Bot API writes them; waits up to `wait_s` for one.

    Asking confirms everything before `offset`. Raises as `Bot` does, and Permanent("webhook_set") while the
    updates go to a webhook, or to another who asks.
    """

    async def call(client: Client) -> list[dict[str, Any]]:
        try:
            updates = await client.get_updates(
                offset=offset, timeout=wait_s, read_timeout=TRANSFER_S, allowed_updates=KINDS
            )
        except Conflict as error:
            raise Permanent("webhook_set", error.message) from None
        return [update.to_dict() for update in updates]

    return bot.run(call, wait_s + ROOM_S)


def webhook_url(bot: Bot) -> str:
    """Where updates go; empty when nowhere, so that one may ask for them."""

    async def call(client: Client) -> str:
        return (await client.get_webhook_info()).url

    return bot.run(call)


def set_webhook(bot: Bot, url: str, secret: str) -> None:
    """Have updates posted to `url`, with `secret` in the header of each; what waits is kept."""

    async def call(client: Client) -> None:
        await client.set_webhook(url, secret_token=secret, allowed_updates=KINDS)

    bot.run(call)


def delete_webhook(bot: Bot) -> None:
    """Nowhere any more; what waits is kept."""

    async def call(client: Client) -> None:
        await client.delete_webhook()

    bot.run(call)


def set_commands(bot: Bot, commands: Mapping[str | None, Sequence[tuple[str, str]]]) -> None:
    """(name, description) of every command, by language; None is for whoever speaks another."""

    async def call(client: Client) -> None:
        for language, each in commands.items():
            named = [BotCommand(name, description) for name, description in each]
            await client.set_my_commands(named, language_code=language)

    bot.run(call)
