"""`/bot<TOKEN>/<method>` over HTTP: token, scripted faults, the method, the ledger, the answer."""

import asyncio
import hmac
import json
import math
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from lib.testing.mailbox.bot_api.answers import Refused
from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.bot_api.limits import SENDS, Limits
from lib.testing.mailbox.bot_api.methods import Methods
from lib.testing.mailbox.bot_api.requests import Call, from_values, read
from lib.testing.mailbox.ledger import Ledger
from lib.testing.mailbox.script import BotFault, Script

Json = dict[str, Any]
# Polling would drown the ledger and has no effect to account for.
_UNRECORDED = ("getupdates",)


class BotRoutes:
    """The HTTP side of the double."""

    def __init__(
        self,
        token: str,
        methods: Methods,
        history: History,
        script: Script,
        ledger: Ledger,
        changed: Callable[[], None],
    ) -> None:
        self._token, self._methods, self._history = token, methods, history
        self._script, self._ledger, self._changed = script, ledger, changed
        self._limits = Limits()

    def add_to(self, app: web.Application) -> None:
        """Register the routes of the Bot API and of its files."""
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._handle)
        app.router.add_get("/file/bot{token:[^/]+}/{file_id}", self._file)

    async def answer_webhook(self, values: Json) -> None:
        """Carry out the call that a webhook put into its answer; its result is lost, as in the real API."""
        method = str(values.pop("method", ""))
        if method:
            await self._effect(method, from_values(values))

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        arrived = time.monotonic()
        method = request.match_info["method"]
        if not self._is_mine(request):
            return _answer(Refused(401, "Unauthorized"))
        try:
            call = await read(request)
        except Refused as refused:
            return _answer(refused)
        self._note("attempted", method, call)
        too_many = self._too_many(method, call, arrived)
        if too_many is not None:
            return _answer(too_many)
        fault = self._script.at_call(method, call.chat_id)
        if fault is not None and fault.when == "before":
            answer = await self._act(fault, request, method, call)
            if answer is not None:
                return answer
        # A client that hangs up now cancels this coroutine, but the call came in whole.
        answer = await asyncio.shield(asyncio.ensure_future(self._effect(method, call)))
        if fault is not None and fault.when == "after":
            answer = await self._act(fault, request, method, call) or answer
        return answer

    def _too_many(self, method: str, call: Call, arrived: float) -> Refused | None:
        if self._limits.limits is not self._script.limits:
            self._limits.order(self._script.limits)
        left = self._limits.closed_for(method, arrived)
        wait = math.ceil(left) if left else self._limits.refusal(method, call.chat_id, arrived)
        if not wait:
            return None
        refused = _flooded(wait)
        self._note("refused", method, call, status=429, description=refused.description)
        if left:
            self._note("inside_retry_after", method, call, seconds=round(left, 3))
        return refused

    async def _effect(self, method: str, call: Call) -> web.Response:
        try:
            result = await self._methods.call(method, call)
        except Refused as refused:
            self._note("refused", method, call, status=refused.status, description=refused.description)
            return _answer(refused)
        first = result[0] if isinstance(result, list) and method.lower() in SENDS else result
        sent = first.get("message_id") if method.lower() in SENDS else None
        self._note("accepted", method, call, message_id=sent)
        self._changed()
        return _json({"ok": True, "result": result}, 200)

    async def _act(
        self, fault: BotFault, request: web.Request, method: str, call: Call
    ) -> web.Response | None:
        """The answer that the fault gives, None when the call goes on."""
        await asyncio.sleep(fault.delay)
        if fault.action == "delay":
            self._note("delayed", method, call, seconds=fault.delay)
            return None
        if fault.action == "answer":
            refused = _scripted(fault)
            if fault.closes and fault.retry_after is not None:
                self._limits.close(time.monotonic(), fault.retry_after)
            self._note("refused", method, call, status=refused.status, description=refused.description)
            return _answer(refused)
        self._note("dropped" if fault.action == "drop" else "hung", method, call)
        if fault.action == "drop" and request.transport is not None:
            request.transport.abort()
        await asyncio.Event().wait()
        return None

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = self._history.file(request.match_info["file_id"])
        if path is None or not self._is_mine(request):
            return _answer(Refused(404, "Not Found"))
        return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})

    def _is_mine(self, request: web.Request) -> bool:
        return hmac.compare_digest(request.match_info["token"].encode(), self._token.encode())

    def _note(self, what: str, method: str, call: Call, **facts: Any) -> None:
        if method.lower() not in _UNRECORDED:
            self._ledger.note("telegram", what, method=method, chat_id=call.chat_id, **facts)


def _scripted(fault: BotFault) -> Refused:
    if fault.retry_after is not None:
        return _flooded(fault.retry_after)
    if fault.migrate_to_chat_id is not None:
        moved = {"migrate_to_chat_id": fault.migrate_to_chat_id}
        return Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
    return Refused(fault.status, fault.description)


def _flooded(retry_after: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def _answer(refused: Refused) -> web.Response:
    body: Json = {"ok": False, "error_code": refused.status, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    wait = refused.parameters.get("retry_after")
    headers = {"Retry-After": str(wait)} if wait is not None else {}
    return _json(body, refused.status, headers)


def _json(body: Json, status: int, headers: dict[str, str] | None = None) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)
