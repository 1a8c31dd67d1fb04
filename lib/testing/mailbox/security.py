"""How a mail server is to be spoken with: in the clear or over TLS, by anybody or after signing in."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import AuthResult, LoginPassword

MECHANISMS = ("PLAIN", "LOGIN")


@dataclass(frozen=True)
class Security:
    """`certificate`: a PEM file with a chain and its key. With it nothing is taken in the clear: STARTTLS comes
    first, or TLS from the first byte when it is `implicit`. `login`: the only (name, password) that may send.
    """

    certificate: Path | None = None
    implicit: bool = False
    login: tuple[str, str] | None = None
    mechanisms: tuple[str, ...] = MECHANISMS

    def context(self) -> ssl.SSLContext | None:
        """The server's side of TLS; None without a certificate. Raises OSError and ssl.SSLError."""
        if self.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate)
        return context

    def options(self) -> dict[str, Any]:
        """What aiosmtpd calls it. It does not see TLS from the first byte, so only STARTTLS is told to it."""
        starttls = None if self.implicit else self.context()
        return {
            "tls_context": starttls,
            "require_starttls": starttls is not None,
            "auth_require_tls": starttls is not None,
            "auth_exclude_mechanism": [each for each in MECHANISMS if each not in self.mechanisms],
        }

    def admits(self, given: object) -> AuthResult:
        """Whether this is the login."""
        right = isinstance(given, LoginPassword) and self.login is not None
        if right and (given.login.decode(), given.password.decode()) == self.login:  # type: ignore[attr-defined]
            return AuthResult(success=True, auth_data=given)
        return AuthResult(success=False, handled=False)
