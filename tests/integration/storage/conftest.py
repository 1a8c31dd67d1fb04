"""The same store twice: a folder, and a bucket of a real S3 server on the loopback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.runtime.settings import Settings
from lib.storage.model import Store
from lib.storage.opening import opened
from tests.servers.s3 import ACCESS, S3Server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A running S3."""
    with S3Server() as server:
        yield server


@pytest.fixture(params=["file", "s3"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The environment of either home."""
    if request.param == "file":
        return Settings(storage_url=f"file://{tmp_path / 'artifacts'}")
    server: Any = request.getfixturevalue("s3")
    url = f"s3://{server.new_bucket()}/of/this/school"
    return Settings.model_validate({"storage_url": url, "aws_endpoint_url": server.url, **ACCESS})


@pytest.fixture
def store(settings: Settings) -> Store:
    """The store of that environment."""
    return opened(settings)
