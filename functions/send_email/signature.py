"""DKIM (RFC 6376): a signature by which the receiver's server knows a letter to be ours."""

import base64
from collections.abc import Callable

import structlog

from lib.auth.signing_keys import private_key
from lib.runtime.settings import Settings

Signer = Callable[[bytes], bytes]
SIGNED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
)
# Named once more than they occur: a second one that somebody adds breaks the signature.
SEALED = ("From", "To", "Subject")
RELAXED = (b"relaxed", b"relaxed")
log = structlog.get_logger()


def signer_of(settings: Settings) -> Signer:
    """What turns a message into a signed one; without a key it leaves the message as it is."""
    if not settings.dkim_private_key:
        if settings.dkim_domain:
            log.warning("letters go out unsigned: DKIM_DOMAIN is set, DKIM_PRIVATE_KEY is not")
        return lambda message: message
    algorithm, key = _as_dkimpy_wants_it(settings.dkim_private_key)
    domain, selector = settings.dkim_domain.encode("idna"), settings.dkim_selector.encode()

    def signed(message: bytes) -> bytes:
        # Imported here: most set-ups do not sign.
        import dkim

        names = [name for name in SIGNED if f"\r\n{name}: ".encode() in _head(message)]
        header: bytes = dkim.sign(
            message,
            selector,
            domain,
            key,
            canonicalize=RELAXED,
            signature_algorithm=algorithm,
            include_headers=[*names, *SEALED],
        )
        return header + message

    return signed


def _head(message: bytes) -> bytes:
    return b"\r\n" + message.partition(b"\r\n\r\n")[0]


def _as_dkimpy_wants_it(pem: str) -> tuple[bytes, bytes]:
    """(algorithm, key): RSA as PEM of PKCS #1, Ed25519 as its 32 bytes in base64."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = private_key(pem)
    if isinstance(key, RSAPrivateKey):
        form = PrivateFormat.TraditionalOpenSSL
        return b"rsa-sha256", key.private_bytes(Encoding.PEM, form, NoEncryption())
    return b"ed25519-sha256", base64.b64encode(key.private_bytes_raw())
