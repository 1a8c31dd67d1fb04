"""The two analytics functions over one database of the test's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lib.runtime.settings import Settings
from tests.clients import Client

BATCH = "application/cloudevents-batch+json"


@dataclass
class Analytics:
    """The door events come in by, and the one figures go out by."""

    door: Client
    figures: Client

    def take(self, events: list[Any], **more: Any) -> dict[str, Any]:
        """Post a batch; its answer."""
        answer = self.door.post("/api/v1/events", json=events, content_type=BATCH, role="service", **more)
        assert answer.status_code == 202, answer.text
        taken: dict[str, Any] = answer.json
        return taken

    def ask(self, path: str, **more: Any) -> dict[str, Any]:
        """One analytics call; its answer."""
        answer = self.figures.get(f"/api/v1/analytics/{path}", **more)
        assert answer.status_code == 200, answer.text
        figures: dict[str, Any] = answer.json
        return figures


@pytest.fixture
def analytics(database_url: str) -> Analytics:
    """Both functions over an empty database."""
    settings = Settings(database_url=database_url, environment="test")
    return Analytics(Client("aggregate_events", settings), Client("query_analytics", settings))


@pytest.fixture
def new_analytics(new_database: Callable[[], str]) -> Callable[[], Analytics]:
    """Makes as many as a test wants, each over an empty database of its own."""

    def make() -> Analytics:
        settings = Settings(database_url=new_database(), environment="test")
        return Analytics(Client("aggregate_events", settings), Client("query_analytics", settings))

    return make
