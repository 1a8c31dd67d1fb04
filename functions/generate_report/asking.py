"""What a report is made of, asked with somebody's own rights: figures of query_analytics, pictures of render_chart."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lib.errors import BadInput, Temporary
from lib.runtime.peers import Peers

ANALYTICS = "/api/v1/analytics"
BATCH = "/api/v1/charts/batch"
PATIENCE_S = 45.0
NAME_S = 3.0
NOT_DRAWN = "A chart of this report could not be drawn. Try again."
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: what it says in words and numbers, and its SVG, or the figure where nobody looks at it."""

    svg: bytes
    meta: Json


@dataclass(frozen=True, slots=True)
class Ask:
    """`token` is the bearer token whose rights every question has."""

    peers: Peers
    token: str

    def figures(self, path: str, parameters: Mapping[str, Any]) -> Json:
        """One analytics answer. Raises BadInput with the function's own status, or Temporary."""
        answer: Json = self.peers.get(
            "query-analytics", f"{ANALYTICS}/{path}", params=parameters, token=self.token
        ).json()
        return answer

    def figures_if_allowed(self, path: str, parameters: Mapping[str, Any]) -> Json | None:
        """The same, or None when this reader may not ask."""
        try:
            return self.figures(path, parameters)
        except BadInput as refused:
            if refused.status == 403:
                return None
            raise

    def name(self, user_id: str) -> str | None:
        """What the directory calls somebody; None when it does not know, is away, or does not tell this reader: a
        report can do without."""
        path = f"/api/v1/recipients/{quote(user_id, safe='')}"
        try:
            found = self.peers.get("manage-recipients", path, token=self.token, timeout_s=NAME_S)
        except (BadInput, Temporary):
            return None
        name = found.json().get("name")
        return str(name) if name else None

    def pictures(self, items: Sequence[Json]) -> list[Picture]:
        """Each chart drawn. Raises Temporary when one of them is not: a report has no holes."""
        if not items:
            return []
        body = json.dumps({"items": list(items)}).encode()
        try:
            answer = self.peers.call(
                "POST", "render-chart", BATCH, body=body, token=self.token, timeout_s=PATIENCE_S
            )
        except BadInput:
            # What we asked there is ours, not the reader's: nothing they could change would help.
            raise Temporary(NOT_DRAWN, retry_after=5) from None
        drawn = answer.json()["items"]
        if len(drawn) != len(items) or any(each["status"] != 200 for each in drawn):
            raise Temporary(NOT_DRAWN, retry_after=5)
        return [Picture(base64.b64decode(each["data"]), each["meta"]) for each in drawn]
