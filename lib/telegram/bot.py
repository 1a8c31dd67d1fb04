"""The Bot API (https://core.telegram.org/bots/api) from synchronous code, its errors sorted by what to do."""

import logging
import warnings
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, Literal, TypeVar

from telegram import Bot as Client
from telegram import InputMediaPhoto, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, TelegramError
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from lib.domain.outcomes import AnswerLost, Attachment, Button, ChannelPaused
from lib.errors import Permanent
from lib.telegram.errors import ChatMoved, sorted_error
from lib.telegram.loop import LoopThread
from lib.telegram.media import Kind, album, file, keyboard, reply

CONNECT_S = 5.0
ANSWER_S = 15.0
# Everything together; below the lease of a delivery.
CALL_S = 25.0
NOT_CONFIGURED_PAUSE_S = 60.0
Rows = Sequence[Sequence[Button]]
Busy = Literal["typing", "upload_photo", "upload_document"]
T = TypeVar("T")


class Bot:
    """One bot, one client, one loop; safe to use from several threads.

    Every method raises:
        Permanent: this chat or this message is refused for good.
        Temporary: the request surely did not reach Telegram.
        ChannelPaused: nothing may be sent for a while (429, or the token is refused).
        AnswerLost: it may have reached Telegram.
        ChatMoved: the chat has another id by now; surely nothing was sent.
    """

    def __init__(self, token: str, api_url: str) -> None:
        # At INFO httpx writes every URL to the log, and the token is part of it.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # The client warns its own code that a 429's interval will change its type; both are understood here.
        warnings.filterwarnings("ignore", ".*retry_after.*", PTBDeprecationWarning)
        self._token, self._api = token, api_url.rstrip("/")
        self._loop = LoopThread()
        self._client: Client | None = None

    def send(self, chat_id: str, html: str, buttons: Rows = ()) -> str:
        """Send a text in Telegram's HTML; the message's id."""

        async def call(client: Client) -> str:
            sent = await client.send_message(
                _chat(chat_id),
                html,
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=keyboard(buttons),
            )
            return str(sent.message_id)

        return self.run(call)

    def send_files(
        self,
        chat_id: str,
        kind: Kind,
        files: Sequence[Attachment],
        html: str = "",
        buttons: Rows = (),
        *,
        reply_to: str | None = None,
    ) -> str:
        """Send photos or documents in one call, several as an album, `html` below; the first message's id.

        An album has no buttons.
        """
        words: dict[str, Any] = {"caption": html or None, "parse_mode": ParseMode.HTML}

        async def call(client: Client) -> str:
            if len(files) > 1:
                sent = await client.send_media_group(
                    _chat(chat_id), album(kind, files), reply_parameters=reply(reply_to), **words
                )
                return str(sent[0].message_id)
            send = client.send_photo if kind == "photo" else client.send_document
            words["reply_markup"] = keyboard(buttons)
            one = await send(_chat(chat_id), file(files[0]), reply_parameters=reply(reply_to), **words)
            return str(one.message_id)

        return self.run(call)

    def edit(self, chat_id: str, message_id: str, html: str, buttons: Rows = ()) -> None:
        """Put another text and other buttons in the place of a message's. What is so already is no error."""

        async def call(client: Client) -> None:
            await client.edit_message_text(
                html,
                chat_id=_chat(chat_id),
                message_id=int(message_id),
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=keyboard(buttons),
            )

        self._unless_same(call)

    def edit_caption(self, chat_id: str, message_id: str, html: str, buttons: Rows = ()) -> None:
        """The same for the words below a photo or a document."""

        async def call(client: Client) -> None:
            await client.edit_message_caption(
                chat_id=_chat(chat_id),
                message_id=int(message_id),
                caption=html,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard(buttons),
            )

        self._unless_same(call)

    def edit_photo(
        self, chat_id: str, message_id: str, photo: Attachment, html: str, buttons: Rows = ()
    ) -> None:
        """Put a photo with a caption in the place of a message's content, be that a photo or a text.

        There is no way back: a photo never becomes a text.
        """

        async def call(client: Client) -> None:
            await client.edit_message_media(
                InputMediaPhoto(
                    photo.content, caption=html, parse_mode=ParseMode.HTML, filename=photo.filename
                ),
                chat_id=_chat(chat_id),
                message_id=int(message_id),
                reply_markup=keyboard(buttons),
            )

        self._unless_same(call)

    def show_busy(self, chat_id: str, doing: Busy) -> None:
        """«отправляет файл…» at the top of the chat for five seconds, or until the next message."""

        async def call(client: Client) -> None:
            await client.send_chat_action(_chat(chat_id), doing)

        self.run(call)

    def answer_callback(self, query_id: str, text: str = "", *, alert: bool = False) -> None:
        """End the waiting of whoever pressed a button, with a short notice; `alert`: one to be closed by hand.

        Too late is no error.
        """

        async def call(client: Client) -> None:
            await client.answer_callback_query(query_id, text or None, show_alert=alert)

        try:
            self.run(call)
        except Permanent as error:
            if "query is too old" not in error.detail.lower():
                raise

    def require_token(self) -> None:
        """Raises ChannelPaused when there is none."""
        if not self._token:
            raise ChannelPaused("not_configured", "BOT_TOKEN is not set.", retry_after=NOT_CONFIGURED_PAUSE_S)

    def _unless_same(self, call: Callable[[Client], Awaitable[None]]) -> None:
        try:
            self.run(call)
        except Permanent as error:
            if "message is not modified" not in error.detail.lower():
                raise

    def run(self, call: Callable[[Client], Awaitable[T]], limit_s: float | None = None) -> T:
        """Any call of the client, with its errors sorted; everything together takes at most `limit_s` (CALL_S)."""
        self.require_token()

        async def run() -> T:
            return await call(self._made())

        try:
            return self._loop.run(run(), CALL_S if limit_s is None else limit_s)
        except TimeoutError:
            raise AnswerLost("the Bot API did not answer in time") from None
        except ChatMigrated as moved:
            raise ChatMoved(str(moved.new_chat_id)) from None
        except TelegramError as error:
            raise sorted_error(error) from None

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


def _chat(chat_id: str) -> int | str:
    return int(chat_id) if chat_id.lstrip("-").isdigit() else chat_id


@lru_cache(maxsize=4)
def bot_of(token: str, api_url: str) -> Bot:
    """One for the process and its settings."""
    return Bot(token, api_url)
