"""What a report is made of, asked with somebody's own rights: figures of query_analytics, pictures of render_chart."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from lib.errors import BadInput, Temporary
from lib.runtime import naming
from lib.runtime.peers import Peers

ANALYTICS = "/api/v1/analytics"
BATCH = "/api/v1/charts/batch"
PATIENCE_S = 45.0
NOT_DRAWN = "A chart of this report could not be drawn. Try again."
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: what it says in words and numbers, and its SVG, or the figure where nobody looks at it."""

    svg: bytes
    meta: Json


@dataclass(frozen=True, slots=True)
class Ask:
    """`token` is the bearer token whose rights every question has; `db` has the directory, for names."""

    peers: Peers
    token: str
    db: Engine

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

    def names(self, *answers: Any) -> dict[str, str]:
        """The names of everybody whom answers to this reader tell of, by id."""
        with self.db.connect() as conn:
            return naming.of_ids(conn, naming.ids_in(*answers))

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
