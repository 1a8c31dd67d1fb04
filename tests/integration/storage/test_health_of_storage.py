"""The check `storage` really asks: a folder that takes a byte, a bucket that answers us."""

import os
import time
from pathlib import Path

import pytest

from functions.serve_console import pings
from lib.errors import Permanent, ServiceError, Temporary
from lib.runtime.call import Call
from lib.runtime.services import Services
from lib.runtime.settings import Settings
from tests.clients import NOON
from tests.servers.s3 import ACCESS, S3Server


def asked(url: str, endpoint: str = "") -> bool:
    settings = Settings.model_validate({"storage_url": url, "aws_endpoint_url": endpoint, **ACCESS})
    return pings.storage(Call(Services(settings), "r", NOON))


def test_a_folder_that_is_not_there_yet_is_up_when_it_can_be_made(tmp_path: Path) -> None:
    assert asked(f"file://{tmp_path}/not/yet")
    assert os.listdir(tmp_path) == []


def test_a_folder_below_a_file_is_down(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ServiceError):
        asked(f"file://{tmp_path}/file/below")


def test_a_bucket_is_up_and_a_missing_one_is_down(s3: S3Server) -> None:
    assert asked(f"s3://{s3.new_bucket()}/x", s3.url)
    with pytest.raises(Permanent):
        asked("s3://there-is-no-such-bucket", s3.url)


def test_an_s3_that_is_away_is_down_within_the_deadline(free_port: int) -> None:
    started = time.perf_counter()
    with pytest.raises(Temporary):
        asked("s3://school", f"http://127.0.0.1:{free_port}")
    assert time.perf_counter() - started < 2.0
