"""An S3 server (moto's) on the loopback, in a thread, with a guard that believes presigned links as Amazon does.

moto looks neither at the signature of a presigned link nor at its time; the guard does, by the steps of Amazon's
"Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import parse_qsl, quote

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from lib.local.servers.child import free_port
from lib.storage.s3 import connected

ACCESS = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests-of-storage"}
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class S3Server:
    """Its buckets end with it."""

    def __init__(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        served = guarded(DomainDispatcherApplication(create_backend_app))
        self._server = make_server("127.0.0.1", port, served, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def client(self) -> Any:
        """A client of one's own, to look from outside."""
        return connected(
            endpoint_url=self.url,
            region="",
            access_key_id=ACCESS["aws_access_key_id"],
            secret_access_key=ACCESS["aws_secret_access_key"],
        )

    def new_bucket(self) -> str:
        """An empty bucket."""
        name = f"test-{secrets.token_hex(6)}"
        self.client().create_bucket(Bucket=name)
        return name

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Quiet(WSGIRequestHandler):
    """S3's clients wait for "100 Continue" and keep their connections."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: thousands of lines nobody reads."""


def guarded(app: Wsgi) -> Wsgi:
    """The application, but a request with a signature in its address gets 403 unless that is right and in time."""

    def guard(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        given = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        if "X-Amz-Signature" not in given or _is_good(environ, given):
            return app(environ, start)
        start("403 Forbidden", [("Content-Type", "application/xml")])
        return [b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"]

    return guard


def _is_good(environ: dict[str, Any], given: dict[str, str]) -> bool:
    signature, when = given.pop("X-Amz-Signature"), given["X-Amz-Date"]
    began = datetime.strptime(when, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    in_time = datetime.now(UTC) < began + timedelta(seconds=int(given["X-Amz-Expires"]))
    scope = given["X-Amz-Credential"].split("/", 1)[1]
    query = "&".join(sorted(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in given.items()))
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/-_.~")
    asked = [
        environ["REQUEST_METHOD"],
        path,
        query,
        f"host:{environ['HTTP_HOST']}",
        "",
        "host",
        "UNSIGNED-PAYLOAD",
    ]
    digest = hashlib.sha256("\n".join(asked).encode()).hexdigest()
    key = f"AWS4{ACCESS['aws_secret_access_key']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signed = f"AWS4-HMAC-SHA256\n{when}\n{scope}\n{digest}"
    expected = hmac.new(key, signed.encode(), "sha256").hexdigest()
    return in_time and hmac.compare_digest(signature, expected)
