"""What a page asks the other functions, as whoever looks at it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.serve_console.web.visitor import Visitor
from lib.runtime.call import Call
from lib.runtime.peers import Answer


@dataclass(frozen=True, slots=True)
class Api:
    """Every method raises BadInput with the other function's own sentence and status, and Temporary when it is away."""

    call: Call
    visitor: Visitor

    def get(self, function: str, path: str, **params: Any) -> Any:
        """The JSON of an operation; parameters that are None are left out."""
        return self.raw(function, path, **params).json()

    def raw(self, function: str, path: str, **params: Any) -> Answer:
        """The answer as it came."""
        return self.call.peers.get(function, path, params=params, token=self.visitor.token)

    def post(self, function: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """POST JSON; `key` is the Idempotency-Key, so that a second click acts once."""
        return self._write("POST", function, path, body, key)

    def put(self, function: str, path: str, body: Any, *, key: str = "") -> Any:
        """PUT JSON."""
        return self._write("PUT", function, path, body, key)

    def patch(self, function: str, path: str, body: Any, *, key: str = "") -> Any:
        """PATCH JSON."""
        return self._write("PATCH", function, path, body, key)

    def delete(self, function: str, path: str, *, key: str = "") -> Any:
        """DELETE."""
        return self._write("DELETE", function, path, None, key)

    def _write(self, method: str, function: str, path: str, body: Any, key: str) -> Any:
        headers: Mapping[str, str] = {"Idempotency-Key": key} if key else {}
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        answer = self.call.peers.call(
            method, function, path, body=sent, token=self.visitor.token, headers=headers
        )
        return answer.json() if answer.data else None
