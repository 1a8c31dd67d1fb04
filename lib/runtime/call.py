"""One request or message, decoded, with everything a handler may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from lib.auth.tokens import NOBODY, Principal
from lib.cache.store import Cache
from lib.errors import BadInput
from lib.runtime import strict_json
from lib.runtime.peers import Peers
from lib.runtime.services import Services
from lib.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Call:
    """`token` is the caller's bearer token, to pass on to a peer; `now` is the clock at arrival, in UTC."""

    services: Services
    request_id: str
    now: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    principal: Principal = NOBODY
    token: str = ""
    raw: bytes = b""
    url: str = ""

    @property
    def settings(self) -> Settings:
        """The typed environment."""
        return self.services.settings

    @property
    def db(self) -> Engine:
        """The connection pool."""
        return self.services.db

    @property
    def cache(self) -> Cache:
        """The cache."""
        return self.services.cache

    @property
    def peers(self) -> Peers:
        """The other functions."""
        return self.services.peers

    def json(self) -> Any:
        """The body as strict JSON. Raises BadInput."""
        return strict_json.loads(self.raw)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a queue, however the platform's connector handed it over."""

    body: bytes
    content_type: str
    headers: Mapping[str, str]
    message_id: str | None = None
    routing_key: str | None = None

    def json(self) -> Any:
        """The body as strict JSON; in CloudEvents' binary mode, the event put together from the headers.

        Raises BadInput when it is not JSON.
        """
        event_headers = {k[3:].lower(): v for k, v in self.headers.items() if k.lower().startswith("ce-")}
        if "specversion" not in event_headers:
            return strict_json.loads(self.body)
        return {**event_headers, "data": strict_json.loads(self.body) if self.body else {}}

    def event(self) -> dict[str, Any]:
        """One of our own messages: a structured CloudEvent. Raises BadInput when it is anything else."""
        value = self.json()
        if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
            raise BadInput("A CloudEvent with data was expected.")
        return value
