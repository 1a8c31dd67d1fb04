"""The Bot API (https://core.telegram.org/bots/api) from synchronous code, its errors sorted by what to do."""

import logging
import warnings
from functools import lru_cache

from telegram import Bot as Client
from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, TelegramError
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from lib.domain.outcomes import AnswerLost, ChannelPaused, Receipt
from lib.telegram.errors import sorted_error
from lib.telegram.loop import LoopThread

CONNECT_S = 5.0
ANSWER_S = 15.0
# Everything together; below the lease of a delivery.
CALL_S = 25.0
NOT_CONFIGURED_PAUSE_S = 60.0


class Bot:
    """One bot, one client, one loop; safe to use from several threads."""

    def __init__(self, token: str, api_url: str) -> None:
        # At INFO httpx writes every URL to the log, and the token is part of it.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # The client warns its own code that a 429's interval will change its type; both are understood here.
        warnings.filterwarnings("ignore", ".*retry_after.*", PTBDeprecationWarning)
        self._token, self._api = token, api_url.rstrip("/")
        self._loop = LoopThread()
        self._client: Client | None = None

    def send(self, chat_id: str, html: str) -> Receipt:
        """Send one message in Telegram's HTML.

        Raises:
            Permanent: this chat or this text is refused for good.
            Temporary: the request surely did not reach Telegram.
            ChannelPaused: nothing may be sent for a while (429, or the token is refused).
            AnswerLost: it may have reached Telegram.
        """
        if not self._token:
            raise ChannelPaused("not_configured", "BOT_TOKEN is not set.", retry_after=NOT_CONFIGURED_PAUSE_S)
        try:
            return self._delivered(chat_id, html)
        except ChatMigrated as moved:
            new_id = str(moved.new_chat_id)
            receipt = self._sorted(new_id, html)
            return Receipt(receipt.provider_id, receipt.answer, moved_to=new_id)
        except TelegramError as error:
            raise sorted_error(error) from None

    def _sorted(self, chat_id: str, html: str) -> Receipt:
        try:
            return self._delivered(chat_id, html)
        except TelegramError as error:
            raise sorted_error(error) from None

    def _delivered(self, chat_id: str, html: str) -> Receipt:
        try:
            message = self._loop.run(self._call(chat_id, html), CALL_S)
        except TimeoutError:
            raise AnswerLost("the Bot API did not answer in time") from None
        return Receipt(provider_id=str(message), answer="ok")

    async def _call(self, chat_id: str, html: str) -> int:
        client = self._made()
        sent = await client.send_message(
            chat_id=int(chat_id) if chat_id.lstrip("-").isdigit() else chat_id,
            text=html,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return sent.message_id

    def _made(self) -> Client:
        """Only ever called on the loop's thread, so no two are made."""
        if self._client is None:
            request = HTTPXRequest(
                connection_pool_size=16,
                connect_timeout=CONNECT_S,
                read_timeout=ANSWER_S,
                write_timeout=CONNECT_S,
                pool_timeout=CONNECT_S,
            )
            self._client = Client(self._token, base_url=f"{self._api}/bot", request=request)
        return self._client


@lru_cache(maxsize=4)
def bot_of(token: str, api_url: str) -> Bot:
    """One for the process and its settings."""
    return Bot(token, api_url)
