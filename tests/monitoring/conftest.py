"""The whole system over a real broker, watched by a real Prometheus with everything that our configuration names."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from lib.testing.mailbox.office import PostOffice
from tests.acceptance.system import System
from tests.integration.notifications.certificates import Authority
from tests.monitoring import programs
from tests.monitoring.programs import Program
from tests.servers.background import BackgroundServer
from tests.servers.rabbitmq import RabbitServer


@dataclass(frozen=True)
class Watch:
    """`system` is what runs; `prometheus` has scraped it."""

    system: System
    prometheus: Program
    manager: Program
    office: PostOffice


class _Fine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """200, whatever is asked."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def public_address(authority: Authority) -> BackgroundServer:
    """A server with a certificate."""
    server = BackgroundServer(("127.0.0.1", 0), _Fine)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.signs("public"))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def places(
    system: System, broker: RabbitServer, node: Program, blackbox: Program, manager: Program
) -> dict[str, str]:
    """The names of the Compose network → where the test has them."""
    return {
        "gateway:8006": f"127.0.0.1:{system.ports['NOTIFICATION_PORT']}",
        "gateway:8007": f"127.0.0.1:{system.ports['ANALYTICS_PORT']}",
        "rabbitmq:15692": f"127.0.0.1:{broker.metrics_port}",
        "node-exporter:9100": node.address,
        "blackbox-exporter:9115": blackbox.address,
        "alertmanager:9093": manager.address,
    }


@pytest.fixture(scope="package")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """All of it, with the demonstration school's 120 days behind it."""
    folder = tmp_path_factory.mktemp("watch")
    with ExitStack() as up:
        office = up.enter_context(PostOffice(folder / "office"))
        broker = up.enter_context(RabbitServer(_made(folder / "rabbitmq"), measured=True))
        authority = Authority(folder)
        public = up.enter_context(public_address(authority))
        system = System(_made(folder / "system"), {"RABBITMQ_URL": broker.url()}, demo=True)
        up.enter_context(system)
        node = up.enter_context(programs.node_exporter(folder / "node"))
        blackbox = up.enter_context(programs.blackbox_exporter(folder / "blackbox", authority.path))
        manager = up.enter_context(programs.alertmanager(folder / "alertmanager", office.smtp_port))
        https = f"https://127.0.0.1:{public.server_port}/"
        where = places(system, broker, node, blackbox, manager)
        prometheus = programs.prometheus(folder / "prometheus", where, https)
        up.enter_context(prometheus)
        yield Watch(system, prometheus, manager, office)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
