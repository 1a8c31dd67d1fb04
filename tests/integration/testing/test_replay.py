"""Replay against a small real HTTP server that answers as the events endpoint does."""

import gzip
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lib.local import replay


@dataclass
class Endpoint:
    """Counts what it gets; `orders` are answered before it behaves well."""

    orders: deque[tuple[int, dict[str, str], dict[str, Any]]] = field(default_factory=deque)
    requests: list[tuple[dict[str, str], list[dict[str, Any]]]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    url: str = ""

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], dict[str, Any]]:
        events = json.loads(body)
        self.requests.append((headers, events))
        if self.orders:
            return self.orders.popleft()
        rejected = [
            {"index": i, "reason": "lesson_id is missing"} for i, e in enumerate(events) if "bad" in e
        ]
        good = [event["id"] for event in events if "bad" not in event]
        fresh = set(good) - self.seen
        self.seen |= fresh
        answer = {"accepted": len(fresh), "duplicates": len(good) - len(fresh), "rejected": rejected}
        return 202, {}, answer


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, answer = state.answer({"path": self.path, **self.headers}, body)
            payload = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(payload))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


def write(path: Path, count: int, **extra: Any) -> Path:
    lines = [json.dumps({"id": f"{path.name}-{n}", **extra}) for n in range(count)]
    path.write_text("\n".join(lines) + "\n")
    return path


def run(endpoint: Endpoint, *arguments: object) -> int:
    return replay.main([*map(str, arguments), "--url", endpoint.url, "--token", "secret"])


def test_files_are_sent_in_batches_with_token_type_and_key(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = write(tmp_path / "a.ndjson", 7)
    packed = tmp_path / "b.ndjson.gz"
    packed.write_bytes(gzip.compress(write(tmp_path / "b.ndjson", 5).read_bytes()))
    assert run(endpoint, plain, packed, "--batch", 5) == 0
    assert [len(events) for _, events in endpoint.requests] == [5, 5, 2]
    headers = endpoint.requests[0][0]
    assert headers["path"] == "/api/v1/events"
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Content-Type"] == "application/cloudevents-batch+json"
    assert len({sent["Idempotency-Key"] for sent, _ in endpoint.requests}) == 3
    assert "accepted" in capsys.readouterr().out


def test_sending_again_counts_duplicates(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.ndjson", 4)
    assert run(endpoint, path) == 0
    capsys.readouterr()
    assert run(endpoint, path) == 0
    rows = [line.replace("│", " ").split() for line in capsys.readouterr().out.splitlines()]
    assert ["duplicates", "4"] in rows
    assert ["accepted", "0"] in rows


def test_rejected_events_are_counted_by_reason_with_file_and_line(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.ndjson", 5, bad=True)
    assert run(endpoint, path, "--batch", 2) == 1
    text = capsys.readouterr().out
    assert "5 × lesson_id is missing" in text
    assert f"{path}:1, {path}:2, {path}:3" in text


def test_it_waits_as_told_and_sends_the_same_batch_again(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.orders.extend(
        [(503, {"Retry-After": "3"}, {}), (429, {"Retry-After": "900"}, {}), (503, {}, {})]
    )
    waits: list[float] = []
    sender = replay.Sender(endpoint.url, "secret", waits.append)
    (batch,) = replay.batches_of(replay.lines_of([write(tmp_path / "a.ndjson", 3)]), 500)
    assert sender.send(batch)["accepted"] == 3
    assert waits == [3.0, 60.0, 1.0]
    assert len({headers["Idempotency-Key"] for headers, _ in endpoint.requests}) == 1


def test_it_gives_up_after_a_bounded_number_of_tries(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.orders.extend([(503, {"Retry-After": "1"}, {})] * 99)
    sender = replay.Sender(endpoint.url, "secret", lambda _: None)
    (batch,) = replay.batches_of(replay.lines_of([write(tmp_path / "a.ndjson", 1)]), 500)
    with pytest.raises(replay.Stopped, match="still answers 503 after 8 tries"):
        sender.send(batch)
    assert len(endpoint.requests) == 8


def test_a_service_that_is_not_there_is_named(tmp_path: Path) -> None:
    sender = replay.Sender("http://127.0.0.1:9", "secret", lambda _: None)
    (batch,) = replay.batches_of(replay.lines_of([write(tmp_path / "a.ndjson", 1)]), 500)
    with pytest.raises(replay.Stopped, match="api/v1/events can't be reached"):
        sender.send(batch)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "The token was refused: expired"),
        (403, "role may not send"),
        (413, "was refused with 413: expired"),
    ],
)
def test_a_refusal_stops_it_with_a_sentence(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, sentence: str
) -> None:
    endpoint.orders.append((status, {}, {"detail": "expired"}))
    assert run(endpoint, write(tmp_path / "a.ndjson", 1)) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b'{"id": "1"}\n{"id": \n', ":2 is not JSON"), (b'{"id": "1"}\n[1]\n', ":2 is not a JSON object")],
)
def test_a_bad_line_is_named_before_anything_is_sent(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, sentence: str
) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(content)
    assert run(endpoint, path) == 1
    assert sentence in capsys.readouterr().err
    assert endpoint.requests == []


def test_a_missing_and_a_damaged_file_are_named(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(endpoint, tmp_path / "none.ndjson") == 1
    assert "There is no file" in capsys.readouterr().err
    damaged = tmp_path / "a.ndjson.gz"
    damaged.write_bytes(gzip.compress(b'{"id": "1"}\n' * 99)[:-9])
    assert run(endpoint, damaged) == 1
    assert "a.ndjson.gz can't be read" in capsys.readouterr().err
    assert endpoint.requests == []


def test_a_shuffled_replay_sends_the_same_events_in_another_order_that_the_seed_fixes(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.ndjson", 50)
    for seed in (1, 1, 2):
        assert run(endpoint, path, "--shuffle", seed) == 0
    first, again, other = ([event["id"] for event in events] for _, events in endpoint.requests)
    assert first == again
    assert first != other
    assert sorted(first) == sorted(other)


def test_a_batch_stays_below_the_service_s_limit_of_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", 3, filler="x" * 2_000_000)
    assert [len(batch) for batch in replay.batches_of(replay.lines_of([path]), 1000)] == [2, 1]


def test_without_a_token_one_is_made_for_the_service_role(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    assert replay.main([str(write(tmp_path / "a.ndjson", 1)), "--url", endpoint.url]) == 0
    assert endpoint.requests[0][0]["Authorization"].count(".") == 2
