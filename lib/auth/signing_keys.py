"""Private keys in PEM, as letters are signed with."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# Receivers ignore signatures of shorter keys (RFC 8301).
SHORTEST_RSA_BITS = 1024


def readable_pem(text: str) -> str:
    r"""The PEM, with real line ends where `\n` was written; an empty text stays empty.

    Raises ValueError with the end of a sentence when it is no key to sign with. It never holds the key.
    """
    pem = text.replace("\\n", "\n").strip()
    if pem:
        private_key(pem)
    return pem


def private_key(pem: str) -> "RSAPrivateKey | Ed25519PrivateKey":
    """The key. Raises ValueError as `readable_pem` does."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("must be a private key in PEM, without a passphrase") from None
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError("must be an RSA or Ed25519 key")
    if isinstance(key, RSAPrivateKey) and key.key_size < SHORTEST_RSA_BITS:
        raise ValueError(f"must have at least {SHORTEST_RSA_BITS} bits, better 2048")
    return key
