"""Bearer tokens as the platform's auth service issues them (RFC 7519), read and, for local use, minted."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import jwt

from lib.auth.on_behalf import ON_BEHALF
from lib.auth.own_tokens import typ_of
from lib.auth.sessions import SESSION
from lib.errors import BadInput

ROLES = ("admin", "tutor", "student", "parent", "service")
# Clocks of two machines may differ by this much, in seconds.
LEEWAY_S = 10
LONGEST_TOKEN = 8192


class AuthSettings(Protocol):
    """What of the settings decides who is believed."""

    @property
    def jwt_secret_key(self) -> str: ...
    @property
    def jwt_public_key(self) -> str: ...
    @property
    def jwt_issuer(self) -> str: ...
    @property
    def jwt_audience(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling. `sub` is the platform's user id; `role` "" means nobody (an open route).

    `on_behalf`: a function asks for them while they are away; it may only read.
    """

    sub: str = ""
    role: str = ""
    scopes: frozenset[str] = frozenset()
    on_behalf: bool = False

    def may(self, scope: str) -> bool:
        """Whether a service token carries `scope`, its family (`analytics:*`) or everything (`*`)."""
        return bool({"*", scope, f"{scope.partition(':')[0]}:*"} & self.scopes)


NOBODY = Principal()


def verify(token: str, settings: AuthSettings) -> Principal:
    """A bearer token → who it speaks for.

    Algorithms are pinned by the kind of key that is configured: a public key never verifies an HMAC.
    Raises BadInput (401) with one sentence that says what is wrong, never why in detail.
    """
    public = settings.jwt_public_key
    try:
        if len(token) > LONGEST_TOKEN:
            raise jwt.InvalidTokenError("too long")
        for kind in (ON_BEHALF, SESSION):
            if typ_of(token) == kind.typ:
                claims = kind.read(token, settings.jwt_secret_key, leeway_s=LEEWAY_S)
                return replace(_principal(claims), on_behalf=kind is ON_BEHALF)
        claims = jwt.decode(
            token,
            public or settings.jwt_secret_key,
            algorithms=["RS256", "EdDSA"] if public else ["HS256"],
            issuer=settings.jwt_issuer or None,
            audience=settings.jwt_audience or None,
            leeway=LEEWAY_S,
            options={
                "require": ["exp", "iat", "sub"],
                "verify_aud": bool(settings.jwt_audience),
                "verify_iss": bool(settings.jwt_issuer),
            },
        )
    except jwt.ExpiredSignatureError:
        raise BadInput("The token has expired: sign in again.", status=401) from None
    except jwt.PyJWTError:
        raise BadInput("The bearer token is not valid here.", status=401) from None
    return _principal(claims)


def _principal(claims: dict[str, Any]) -> Principal:
    if claims.get("type", "access") != "access":
        raise BadInput("This is a refresh token; an access token is needed.", status=401)
    role, scopes = claims.get("role"), claims.get("scopes") or []
    if role not in ROLES or not str(claims["sub"]).strip():
        raise BadInput("The bearer token names no known role.", status=401)
    if isinstance(scopes, str):
        scopes = scopes.split()
    return Principal(str(claims["sub"]), role, frozenset(map(str, scopes)))


def mint(
    settings: AuthSettings, *, role: str, sub: str, ttl_seconds: int = 12 * 3600, scopes: Sequence[str] = ()
) -> str:
    """A token for local use, signed with the HMAC key. Raises BadInput for an unknown role.

    A service token without scopes named may do everything a service may.
    """
    if role not in ROLES:
        raise BadInput(f"There is no role {role!r}; choose one of {', '.join(ROLES)}.")
    now = int(time.time())
    claims: dict[str, Any] = {
        "sub": sub,
        "role": role,
        "type": "access",
        "iat": now,
        "exp": now + ttl_seconds,
    }
    if role == "service":
        claims["scopes"] = list(scopes) or ["*"]
    claims |= {k: v for k, v in (("iss", settings.jwt_issuer), ("aud", settings.jwt_audience)) if v}
    return jwt.encode(claims, settings.jwt_secret_key, algorithm="HS256")
