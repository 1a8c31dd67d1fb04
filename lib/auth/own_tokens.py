"""Bearer tokens that our own functions sign, by kind; each kind has a key, a type and an issuer of its own.

- Only a holder of JWT_SECRET_KEY can make one, and whoever holds that can sign anything else as well. A kind's key is
  derived from it for that purpose alone, so nothing that is signed for another purpose (the platform's tokens, links
  in letters, another kind) is ever a token of this kind, nor the other way round, also when the platform signs with
  RS256 or EdDSA.
- Kind, issuer and audience are fixed and the algorithm is pinned; a token that claims a longer life than its kind
  allows is refused, whoever signed it.
- They say who and which role, not which rows: those are looked up at each question, as for everybody.
"""

import hashlib
import hmac
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jwt

ALGORITHM = "HS256"
AUDIENCE = "repitbot/functions"


@dataclass(frozen=True, slots=True)
class Kind:
    """`typ` stands in the token's header (RFC 8725, explicit typing); `longest_s` is the longest life in seconds."""

    typ: str
    issuer: str
    purpose: bytes
    longest_s: int

    def mint(self, secret: str, *, sub: str, role: str, scopes: Iterable[str], seconds: int) -> str:
        """A token that lives for `seconds`. Raises ValueError for a longer life than the kind allows."""
        if not 0 < seconds <= self.longest_s:
            raise ValueError(f"a token of the kind {self.typ} lives for {self.longest_s} s at most")
        now = int(time.time())
        claims: dict[str, Any] = {"sub": sub, "role": role, "scopes": sorted(scopes), "type": "access"}
        claims |= {"iat": now, "exp": now + seconds, "iss": self.issuer, "aud": AUDIENCE}
        return jwt.encode(claims, self.key(secret), algorithm=ALGORITHM, headers={"typ": self.typ})

    def read(self, token: str, secret: str, *, leeway_s: int) -> dict[str, Any]:
        """The claims. Raises jwt.PyJWTError for any other token, and for one that lives too long."""
        claims: dict[str, Any] = jwt.decode(
            token,
            self.key(secret),
            algorithms=[ALGORITHM],
            issuer=self.issuer,
            audience=AUDIENCE,
            leeway=leeway_s,
            options={"require": ["exp", "iat", "sub", "iss", "aud"]},
        )
        if claims["exp"] - claims["iat"] > self.longest_s:
            raise jwt.InvalidTokenError("lives too long")
        return claims

    def key(self, secret: str) -> bytes:
        """The key of this kind, from JWT_SECRET_KEY."""
        return hmac.digest(secret.encode(), self.purpose, hashlib.sha256)


def typ_of(token: str) -> str:
    """What a token calls itself. That proves nothing yet: `Kind.read` does.

    Raises jwt.PyJWTError when it is no token at all.
    """
    return str(jwt.get_unverified_header(token).get("typ", ""))
