"""What holds of every home of files: a folder and an S3 bucket, under the same tests."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import urllib3

from lib.errors import BadInput, Permanent
from lib.runtime.settings import Settings
from lib.storage.links import read
from lib.storage.model import Store

KEY = "reports/ab/abcdef"
PDF = "application/pdf"


def test_what_was_put_is_got_whole(store: Store) -> None:
    data = bytes(range(256)) * 4096
    store.put(KEY, data, PDF)
    assert store.get(KEY) == data
    assert store.exists(KEY)


def test_putting_again_replaces(store: Store) -> None:
    store.put(KEY, b"one", PDF)
    store.put(KEY, b"two", PDF)
    assert store.get(KEY) == b"two"


def test_an_empty_file_is_a_file(store: Store) -> None:
    store.put(KEY, b"", PDF)
    assert store.exists(KEY)
    assert store.get(KEY) == b""


def test_what_is_not_there_is_said_to_be_not_there(store: Store) -> None:
    assert not store.exists(KEY)
    with pytest.raises(Permanent) as refused:
        store.get(KEY)
    assert refused.value.reason == "not_stored"


def test_deleting_twice_is_the_same_as_once(store: Store) -> None:
    store.put(KEY, b"x", PDF)
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)


@pytest.mark.parametrize("key", ["../up", "/etc/passwd", "a/../../b", ".x", ""])
@pytest.mark.parametrize("act", ["get", "exists", "delete"])
def test_no_key_leaves_the_store(store: Store, key: str, act: str) -> None:
    with pytest.raises(ValueError, match="a key"):
        getattr(store, act)(key)
    with pytest.raises(ValueError, match="a key"):
        store.put(key, b"x", PDF)


def test_everything_below_a_folder_is_listed_with_its_time_and_size(store: Store) -> None:
    started = datetime.now(UTC) - timedelta(seconds=2)
    assert list(store.stored("reports")) == []
    for n in range(3):
        store.put(f"reports/{n}/x{n}", b"x" * n, PDF)
    store.put("other/x", b"", PDF)
    found = {each.key: each for each in store.stored("reports")}
    assert {key: each.size for key, each in found.items()} == {f"reports/{n}/x{n}": n for n in range(3)}
    assert all(started <= each.at <= datetime.now(UTC) + timedelta(seconds=2) for each in found.values())


def test_more_than_a_page_of_files_is_listed(store: Store) -> None:
    for n in range(1005):
        store.put(f"many/{n}", b"", PDF)
    assert len(list(store.stored("many"))) == 1005


def test_readers_see_one_file_or_the_other_while_it_is_replaced(store: Store) -> None:
    one, two = b"1" * 300_000, b"2" * 300_000
    store.put(KEY, one, PDF)
    stop = threading.Event()

    def replace() -> None:
        while not stop.is_set():
            store.put(KEY, two, PDF)
            store.put(KEY, one, PDF)

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        assert {store.get(KEY) in (one, two) for _ in range(40)} == {True}
    finally:
        stop.set()
        writer.join()


def test_it_answers_a_ping(store: Store) -> None:
    store.ping()


def test_a_link_gives_the_file_under_its_name_and_type(store: Store, settings: Settings) -> None:
    store.put(KEY, b"%PDF-x", "binary/octet-stream")
    link = store.link(KEY, "Отчёт.pdf", PDF, 60, base="/api/v1/reports/files")
    assert opens(link, settings) == (b"%PDF-x", PDF)


def test_a_link_ends_with_its_time(store: Store, settings: Settings) -> None:
    store.put(KEY, b"x", PDF)
    link = store.link(KEY, "Отчёт.pdf", PDF, 2, base="/files")
    assert opens(link, settings)[0] == b"x"
    until = time.monotonic() + 10
    while is_open(link, settings):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_link_that_somebody_changed_opens_nothing(store: Store, settings: Settings) -> None:
    store.put(KEY, b"x", PDF)
    link = store.link(KEY, "Отчёт.pdf", PDF, 60, base="/files")
    assert is_open(link, settings)
    if link.startswith("/"):
        assert not is_open(link[:-2] + ("AA" if link[-2:] != "AA" else "BB"), settings)
        return
    assert not is_open(link.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"), settings)
    assert not is_open(link.replace(KEY, f"{KEY}x"), settings)
    assert not is_open(link[:-2] + ("00" if link[-2:] != "00" else "11"), settings)


def is_open(link: str, settings: Settings) -> bool:
    """Whether the link leads anywhere now."""
    if not link.startswith("/"):
        return urllib3.request("GET", link, retries=False, timeout=10).status == 200
    try:
        read(settings.jwt_secret_key, link.rsplit("/", 1)[1])
    except BadInput:
        return False
    return True


def test_a_link_for_longer_than_five_minutes_is_not_made(store: Store) -> None:
    with pytest.raises(ValueError, match="300"):
        store.link(KEY, "x.pdf", PDF, 301, base="/files")


def opens(link: str, settings: Settings) -> tuple[bytes, str]:
    """What the link leads to, and its type."""
    if link.startswith("/"):
        linked = read(settings.jwt_secret_key, link.rsplit("/", 1)[1])
        assert linked.filename == "Отчёт.pdf"
        from lib.storage.opening import opened

        return opened(settings).get(linked.key), linked.media_type
    answer: Any = urllib3.request("GET", link, retries=False, timeout=10)
    assert answer.status == 200, answer.data
    assert "filename*=UTF-8''%D0%9E" in answer.headers["Content-Disposition"]
    return answer.data, answer.headers["Content-Type"]
