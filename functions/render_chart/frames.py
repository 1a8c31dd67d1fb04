"""What goes over the socket between a function and its drawing process: a JSON object and bytes, with their lengths."""

import json
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

LENGTHS = struct.Struct(">II")


class Closed(Exception):
    """The other end is gone."""


def send(
    to: socket.socket, head: Mapping[str, Any], body: bytes = b"", *, until: float | None = None
) -> None:
    """Raises Closed, or TimeoutError when it has not gone by `until` (on time.monotonic's clock)."""
    text = json.dumps(head).encode()
    to.settimeout(None if until is None else _left(until))
    try:
        to.sendall(LENGTHS.pack(len(text), len(body)) + text + body)
    except (BrokenPipeError, ConnectionResetError):
        raise Closed from None


def receive(source: socket.socket, *, until: float | None = None) -> tuple[dict[str, Any], bytes]:
    """The next object and its bytes. Raises Closed, or TimeoutError when it is not there by `until`."""
    head, body = LENGTHS.unpack(_exactly(source, LENGTHS.size, until))
    return json.loads(_exactly(source, head, until)), _exactly(source, body, until)


def _exactly(source: socket.socket, size: int, until: float | None) -> bytes:
    held = bytearray()
    while len(held) < size:
        source.settimeout(None if until is None else _left(until))
        try:
            piece = source.recv(min(size - len(held), 1 << 20))
        except ConnectionResetError:
            raise Closed from None
        if not piece:
            raise Closed
        held += piece
    return bytes(held)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
