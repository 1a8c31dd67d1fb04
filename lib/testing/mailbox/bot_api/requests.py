"""A call as it came over HTTP: query, form, multipart or JSON, all the same to a method."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from lib.testing.mailbox.bot_api.answers import bad_request


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """Parameters are strings, structures in them are JSON, as the Bot API has it."""

    parameters: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter, empty when it is absent."""
        return self.parameters.get(name, "")

    def number(self, name: str, default: int = 0) -> int:
        """The parameter as an integer; what isn't one counts as absent."""
        try:
            return int(self.parameters.get(name, default))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """True for true, 1, yes and y."""
        return self.text(name).lower() in ("true", "1", "yes", "y")

    def structure(self, name: str, default: Any = None) -> Any:
        """The JSON in the parameter, `default` when it is absent; Refused when it can't be read."""
        if not self.text(name):
            return default
        try:
            return json.loads(self.text(name))
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    @property
    def chat_id(self) -> int | None:
        """The chat when it is given as a number."""
        try:
            return int(self.text("chat_id"))
        except ValueError:
            return None


async def read(request: web.Request) -> Call:
    """Decode a request; Refused when its JSON can't be read."""
    parameters: dict[str, str] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json":
        parameters.update(_from_json(await request.read()))
    elif request.can_read_body:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = Upload(value.filename, value.content_type, value.file.read())
            else:
                parameters[name] = str(value)
    return Call(parameters, uploads)


def from_values(values: dict[str, Any]) -> Call:
    """A call from a JSON object, as in the answer to a webhook."""
    return Call({name: _flat(value) for name, value in values.items() if value is not None})


def _from_json(body: bytes) -> dict[str, str]:
    try:
        values = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(values, dict):
        raise bad_request("object expected as a request")
    return from_values(values).parameters


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
