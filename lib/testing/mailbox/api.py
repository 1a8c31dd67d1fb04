"""JSON for tests: what was received, what is ordered, what people do."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.bot_api.people import People
from lib.testing.mailbox.bot_api.updates import Updates
from lib.testing.mailbox.changes import Changes
from lib.testing.mailbox.ledger import Ledger
from lib.testing.mailbox.letters import Letters
from lib.testing.mailbox.script import Script, ScriptOrder
from lib.testing.mailbox.views import telegram_item

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LONGEST_WAIT_S = 60.0


class Api:
    """`/api/mail`, `/api/telegram`, `/api/ledger`, `/api/position`, `/script` and what people do."""

    def __init__(
        self,
        letters: Letters,
        history: History,
        people: People,
        updates: Updates,
        script: Script,
        ledger: Ledger,
        changes: Changes,
    ) -> None:
        self._letters, self._history, self._people, self._updates = letters, history, people, updates
        self._script, self._ledger, self._changes = script, ledger, changes

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/api/mail", self._mail)
        app.router.add_get("/api/telegram", self._telegram)
        app.router.add_get("/api/ledger", self._entries)
        app.router.add_get("/api/position", self._position)
        app.router.add_post("/api/telegram/say", self._say)
        app.router.add_post("/api/telegram/press", self._press)
        app.router.add_post("/api/telegram/updates", self._raw_update)
        app.router.add_get("/script", self._read_script)
        app.router.add_post("/script", self._order)
        app.router.add_delete("/script", self._clear)

    async def _mail(self, request: web.Request) -> web.Response:
        return await self._list(request, self._letters.items, self._letters.shown)

    async def _telegram(self, request: web.Request) -> web.Response:
        return await self._list(request, self._history.sent, telegram_item)

    async def _entries(self, request: web.Request) -> web.Response:
        return await self._list(request, self._ledger.entries)

    async def _list(
        self, request: web.Request, items: list[Json], shown: Callable[[Json], Json] = dict
    ) -> web.Response:
        """Items numbered above `after`; `at_least=N` waits up to `timeout` seconds for so many."""
        after, wanted = _number(request, "after"), _number(request, "at_least")

        def fresh() -> list[Json]:
            return [item for item in items if item["n"] > after] if after else items

        if wanted:
            seconds = min(float(request.query.get("timeout", "10")), _LONGEST_WAIT_S)
            await self._changes.until(lambda: len(fresh()) >= wanted, seconds)
        return _json([shown(item) for item in fresh()])

    async def _position(self, request: web.Request) -> web.Response:
        """`{"position"}`, a number that grows with every message; `past=N` waits until it is greater."""
        past = _number(request, "past", -1)
        await self._changes.until(lambda: self._count() > past, _LONGEST_WAIT_S / 2)
        return _json({"position": self._count()})

    def _count(self) -> int:
        return len(self._letters.items) + self._history.changes

    async def _say(self, request: web.Request) -> web.Response:
        body = await _body(request, "chat_id", "text")
        language = str(body.get("language", "ru"))
        name = str(body.get("name", ""))
        update = await self._people.say(int(body["chat_id"]), str(body["text"]), language, name)
        self._changes.tell()
        return _json(update)

    async def _press(self, request: web.Request) -> web.Response:
        body = await _body(request, "n", "data")
        language = str(body.get("language", "ru"))
        update = await self._people.press(int(body["n"]), str(body["data"]), language)
        if update is None:
            raise web.HTTPNotFound(text="There is no such button under this message.")
        return _json(update)

    async def _raw_update(self, request: web.Request) -> web.Response:
        return _json(await self._updates.arrive(await _body(request)))

    async def _read_script(self, _request: web.Request) -> web.Response:
        return _json(self._script.report())

    async def _order(self, request: web.Request) -> web.Response:
        try:
            self._script.order(ScriptOrder.model_validate(await _body(request)))
        except ValidationError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return _json(self._script.report())

    async def _clear(self, _request: web.Request) -> web.Response:
        self._script.clear()
        return _json(self._script.report())


def _number(request: web.Request, name: str, default: int = 0) -> int:
    try:
        return int(request.query.get(name, default))
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"{name} must be an integer") from error


async def _body(request: web.Request, *needed: str) -> Json:
    # A page of another site can post a form here, but not JSON: that needs a permission it won't get.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="The body must be application/json")
    try:
        body = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text="The body is not JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body must be a JSON object")
    for name in needed:
        if name not in body:
            raise web.HTTPBadRequest(text=f"{name} is missing")
    return body


def _json(value: Any) -> web.Response:
    return web.Response(text=json.dumps(value, ensure_ascii=False), content_type="application/json")
