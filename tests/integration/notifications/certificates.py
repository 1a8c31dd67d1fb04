"""Certificates for mail servers of tests: an authority, and what it signs, rightly or wrongly."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


class Authority:
    """A certificate authority of a test; `path` is its certificate, to be trusted."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        made = _draft(self._name, self._name, self._key, LOOPBACK, days=1).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(PEM))

    def signs(self, name: str, subject: x509.GeneralName = LOOPBACK, days: int = 1) -> Path:
        """A server's certificate with its key in one file; with negative `days` it ran out then."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _draft(_name(name), self._name, key, subject, days).sign(self._key, hashes.SHA256())
        return _written(self._folder / f"{name}.pem", made, key)


def self_signed(folder: Path) -> Path:
    """A certificate that nobody but itself vouches for, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = _draft(_name("self"), _name("self"), key, LOOPBACK, days=1).sign(key, hashes.SHA256())
    return _written(folder / "self.pem", made, key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{text} of a test")])


def _draft(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, subject: x509.GeneralName, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([subject]), critical=False)
    )


def _written(path: Path, made: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Path:
    plain = serialization.NoEncryption()
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(made.public_bytes(PEM) + private)
    return path
