"""The hand-over between the thread that reads and the one that answers."""

import threading

import pytest

from functions.export_data import channel
from functions.export_data.channel import DEPTH, Channel, Left
from lib.errors import Temporary


def test_what_is_put_comes_out_in_order_and_then_the_end() -> None:
    between = Channel()
    for n in range(DEPTH):
        between.put([b"%d" % n])
    between.end()
    assert [between.get() for _ in range(DEPTH + 1)] == [*([b"%d" % n] for n in range(DEPTH)), None]
    assert between.get() is None


def test_it_never_holds_more_than_its_depth() -> None:
    between = Channel()
    put = 0

    def fill() -> None:
        nonlocal put
        for _ in range(10 * DEPTH):
            between.put([b""])
            put += 1
        between.end()

    thread = threading.Thread(target=fill)
    thread.start()
    taken = 0
    while between.get() is not None:
        taken += 1
        assert put <= taken + DEPTH + 1
    thread.join()
    assert taken == 10 * DEPTH


def test_an_error_comes_after_what_was_read_before_it() -> None:
    between = Channel()
    between.put([b"row"])
    between.end(ValueError("broken"))
    assert between.get() == [b"row"]
    with pytest.raises(ValueError, match="broken"):
        between.get()


def test_whoever_waits_for_room_is_woken_when_the_reader_leaves() -> None:
    between = Channel()
    for _ in range(DEPTH):
        between.put([b""])
    threading.Timer(0.05, between.leave).start()
    with pytest.raises(Left):
        between.put([b""])


def test_neither_end_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "PATIENCE_S", 0.05)
    between = Channel()
    with pytest.raises(Temporary):
        between.get()
    for _ in range(DEPTH):
        between.put([b""])
    with pytest.raises(Left):
        between.put([b""])
