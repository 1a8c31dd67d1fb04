"""One update being answered: who is there, what may be asked in their name, and the words for it."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from functions.answer_telegram.talking.seals import Seals
from functions.answer_telegram.words.speech import Speech
from lib.auth import sessions
from lib.domain.audience import Recipient
from lib.domain.outcomes import Button
from lib.domain.preferences import Preferences
from lib.runtime.call import Call
from lib.runtime.peers import Answer

TOKEN_S = 300
# Longer than a report of three months takes; below the timeout of this function.
PATIENCE_S = 45.0
Json = dict[str, Any]


@dataclass
class Visit:
    """`me` is whose menu this is, one of the `people` of the chat; everything is asked with their rights."""

    call: Call
    chat_id: str
    update_id: int
    people: list[Recipient]
    me: Recipient
    seals: Seals
    speech: Speech

    @property
    def role(self) -> str:
        """Whose rights; somebody of whom the directory knows no role has a student's: to see oneself."""
        return self.me.role or "student"

    @cached_property
    def zone(self) -> ZoneInfo:
        """The person's clock."""
        return ZoneInfo(self.preferences.timezone or self.me.timezone or self.call.settings.school_timezone)

    @cached_property
    def preferences(self) -> Preferences:
        """As they are now."""
        shown = self.ask("manage-recipients", f"/api/v1/preferences/{self.me.user_id}").json()
        return Preferences.model_validate({k: v for k, v in shown.items() if k != "user_id"})

    def prefer(self, patch: Json) -> None:
        """Change preferences, and see them as they are then."""
        path = f"/api/v1/preferences/{self.me.user_id}"
        self.call.peers.call(
            "PATCH", "manage-recipients", path, body=json.dumps(patch).encode(), token=self._token
        )
        self.__dict__.pop("preferences", None)
        self.__dict__.pop("zone", None)

    def ask(self, name: str, path: str, **params: Any) -> Answer:
        """GET at another function. Raises Temporary, and BadInput with its status."""
        return self.call.peers.get(name, path, params=params, token=self._token, timeout_s=PATIENCE_S)

    def post(self, name: str, path: str, body: Json, *, once: bool = False) -> Answer:
        """POST at another function; `once`: however often this update is worked on."""
        headers = {"Idempotency-Key": f"telegram-update-{self.update_id}"} if once else None
        return self.call.peers.call(
            "POST",
            name,
            path,
            body=json.dumps(body).encode(),
            token=self._token,
            timeout_s=PATIENCE_S,
            headers=headers,
        )

    def button(self, text: str, *action: str) -> Button:
        """One of this person's menu."""
        return Button(text, data=self.seals.close(self.me.user_id, *action))

    @cached_property
    def _token(self) -> str:
        secret = self.call.settings.jwt_secret_key
        return sessions.mint(secret, sub=self.me.user_id, role=self.role, seconds=TOKEN_S)
