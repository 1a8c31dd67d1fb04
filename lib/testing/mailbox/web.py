"""The pages on which a person reads what was sent."""

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from lib.testing.mailbox import mail
from lib.testing.mailbox.bot_api.history import History
from lib.testing.mailbox.bot_api.people import People
from lib.testing.mailbox.chats import chat, chats
from lib.testing.mailbox.letters import Letters
from lib.testing.mailbox.views import bubble, clock, page_of, telegram_item
from lib.testing.mailbox.words import WORDS, language_of

_HERE = Path(__file__).parent
_PAGE_SIZE = 30
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A message gets no scripts, no forms, no requests: only its own styles and the pictures it carries.
_MESSAGE_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_CID = re.compile(r"""cid:([^"'\s)>]+)""")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class Pages:
    """Routes of everything a browser shows."""

    def __init__(self, letters: Letters, history: History, people: People, zone: ZoneInfo) -> None:
        self._letters, self._history, self._people, self._zone = letters, history, people, zone
        self._templates = Environment(loader=FileSystemLoader(_HERE / "pages"), autoescape=True)

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/", self._index)
        app.router.add_get("/mail/{n:\\d+}", self._letter)
        app.router.add_get("/mail/{n:\\d+}/body", self._body)
        app.router.add_get("/mail/{n:\\d+}/source", self._source)
        app.router.add_get("/mail/{n:\\d+}/part/{cid}", self._part)
        app.router.add_get("/chat/{chat_id:-?\\d{1,15}}", self._chat)
        app.router.add_get("/telegram/{n:\\d+}", self._message)
        app.router.add_post("/telegram/{n:\\d+}/press", self._press)
        app.router.add_post("/telegram/say", self._say)
        app.router.add_get("/telegram/file/{file_id}", self._file)
        app.router.add_static("/assets", _HERE / "assets")

    async def _index(self, request: web.Request) -> web.Response:
        letters, older_mail = page_of(self._letters.items, _before(request, "mail"), _PAGE_SIZE)
        messages, older_chat = page_of(self._history.items, _before(request, "telegram"), _PAGE_SIZE)
        return self._page(
            request,
            "index.html",
            letters=[
                {**self._letters.shown(item), "time": clock(item["at"], self._zone)} for item in letters
            ],
            bubbles=[bubble(item, self._zone) for item in messages],
            older_mail=older_mail,
            older_chat=older_chat,
            total_mail=len(self._letters.items),
            total_chat=len(self._history.items),
            chats=chats(self._history),
        )

    async def _letter(self, request: web.Request) -> web.Response:
        item = self._letters.find(int(request.match_info["n"]))
        if item is None:
            return self._problem(request, 404, "missing")
        return self._page(request, "mail.html", item={**item, "time": clock(item["at"], self._zone)})

    async def _message(self, request: web.Request) -> web.Response:
        n = int(request.match_info["n"])
        item = next((item for item in self._history.items if item["n"] == n), None)
        if item is None:
            return self._problem(request, 404, "missing")
        return self._page(request, "telegram.html", item=bubble(item, self._zone), data=telegram_item(item))

    async def _chat(self, request: web.Request) -> web.Response:
        shown = chat(self._history, int(request.match_info["chat_id"]), self._zone)
        return self._page(request, "chat.html", chat=shown, chats=chats(self._history))

    async def _body(self, request: web.Request) -> web.Response:
        n = int(request.match_info["n"])
        item = self._letters.find(n)
        if item is None:
            return self._problem(request, 404, "missing")
        text = html.escape(item["text"] or "")
        plain = f"<pre style='white-space:pre-wrap;font:16px/1.5 sans-serif'>{text}</pre>"
        shown = _CID.sub(lambda match: f"/mail/{n}/part/{quote(match[1], safe='')}", item["html"] or plain)
        # Links would otherwise open inside the frame, where no page allows itself to be shown.
        return _html(f'<base target="_blank">{shown}', _MESSAGE_POLICY)

    async def _source(self, request: web.Request) -> web.Response:
        n = int(request.match_info["n"])
        if self._letters.find(n) is None:
            return self._problem(request, 404, "missing")
        source = self._letters.source(n).decode("utf-8", "replace")
        return web.Response(text=source, content_type="text/plain", headers=_headers("default-src 'none'"))

    async def _part(self, request: web.Request) -> web.Response:
        n = int(request.match_info["n"])
        if self._letters.find(n) is None:
            return self._problem(request, 404, "missing")
        part = mail.inline_parts(mail.parse(self._letters.source(n))).get(request.match_info["cid"])
        if part is None or part.get_content_type() not in _PICTURES:
            return self._problem(request, 404, "missing")
        headers = _headers("default-src 'none'")
        return web.Response(body=mail.content(part), content_type=part.get_content_type(), headers=headers)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = self._history.file(request.match_info["file_id"])
        if path is None:
            return self._problem(request, 404, "missing")
        headers = _headers("default-src 'none'; sandbox")
        head = path.read_bytes()[:4]
        if head[:4] == b"\x89PNG" or head[:2] == b"\xff\xd8":
            kind = "image/png" if head[:4] == b"\x89PNG" else "image/jpeg"
            return web.FileResponse(path, headers={**headers, "Content-Type": kind})
        # Anything else might be a page with scripts: it is saved, never shown.
        name = quote(request.query.get("name", "file"), safe="")
        disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        octets = {"Content-Type": "application/octet-stream"}
        return web.FileResponse(path, headers={**headers, **disposition, **octets})

    async def _press(self, request: web.Request) -> web.Response:
        if _is_foreign(request):
            return self._problem(request, 403, "foreign")
        data = str((await request.post()).get("data", ""))
        n = int(request.match_info["n"])
        update = await self._people.press(n, data, language_of(request.query.get("lang")))
        if update is None:
            return self._problem(request, 404, "button_gone")
        return _see(request, update["callback_query"]["message"]["chat"]["id"])

    async def _say(self, request: web.Request) -> web.Response:
        if _is_foreign(request):
            return self._problem(request, 403, "foreign")
        form = await request.post()
        where, text = str(form.get("chat_id", "")), str(form.get("text", ""))
        if not re.fullmatch(r"-?[0-9]{1,15}", where) or not text.strip():
            return self._problem(request, 400, "bad_chat")
        name = _name_in(self._history, int(where))
        await self._people.say(int(where), text.strip(), language_of(request.query.get("lang")), name)
        return _see(request, int(where))

    def _page(self, request: web.Request, name: str, status: int = 200, **values: Any) -> web.Response:
        lang = language_of(request.query.get("lang"))
        tail = "?lang=en" if lang == "en" else ""
        page = self._templates.get_template(name)
        text = page.render(t=WORDS[lang], lang=lang, tail=tail, path=request.path, **values)
        return _html(text, _PAGE_POLICY, status)

    def _problem(self, request: web.Request, status: int, word: str) -> web.Response:
        return self._page(request, "problem.html", status, word=word)


def _before(request: web.Request, name: str) -> int | None:
    value = request.query.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() else None


def _is_foreign(request: web.Request) -> bool:
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


def _see(request: web.Request, chat_id: int) -> web.Response:
    """Back to where the form was: the chat itself, or the page of everything."""
    tail = "?lang=en" if request.query.get("lang") == "en" else ""
    place = f"/chat/{chat_id}{tail}#end" if "in" in request.query else f"/{tail}#telegram"
    return web.Response(status=303, headers={"Location": place})


def _name_in(history: History, chat_id: int) -> str:
    return next((each["name"] for each in chats(history) if each["chat_id"] == chat_id), "")


def _headers(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _html(text: str, policy: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=_headers(policy))
