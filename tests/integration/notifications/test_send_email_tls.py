"""STARTTLS that must succeed, against a server whose certificate is or is not to be trusted."""

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from functions.send_email.smtp import SmtpCarrier
from lib.domain.catalogue import TYPES
from lib.domain.outcomes import Letter
from lib.errors import Temporary
from lib.runtime.settings import Settings
from lib.testing.mailbox.office import PostOffice

LETTER = Letter(
    delivery_id="01a20554-9c06-78de-b12d-706e76870ee8",
    user_id="sasha",
    kind=TYPES["custom"],
    address="sasha@example.com",
    subject="Привет",
    text="Привет",
    html="<p>Привет</p>",
    message_id="<a.b@school.example>",
    date=datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC),
)


@dataclass
class Inbox:
    """What a server accepted, and whether over TLS."""

    letters: list[bool] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, session: Any, _envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.letters.append(session.ssl is not None)
        return "250 OK"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that signs itself, for 127.0.0.1, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of a test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "mail.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(made.public_bytes(pem) + private)
    return path


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(certificate: Path, inbox: Inbox, free_port: int) -> Iterator[Controller]:
    """A mail server that takes letters over STARTTLS only."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    controller = Controller(inbox, "127.0.0.1", free_port, tls_context=context, require_starttls=True)
    controller.start()
    yield controller
    controller.stop()


def carrier(port: int) -> SmtpCarrier:
    return SmtpCarrier(Settings(email_host="127.0.0.1", email_port=port, email_use_tls=True))


def test_a_certificate_nobody_vouches_for_gets_no_letter(server: Controller, inbox: Inbox) -> None:
    with pytest.raises(Temporary, match="SSLCertVerificationError"):
        carrier(server.port).send(LETTER, lambda: None)
    assert inbox.letters == []


def test_a_trusted_certificate_gets_the_letter_encrypted(
    server: Controller, inbox: Inbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert carrier(server.port).send(LETTER, lambda: None).answer == "250 OK"
    assert inbox.letters == [True]


def test_a_server_without_tls_gets_no_letter_in_the_clear(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        with pytest.raises(Temporary):
            carrier(office.smtp_port).send(LETTER, lambda: None)
        assert office.ledger("smtp", "attempted") == []
