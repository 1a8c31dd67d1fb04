"""A folder that is moved away from under a running server."""

from pathlib import Path

import pytest

from lib.local.servers.child import ServerError
from lib.local.servers.postgres import PostgresServer
from tests.servers.test_servers import rows


def test_no_second_cluster_is_made_under_the_name_that_a_running_server_still_writes_to(
    tmp_path: Path,
) -> None:
    place, away = tmp_path / "postgres", tmp_path / "postgres.before"
    first = PostgresServer(place)
    first.start()
    try:
        place.rename(away)
        with pytest.raises(ServerError, match="Stop the system that started it first"):
            PostgresServer(place).start()
        assert not place.exists()
    finally:
        first.stop()
    second = PostgresServer(place)
    try:
        assert rows(second.start(), "SELECT 1") == [(1,)]
    finally:
        second.stop()
