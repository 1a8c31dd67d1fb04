"""Tokens by which a function asks others on behalf of somebody who is not there: for work that runs later.

A report is asked for now and made in a minute, or next Monday; the bearer token it was asked with is not kept anywhere.
Why these are safe to believe:

- Only a holder of JWT_SECRET_KEY can make one, and whoever holds that can sign anything else as well. The key is
  derived from it for this purpose alone, so nothing that is signed for another purpose (the platform's tokens, links
  in letters) is ever a token of this kind, nor the other way round, also when the platform signs with RS256 or EdDSA.
- Kind, issuer and audience are fixed and the algorithm is pinned; a token that claims a longer life than a quarter of
  an hour is refused, whoever signed it.
- They read only: the edge refuses them every operation that writes. So one cannot ask for a report, a subscription or
  an erasure, and cannot lead to another of its kind.
- They say who and which role, not which rows: those are looked up at each question, as for everybody.
- They live in a request's header between two functions and are neither stored, logged nor answered with.
"""

import hashlib
import hmac
import time
from collections.abc import Iterable
from typing import Any

import jwt

LONGEST_S = 15 * 60
KIND = "on-behalf+jwt"
ISSUER, AUDIENCE = "repitbot/on-behalf", "repitbot/functions"
_ALGORITHM = "HS256"


def mint(secret: str, *, sub: str, role: str, scopes: Iterable[str] = (), seconds: int = LONGEST_S) -> str:
    """A token for somebody as they were when they asked; it lives for `seconds`, 15 minutes at most.

    Raises ValueError for a longer life.
    """
    if not 0 < seconds <= LONGEST_S:
        raise ValueError(f"a token on somebody's behalf lives for {LONGEST_S} s at most")
    now = int(time.time())
    claims: dict[str, Any] = {"sub": sub, "role": role, "scopes": sorted(scopes), "type": "access"}
    claims |= {"iat": now, "exp": now + seconds, "iss": ISSUER, "aud": AUDIENCE}
    return jwt.encode(claims, _key(secret), algorithm=_ALGORITHM, headers={"typ": KIND})


def is_one(token: str) -> bool:
    """Whether it calls itself one of these. That proves nothing yet: `read` does.

    Raises jwt.PyJWTError when it is no token at all.
    """
    return jwt.get_unverified_header(token).get("typ") == KIND


def read(token: str, secret: str, *, leeway_s: int) -> dict[str, Any]:
    """The claims of one of these. Raises jwt.PyJWTError for any other token, and for one that lives too long."""
    claims: dict[str, Any] = jwt.decode(
        token,
        _key(secret),
        algorithms=[_ALGORITHM],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=leeway_s,
        options={"require": ["exp", "iat", "sub", "iss", "aud"]},
    )
    if claims["exp"] - claims["iat"] > LONGEST_S:
        raise jwt.InvalidTokenError("lives too long")
    return claims


def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"repitbot tokens on behalf of people", hashlib.sha256)
