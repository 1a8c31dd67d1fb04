"""The servers that tests and the local runner stand on."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pika
import psycopg2
import pytest

from lib.local.servers.child import answers
from lib.local.servers.postgres import PostgresServer, packaged_programs
from lib.local.servers.redis import RedisServer

SCRIPT = """
import signal, sys
from pathlib import Path
from lib.local.servers.postgres import PostgresServer
server = PostgresServer(Path(sys.argv[1]))
server.start()
print(server.port, server.child.pid, flush=True)
signal.pause()
"""


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with contextlib.closing(psycopg2.connect(url.replace("+psycopg2", ""))) as connection, connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def gone(pid: int, *, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_postgres_keeps_its_rows_over_a_stop_and_over_a_crash(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "postgres")
    rows(server.start(), "CREATE TABLE lessons (id int); INSERT INTO lessons VALUES (7)")
    server.stop()
    server.start()
    server.kill()
    began = time.monotonic()
    with server:
        assert rows(server.url(), "SELECT id FROM lessons") == [(7,)]
    assert time.monotonic() - began < 5


def test_postgres_lives_below_a_path_longer_than_a_socket_may_have(tmp_path: Path) -> None:
    with PostgresServer(tmp_path / ("long" * 40)) as server:
        assert rows(server.url(), "SELECT lower('УРОК')") == [("урок",)]


def test_postgres_runs_from_a_folder_that_only_root_may_enter(tmp_path: Path) -> None:
    package = packaged_programs().parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(
            folder, tmp_path / folder.name, symlinks=True, ignore=shutil.ignore_patterns("pginstall")
        )
    tmp_path.chmod(0o700)
    programs = tmp_path / packaged_programs().relative_to(package.parent)
    with PostgresServer(tmp_path / "postgres", programs=programs) as server:
        assert rows(server.url(), "SELECT 1") == [(1,)]


def test_the_password_of_postgres_is_for_its_owner_only_and_needed(tmp_path: Path) -> None:
    with PostgresServer(tmp_path / "postgres") as server:
        assert (tmp_path / "postgres" / "password").stat().st_mode & 0o777 == 0o600
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(server.url().replace("+psycopg2", "").replace("repitbot:", "repitbot:not"))


def test_postgres_ends_when_its_runner_is_killed_and_the_next_run_finds_its_data(tmp_path: Path) -> None:
    runner = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert runner.stdout
    port, pid = map(int, runner.stdout.readline().split())
    assert answers(port)
    runner.send_signal(signal.SIGKILL)
    runner.communicate()
    with PostgresServer(tmp_path) as server:
        assert rows(server.url(), "SELECT 1") == [(1,)]
    assert gone(pid)


def test_a_pid_file_of_a_process_that_is_now_something_else_does_not_stop_postgres(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path)
    server.start()
    server.stop()
    stale = f"{os.getpid()}\n{tmp_path}\n0\n5432\n\n127.0.0.1\n0\nready\n"
    (tmp_path / "cluster" / "postmaster.pid").write_text(stale)
    with server:
        assert rows(server.url(), "SELECT 1") == [(1,)]


def test_an_initdb_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "cluster.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with PostgresServer(tmp_path) as server:
        assert rows(server.url(), "SELECT 1") == [(1,)]


def test_the_packaged_redis_wants_its_password_and_keeps_it_off_the_command_line(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as server:
        server.flush()
        password = server.url().split(":")[2].split("@")[0]
        assert password.encode() not in Path(f"/proc/{server.child.pid}/cmdline").read_bytes()


def test_each_test_has_a_virtual_host_of_its_own(rabbitmq_url: str) -> None:
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(rabbitmq_url))) as connection:
        assert connection.channel().queue_declare("lessons").method.message_count == 0


def test_each_test_has_a_migrated_database_of_its_own(database_url: str) -> None:
    assert rows(database_url, "SELECT to_regclass('events') IS NOT NULL") == [(True,)]


def test_the_cache_is_empty_when_a_test_begins(redis_url: str) -> None:
    assert redis_url.startswith("redis://")
