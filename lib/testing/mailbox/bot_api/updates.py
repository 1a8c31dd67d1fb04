"""getUpdates and the webhook: how what people do reaches the bot."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from lib.testing.mailbox.bot_api.answers import Refused, bad_request
from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.bot_api.requests import Call

Json = dict[str, Any]
_LONGEST_POLL_S = 50
_WEBHOOK_TIMEOUT_S = 60
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 15.0


class Updates:
    """One consumer at a time: either long polling or a webhook."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._news = asyncio.Event()
        self._poll: asyncio.Event | None = None
        self._last_error: Json = {}

    async def arrive(self, update: Json) -> Json:
        """Store an update and wake whoever waits for it."""
        numbered = await self._history.arrive(update)
        self._news.set()
        return numbered

    async def get_updates(self, call: Call) -> list[Json]:
        if self._history.webhook.get("url"):
            raise _conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        if self._poll is not None:
            self._poll.set()
        mine = self._poll = asyncio.Event()
        try:
            await self._confirm(call.number("offset"))
            return await self._pending(call, mine)
        finally:
            if self._poll is mine:
                self._poll = None

    async def set_webhook(self, call: Call) -> bool:
        url = call.text("url")
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        webhook = {
            "url": url,
            "secret": call.text("secret_token"),
            "max_connections": call.number("max_connections", 40),
            "allowed_updates": call.structure("allowed_updates") or [],
        }
        await self._set(webhook if url else {}, drop=call.flag("drop_pending_updates"))
        return True

    async def delete_webhook(self, call: Call) -> bool:
        await self._set({}, drop=call.flag("drop_pending_updates"))
        return True

    async def get_webhook_info(self, _call: Call) -> Json:
        webhook = self._history.webhook
        return {
            "url": webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._history.updates),
            **({"max_connections": webhook["max_connections"]} if webhook else {}),
            **({"allowed_updates": webhook["allowed_updates"]} if webhook.get("allowed_updates") else {}),
            **self._last_error,
        }

    async def push_forever(self, answer: Callable[[Json], Awaitable[None]]) -> None:
        """Deliver updates to the webhook in order, each until it is taken; `answer` gets calls in replies."""
        pause = _FIRST_PAUSE_S
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_WEBHOOK_TIMEOUT_S)) as session:
            while True:
                self._news.clear()
                if not self._history.webhook or not self._history.updates:
                    await self._news.wait()
                    continue
                if await self._push(session, self._history.updates[0], answer):
                    pause = _FIRST_PAUSE_S
                    continue
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _push(
        self, session: aiohttp.ClientSession, update: Json, answer: Callable[[Json], Awaitable[None]]
    ) -> bool:
        webhook = self._history.webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret"]} if webhook["secret"] else {}
        try:
            async with session.post(webhook["url"], json=update, headers=headers) as response:
                body = await response.read()
                if response.status // 100 != 2:
                    raise aiohttp.ClientError(f"Wrong response from the webhook: {response.status}")
                if response.content_type == "application/json" and body.startswith(b"{"):
                    await answer(await response.json())
        except (aiohttp.ClientError, TimeoutError) as error:
            self._last_error = {"last_error_date": int(time.time()), "last_error_message": str(error)}
            return False
        await self._confirm(update["update_id"] + 1)
        return True

    async def _pending(self, call: Call, superseded: asyncio.Event) -> list[Json]:
        limit = max(1, min(call.number("limit", 100), 100))
        deadline = time.monotonic() + max(0, min(call.number("timeout"), _LONGEST_POLL_S))
        while True:
            self._news.clear()
            if self._history.updates:
                return self._history.updates[:limit]
            left = deadline - time.monotonic()
            if left <= 0:
                return []
            await _first(self._news.wait(), superseded.wait(), timeout=left)
            if superseded.is_set():
                raise _conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )

    async def _confirm(self, offset: int) -> None:
        if offset > 0 and any(update["update_id"] < offset for update in self._history.updates):
            await self._history.keep("confirm", offset=offset)

    async def _set(self, webhook: Json, *, drop: bool) -> None:
        if drop:
            await self._confirm(self._history.last_update + 1)
        self._last_error = {}
        await self._history.keep("webhook", webhook=webhook)
        self._news.set()


async def _first(*waits: Any, timeout: float) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _conflict(why: str) -> Refused:
    return Refused(409, f"Conflict: {why}")
