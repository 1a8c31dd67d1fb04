"""The console in front of the functions it asks, without a browser: pages as text, forms as they are sent."""

import re
from typing import Any, cast

from werkzeug.test import Client as Browser

from lib.auth import sessions
from lib.auth.tokens import mint
from lib.runtime.settings import Settings
from tests.clients import Answer
from tests.integration.runtime.served import Served

FUNCTIONS = ("dispatch_notifications", "manage_recipients", "send_email", "send_telegram", "serve_console")
KEY = re.compile(r'name="key" value="([^"]+)"')


class Console:
    """`open` and `send` as somebody who is signed in and reads `language`; `served` is everything behind it."""

    def __init__(self, settings: Settings) -> None:
        self.served = Served(settings, *FUNCTIONS)
        self.language = "ru"

    def person(self, user_id: str, **fields: Any) -> None:
        """Put somebody in the directory; by default a student with an e-mail address."""
        body = {"role": "student", "name": user_id.title(), "email": f"{user_id}@example.com", **fields}
        answer = self.served["manage_recipients"].call("PUT", f"/api/v1/recipients/{user_id}", json=body)
        assert answer.status_code == 200, answer.text

    def tell(self, **body: Any) -> str:
        """Ask for a notification; its id."""
        asked = {"type": "custom", "data": {"message": "Привет"}, **body}
        answer = self.served["dispatch_notifications"].post("/api/v1/notifications", json=asked)
        assert answer.status_code == 202, answer.text
        return str(answer.json["id"])

    def open(self, path: str, *, role: str = "admin", sub: str = "a-1", part: bool = False) -> Answer:
        """A page, or what htmx gets for `part`."""
        return self._ask("GET", path, role, sub, part)

    def send(
        self, path: str, form: dict[str, str], *, role: str = "admin", sub: str = "a-1", part: bool = False
    ) -> Answer:
        """A form, from a page of ours."""
        return self._ask("POST", path, role, sub, part, data=form)

    def _ask(self, method: str, path: str, role: str, sub: str, part: bool, **more: Any) -> Answer:
        token = mint(self.served.settings, role=role, sub=sub)
        cookies = f"{sessions.COOKIE}={token}; repitbot_language={self.language}"
        headers = {"Cookie": cookies, "X-Service": "notification", "Sec-Fetch-Site": "same-origin"}
        if part:
            headers["HX-Request"] = "true"
        browser = Browser(self.served.clients["serve_console"].wsgi, Answer, use_cookies=False)
        return cast(Answer, browser.open(path, method=method, headers=headers, **more))


def key_of(page: str) -> str:
    """The key in a page's first form."""
    found = KEY.search(page)
    assert found is not None
    return found[1]
