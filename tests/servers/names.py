"""A name server on the loopback: what Docker's own one is to the gateway of Compose."""

from __future__ import annotations

import socketserver
import struct
import threading
from typing import Self

ADDRESS, IN = 1, 1
ANSWER, NO_SUCH_NAME = 0x8180, 0x8183


class NameServer:
    """`names` maps a name to its IPv4 addresses, and may be changed at any time."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                asked, sock = self.request
                sock.sendto(outer._answer(asked), self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.place = f"127.0.0.1:{self._server.server_address[1]}"

    def _answer(self, asked: bytes) -> bytes:
        """RFC 1035, section 4: one question, an A record for each address, good for no time at all."""
        labels, at = [], 12
        while length := asked[at]:
            labels.append(asked[at + 1 : at + 1 + length].decode())
            at += 1 + length
        question = asked[12 : at + 5]
        found = self.names.get(".".join(labels), [])
        head = struct.pack(
            ">HHHHHH",
            int.from_bytes(asked[:2], "big"),
            ANSWER if found else NO_SUCH_NAME,
            1,
            len(found),
            0,
            0,
        )
        records = (
            struct.pack(">HHHIH4B", 0xC00C, ADDRESS, IN, 0, 4, *map(int, each.split("."))) for each in found
        )
        return head + question + b"".join(records)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
