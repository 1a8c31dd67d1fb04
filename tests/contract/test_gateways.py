"""Nginx and the local runner's gateway do the same with the same request."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from lib.local.gateway import Gateway
from lib.local.servers.child import free_port
from lib.stack import Stack
from tests.servers.echo import EchoServer
from tests.servers.nginx import NginxServer

MEGABYTE = 1024 * 1024
HERE = ["send-email", "serve-console", "manage-recipients", "render-chart", "answer-telegram"]


@dataclass(frozen=True)
class Front:
    """A running gateway: the address of each of its ports, and the functions behind it."""

    ports: dict[int, int]
    functions: dict[str, EchoServer]

    def ask(self, port: int, path: str, method: str = "GET", **options: Any) -> urllib3.BaseHTTPResponse:
        url = f"http://127.0.0.1:{self.ports[port]}{path}"
        return urllib3.request(method, url, retries=False, timeout=30, **options)

    def told(self, port: int, path: str, method: str = "GET", **options: Any) -> dict[str, Any]:
        """What the function says that it was asked."""
        answer: dict[str, Any] = self.ask(port, path, method, **options).json()
        return answer


@pytest.fixture(scope="module")
def functions() -> Iterator[dict[str, EchoServer]]:
    servers = {name: EchoServer(name) for name in HERE}
    for server in servers.values():
        server.__enter__()
    yield servers
    for server in servers.values():
        server.__exit__(None, None, None)


@pytest.fixture(scope="module", params=["nginx", "local"])
def front(
    request: pytest.FixtureRequest,
    stack: Stack,
    functions: dict[str, EchoServer],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Front]:
    if request.param == "nginx":
        hosts = {name: server.url.removeprefix("http://") for name, server in functions.items()}
        with NginxServer(tmp_path_factory.mktemp("nginx"), stack, hosts) as nginx:
            yield Front(nginx.ports, functions)
        return
    ports = {port: free_port() for port in (8000, 8006, 8007)} | {0: free_port()}
    away = {f.name: f"http://127.0.0.1:{free_port()}" for f in stack.functions}
    upstreams = away | {name: server.url for name, server in functions.items()}
    public = {port: actual for port, actual in ports.items() if port}
    with serving(lambda: Gateway(stack, public, upstreams, ports[0], refused_seconds=0.2)):
        yield Front(ports, functions)


class serving:  # noqa: N801 - a context manager, read as a verb
    """Runs a gateway on a loop of its own thread."""

    def __init__(self, make: Callable[[], Gateway]) -> None:
        self._make = make
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Gateway:
        self._thread.start()
        gateway = self._make()
        self._run(gateway.start()).result(10)
        self._gateway = gateway
        return gateway

    def __exit__(self, *_: object) -> None:
        self._run(self._gateway.stop()).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Any) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)


@pytest.mark.parametrize(
    ("port", "path", "name", "service"),
    [
        (8006, "/api/v1/emails", "send-email", "notification"),
        (8006, "/api/v1/emails/1?a=%2F&b=%20", "send-email", "notification"),
        (8006, "/unsubscribe/abc", "manage-recipients", "notification"),
        (8006, "/", "serve-console", "notification"),
        (8007, "/", "serve-console", "analytics"),
        (8007, "/health", "serve-console", "analytics"),
        (8006, "/metrics", "serve-console", "notification"),
        (8007, "/api/v1/charts/a%20b", "render-chart", "analytics"),
        (8000, "/health", "serve-console", "bot"),
        (8000, "/telegram/webhook", "answer-telegram", "bot"),
    ],
)
def test_a_request_goes_to_the_function_of_its_route_as_it_came(
    front: Front, port: int, path: str, name: str, service: str
) -> None:
    told = front.told(port, path, headers={"X-Service": "forged", "Authorization": "Bearer t"})
    assert (told["name"], told["path"], told["headers"]["X-Service"]) == (name, path, service)
    assert told["headers"]["Authorization"] == "Bearer t"


@pytest.mark.parametrize("port", [8006, 8007])
def test_the_metrics_are_not_for_whoever_comes_through_a_proxy(front: Front, port: int) -> None:
    answer = front.ask(port, "/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert (answer.status, answer.headers["Content-Type"]) == (403, "application/problem+json")
    assert answer.json()["detail"] == "This is for the internal network only."
    assert front.ask(port, "/metrics").status == 200


@pytest.mark.parametrize(
    ("port", "path"),
    [
        (8006, "/api/v1/emailsx"),
        (8006, "/nothing"),
        (8006, "/api/v1/charts"),
        (8000, "/"),
        (8006, "/_/ready"),
    ],
)
def test_what_no_route_takes_is_a_404_problem(front: Front, port: int, path: str) -> None:
    answer = front.ask(port, path)
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["instance"] == path
    assert answer.headers["X-Request-Id"]


def test_a_sane_request_id_is_kept_and_a_bad_one_replaced(front: Front) -> None:
    kept = front.ask(8006, "/api/v1/emails", headers={"X-Request-Id": "lesson-7"})
    assert kept.headers["X-Request-Id"] == kept.json()["headers"]["X-Request-Id"] == "lesson-7"
    replaced = front.ask(8006, "/api/v1/emails", headers={"X-Request-Id": 'a "b"'})
    assert replaced.headers["X-Request-Id"] == replaced.json()["headers"]["X-Request-Id"] != 'a "b"'


def test_the_caller_is_told_by_the_gateway_not_by_the_caller(front: Front) -> None:
    headers = front.told(8006, "/api/v1/emails", headers={"X-Forwarded-For": "8.8.8.8"})["headers"]
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Host"] == headers["Host"] == f"127.0.0.1:{front.ports[8006]}"
    assert headers["X-Forwarded-Proto"] == "http"


def test_headers_of_one_connection_are_not_passed_on(front: Front) -> None:
    headers = front.told(8006, "/api/v1/emails", headers={"Keep-Alive": "timeout=1", "TE": "trailers"})[
        "headers"
    ]
    assert not {"Keep-Alive", "Transfer-Encoding", "Upgrade"} & set(headers)


def test_a_body_of_five_megabytes_is_taken_and_a_larger_one_refused(front: Front) -> None:
    assert front.told(8006, "/api/v1/emails", "POST", body=b"x" * 5 * MEGABYTE)["length"] == 5 * MEGABYTE
    refused = front.ask(8006, "/api/v1/emails", "POST", body=b"x" * (5 * MEGABYTE + 1))
    assert (refused.status, refused.json()["status"]) == (413, 413)
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_body_without_a_length_is_measured_as_it_arrives(front: Front) -> None:
    pieces = [b"x" * MEGABYTE] * 6
    with socket.create_connection(("127.0.0.1", front.ports[8006]), 10) as connection:
        connection.sendall(b"POST /api/v1/emails HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for piece in pieces:
                connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        except OSError:
            pass
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


def test_a_function_that_is_away_is_a_503_with_retry_after(front: Front) -> None:
    answer = front.ask(8007, "/api/v1/exports/lessons")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json()["title"] == "Service Unavailable"


def test_an_answer_that_breaks_off_never_looks_whole(front: Front) -> None:
    with pytest.raises(urllib3.exceptions.HTTPError):
        front.ask(8006, "/api/v1/emails/cut")


def test_what_a_function_tells_its_gateway_goes_no_further(front: Front) -> None:
    assert "X-Accel-Buffering" not in front.ask(8006, "/api/v1/emails").headers


def test_connections_to_functions_are_kept(front: Front) -> None:
    function = front.functions["render-chart"]
    front.ask(8007, "/api/v1/charts")
    before = len(function.connections)
    for _ in range(20):
        front.ask(8007, "/api/v1/charts")
    assert len(function.connections) <= before + 2


def test_the_internal_port_reaches_any_function_by_name(
    stack: Stack, functions: dict[str, EchoServer]
) -> None:
    ports, internal = {8006: free_port()}, free_port()
    upstreams = {f.name: "http://127.0.0.1:9" for f in stack.functions}
    upstreams |= {name: server.url for name, server in functions.items()}
    with serving(lambda: Gateway(stack, ports, upstreams, internal)):
        url = f"http://127.0.0.1:{internal}/function"
        told = urllib3.request(
            "POST", f"{url}/send-email/a/b?c=d", body=b"e", headers={"X-Service": "bot"}
        ).json()
        assert (told["name"], told["path"], told["length"]) == ("send-email", "/a/b?c=d", 1)
        assert told["headers"]["X-Service"] == "bot"
        assert urllib3.request("POST", f"{url}/send-email").json()["path"] == "/"
        assert urllib3.request("GET", f"{url}/send_email/").status == 404
        assert urllib3.request("GET", f"{url[:-9]}/other").status == 404


def test_a_function_that_comes_back_within_seconds_is_waited_for(stack: Stack) -> None:
    port, ports = free_port(), {8006: free_port()}
    upstreams = {f.name: "http://127.0.0.1:9" for f in stack.functions} | {
        "send-email": f"http://127.0.0.1:{port}"
    }
    answers: list[str] = []

    def ask() -> None:
        url = f"http://127.0.0.1:{ports[8006]}/api/v1/emails"
        answers.append(
            json.loads(urllib3.request("POST", url, body=b"{}", retries=False, timeout=20).data)["name"]
        )

    with serving(lambda: Gateway(stack, ports, upstreams, free_port())):
        asking = threading.Thread(target=ask)
        asking.start()
        with EchoServer("send-email", port):
            asking.join()
    assert answers == ["send-email"]


def test_a_request_under_way_is_answered_before_the_gateway_is_gone(
    stack: Stack, functions: dict[str, EchoServer]
) -> None:
    ports, function = {8006: free_port()}, functions["send-email"]
    upstreams = {f.name: function.url for f in stack.functions}
    with serving(lambda: Gateway(stack, ports, upstreams, free_port())):
        connection = socket.create_connection(("127.0.0.1", ports[8006]), 10)
        connection.sendall(b"POST /api/v1/emails/held HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
        assert function.arrived.wait(10)
        release = threading.Timer(0.3, function.released.set)
        release.start()
    release.join()
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    connection.close()


def test_nginx_writes_no_link_that_opens_something_into_its_log(
    stack: Stack, functions: dict[str, EchoServer], tmp_path: Path
) -> None:
    hosts = {name: server.url.removeprefix("http://") for name, server in functions.items()}
    paths = (
        "/unsubscribe/tok.en",
        "/answers/tok.en",
        "/sign-in/code",
        "/reports/files/tok.en",
        "/reports/tok.en",
    )
    with NginxServer(tmp_path, stack, hosts) as nginx:
        for path in (*paths, "/api/v1/emails/1"):
            urllib3.request("GET", f"http://127.0.0.1:{nginx.ports[8006]}{path}", retries=False, timeout=30)
    told = [json.loads(line)["path"] for line in (tmp_path / "access.log").read_text().splitlines()]
    assert told == [*(f"{path.rpartition('/')[0]}/…" for path in paths), "/api/v1/emails/1"]
