"""The gateway when there is no Nginx: the same ports, routes and limits, from the same stack.yml.

A request's body is read whole (5 MB at most) before the function hears of it, so that a slow sender holds
none of its threads, and so that a refused connection can be tried again. An answer is streamed.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from uuid6 import uuid7
from yarl import URL

from lib.errors import BadInput, ServiceError, Temporary, not_found
from lib.runtime.problems import from_error, problem
from lib.runtime.reply import Reply
from lib.stack import FunctionSpec, Stack
from lib.stack.model import SERVICES

MAX_BODY_BYTES = 5 * 1024 * 1024
BODY_SECONDS = 10.0
"""How long a sender may be silent in the middle of a body."""
REFUSED_SECONDS = 5.0
"""How long a refused connection is tried again: a function that is being restarted is back within this."""
KEEP_ALIVE_SECONDS = 15.0
"""For idle connections to functions; less than their own, so that a request never meets a closing one."""
DRAIN_SECONDS = 10.0

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
INTERNAL = re.compile(r"/function/(?P<name>[a-z0-9-]+)(?P<path>[/?].*)?")
HOP_BY_HOP = frozenset(
    [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        # What a function tells Nginx, which keeps it.
        "x-accel-buffering",
    ]
)
AWAY = "This cannot be answered at the moment."


@dataclass(frozen=True)
class Target:
    """Where a request goes. `service` is the service the function is told; None: the one the caller told."""

    function: FunctionSpec
    path: str
    service: str | None


Door = Callable[[web.BaseRequest], Target]
"""Finds a request's target. Raises BadInput (404)."""


class Gateway:
    """Listens on `host`: on `ports[p]` for each port p of stack.yml, and on `internal_port` for calls between
    functions, `/function/<name>/<path>`. `upstreams` maps a function's dashed name to its base URL."""

    def __init__(
        self,
        stack: Stack,
        ports: Mapping[int, int],
        upstreams: Mapping[str, str],
        internal_port: int,
        *,
        host: str = "127.0.0.1",
        refused_seconds: float = REFUSED_SECONDS,
    ) -> None:
        self._doors = {actual: public_door(stack, port) for port, actual in ports.items()}
        self._doors[internal_port] = internal_door(stack)
        self._upstreams = {name: url.rstrip("/") for name, url in upstreams.items()}
        self._host = host
        self._refused_seconds = refused_seconds
        self._runners: list[web.ServerRunner] = []
        self._client: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the ports. Raises OSError when one is taken."""
        self._client = aiohttp.ClientSession(
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        for port, door in self._doors.items():
            runner = web.ServerRunner(web.Server(self._handler(door)), shutdown_timeout=DRAIN_SECONDS)
            await runner.setup()
            self._runners.append(runner)
            await web.TCPSite(runner, self._host, port, reuse_address=True, backlog=1024).start()

    async def stop(self) -> None:
        """Close the ports, after the requests under way have been answered (10 s at most)."""
        await asyncio.gather(*(runner.cleanup() for runner in self._runners))
        self._runners.clear()
        if self._client:
            await self._client.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        await self.stop()

    def _handler(self, door: Door) -> Callable[[web.BaseRequest], asyncio.Future[web.StreamResponse]]:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            request_id = _request_id(request)
            try:
                return await self._forward(request, door(request), request_id)
            except ServiceError as error:
                return _own(from_error(error, request.path), request_id)
            except TimeoutError:
                return _own(problem(504, "The function took too long.", instance=request.path), request_id)
            except aiohttp.ClientError:
                return _own(problem(502, AWAY, instance=request.path, retry_after=2), request_id)

        return handle  # type: ignore[return-value]

    async def _forward(self, request: web.BaseRequest, target: Target, request_id: str) -> web.StreamResponse:
        body = await _read(request)
        headers = _request_headers(request, target.service, request_id)
        answer = await self._send(request.method, target, headers, body)
        async with answer:
            return await _relay(request, answer, request_id)

    async def _send(
        self, method: str, target: Target, headers: CIMultiDict[str], body: bytes | None
    ) -> aiohttp.ClientResponse:
        """Send it. A refused connection is tried again whatever the method: nothing has been said yet."""
        assert self._client is not None  # noqa: S101 - handlers run between start and stop only
        url = URL(self._upstreams[target.function.name] + target.path, encoded=True)
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=2.0, sock_read=target.function.timeout_seconds
        )
        until = asyncio.get_running_loop().time() + self._refused_seconds
        while True:
            try:
                return await self._client.request(
                    method, url, headers=headers, data=body, timeout=timeout, allow_redirects=False
                )
            except aiohttp.ClientConnectorError:
                if asyncio.get_running_loop().time() > until:
                    raise Temporary(AWAY) from None
                await asyncio.sleep(0.05)


def public_door(stack: Stack, port: int) -> Door:
    """The door of one of stack.yml's ports."""

    def door(request: web.BaseRequest) -> Target:
        function = stack.find(port, request.path)
        if function is None:
            raise not_found()
        if request.path == "/metrics" and "X-Forwarded-For" in request.headers:
            # Whoever comes through a proxy comes from outside.
            raise BadInput("This is for the internal network only.", status=403)
        return Target(function, request.raw_path, SERVICES[port])

    return door


def internal_door(stack: Stack) -> Door:
    """The door for calls between functions. They are told no service but the one they tell."""
    names = {f.name: f for f in stack.functions}

    def door(request: web.BaseRequest) -> Target:
        match = INTERNAL.fullmatch(request.raw_path)
        function = names.get(match["name"]) if match else None
        if match is None or function is None:
            raise not_found()
        path = match["path"] or "/"
        return Target(function, path if path[0] == "/" else f"/{path}", None)

    return door


async def run(
    stack: Stack, ports: Mapping[int, int], upstreams: Mapping[str, str], internal_port: int
) -> None:
    """Serve on the loopback until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with Gateway(stack, ports, upstreams, internal_port):
        await stopped.wait()


async def _read(request: web.BaseRequest) -> bytes | None:
    if not request.body_exists:
        return None
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise _too_large()
    body = bytearray()
    while chunk := await _next_chunk(request):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
    return bytes(body)


async def _next_chunk(request: web.BaseRequest) -> bytes:
    try:
        return await asyncio.wait_for(request.content.readany(), BODY_SECONDS)
    except TimeoutError:
        raise BadInput("The body did not arrive in time.", status=408) from None


def _too_large() -> BadInput:
    return BadInput("The body is larger than 5 MB.", status=413)


async def _relay(
    request: web.BaseRequest, answer: aiohttp.ClientResponse, request_id: str
) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    response.headers.extend(_end_to_end(answer.headers))
    response.headers.setdefault("X-Request-Id", request_id)
    await response.prepare(request)
    try:
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
    except (aiohttp.ClientError, TimeoutError):
        # An orderly end would make half an answer look whole.
        if request.transport:
            request.transport.abort()
    return response


def _request_id(request: web.BaseRequest) -> str:
    theirs = request.headers.get("X-Request-Id", "")
    return theirs if REQUEST_ID.fullmatch(theirs) else str(uuid7())


def _request_headers(request: web.BaseRequest, service: str | None, request_id: str) -> CIMultiDict[str]:
    headers = _end_to_end(request.headers)
    headers.popall("Content-Length", None)
    headers.popall("Expect", None)
    ours = {"X-Request-Id": request_id, "X-Forwarded-For": request.remote or "", "X-Forwarded-Proto": "http"}
    ours |= {"X-Forwarded-Host": request.host} | ({"X-Service": service} if service else {})
    for name, value in ours.items():
        headers[name] = value
    return headers


def _end_to_end(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """The headers that are not about this one connection."""
    named = {word.strip().lower() for word in headers.get("Connection", "").split(",")}
    return CIMultiDict((k, v) for k, v in headers.items() if k.lower() not in HOP_BY_HOP | named)


def _own(reply: Reply, request_id: str) -> web.Response:
    headers = {**reply.headers, "X-Request-Id": request_id}
    assert isinstance(reply.body, bytes)  # noqa: S101 - problems are bytes
    return web.Response(
        body=reply.body, status=reply.status, content_type=reply.content_type, headers=headers
    )
