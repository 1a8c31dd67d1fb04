"""Tokens of our own, by kind: believed for what they are, and never taken for, or made from, anything else."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from lib.auth import on_behalf, sessions, tokens
from lib.auth.on_behalf import ON_BEHALF
from lib.auth.own_tokens import AUDIENCE, Kind
from lib.auth.sessions import SESSION
from lib.auth.tokens import verify
from lib.errors import BadInput
from lib.runtime.settings import Settings, SettingsError, load

KEY = "b7c1d6f0a93e4f5582d07c1e6a94b3f8d2e5c7a1"
PRIVATE = Ed25519PrivateKey.generate()
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
HMAC = Settings(jwt_secret_key=KEY)
PAIR = Settings(jwt_secret_key=KEY, jwt_public_key=PUBLIC, jwt_issuer="auth", jwt_audience="school")


KINDS = {"on behalf": ON_BEHALF, "session": SESSION}


def forged(kind: Kind, key: Any, algorithm: str = "HS256", typ: str = "", **changes: Any) -> str:
    now = int(time.time())
    claims = {"sub": "t-1", "role": "tutor", "scopes": [], "type": "access", "iat": now, "exp": now + 60}
    claims |= {"iss": kind.issuer, "aud": AUDIENCE, **changes}
    return jwt.encode(claims, key, algorithm=algorithm, headers={"typ": typ or kind.typ})


@pytest.mark.parametrize(
    "settings", [HMAC, PAIR], ids=["platform signs by HMAC", "platform signs by key pair"]
)
def test_it_speaks_for_whoever_asked_and_only_reads(settings: Settings) -> None:
    token = on_behalf.mint(KEY, sub="t-1", role="service", scopes=["analytics:read"])
    who = verify(token, settings)
    assert (who.sub, who.role, set(who.scopes), who.on_behalf) == ("t-1", "service", {"analytics:read"}, True)


def test_the_platforms_own_tokens_are_not_of_this_kind() -> None:
    assert not verify(tokens.mint(HMAC, role="tutor", sub="t-1"), HMAC).on_behalf


@pytest.mark.parametrize("seconds", [0, -1, 15 * 60 + 1, 10**9])
def test_none_is_made_that_lives_for_longer_than_a_quarter_of_an_hour(seconds: int) -> None:
    with pytest.raises(ValueError, match="900 s"):
        on_behalf.mint(KEY, sub="t-1", role="tutor", seconds=seconds)


def wrong(kind: Kind, other: Kind) -> dict[str, str]:
    derived, now = kind.key(KEY), int(time.time())
    return {
        "signed with the platform's own key": forged(kind, KEY),
        "signed with another school's": forged(kind, kind.key("x" * 40)),
        "signed with another kind's": forged(kind, other.key(KEY)),
        "of another kind, signed with this one's": forged(kind, derived, typ=other.typ),
        "signed with the text of the public key": jwt.api_jws.encode(
            b"{}", derived, algorithm="HS256", headers={"typ": kind.typ}
        ),
        "signed by the platform's key pair": forged(kind, PEM, "EdDSA"),
        "without a signature": forged(kind, "", "none"),
        "with a longer hash": forged(kind, derived, "HS512"),
        "of the platform's kind, signed with the derived key": forged(kind, derived, typ="JWT"),
        "too long a life": forged(kind, derived, exp=now + kind.longest_s + 60),
        "a life that began long ago": forged(kind, derived, iat=0),
        "over": forged(kind, derived, iat=now - 800, exp=now - 20),
        "for another audience": forged(kind, derived, aud="school"),
        "from another issuer": forged(kind, derived, iss=other.issuer),
        "of an unknown role": forged(kind, derived, role="root"),
        "of nobody": forged(kind, derived, sub=" "),
        "a refresh token": forged(kind, derived, type="refresh"),
    }


WRONG = {
    f"{what} ({name})": token
    for name, kind in KINDS.items()
    for what, token in wrong(kind, SESSION if kind is ON_BEHALF else ON_BEHALF).items()
}


@pytest.mark.parametrize("settings", [HMAC, PAIR], ids=["HMAC", "pair"])
@pytest.mark.parametrize("what", WRONG)
def test_one_is_refused_that_is(what: str, settings: Settings) -> None:
    with pytest.raises(BadInput) as refused:
        verify(WRONG[what], settings)
    assert refused.value.status == 401


@pytest.mark.parametrize("settings", [HMAC, PAIR], ids=["HMAC", "pair"])
def test_a_session_is_the_persons_own_with_writing(settings: Settings) -> None:
    who = verify(sessions.mint(KEY, sub="p-1", role="parent"), settings)
    assert (who.sub, who.role, who.scopes, who.on_behalf) == ("p-1", "parent", frozenset(), False)


def test_nobody_signs_in_as_a_program_or_for_longer_than_half_a_day() -> None:
    with pytest.raises(ValueError, match="service"):
        sessions.mint(KEY, sub="x", role="service")
    with pytest.raises(ValueError, match="43200 s"):
        sessions.mint(KEY, sub="x", role="tutor", seconds=12 * 3600 + 1)


def test_production_wants_a_good_key_also_where_the_platform_signs_with_a_pair(tmp_path: Any) -> None:
    environment = {"ENVIRONMENT": "production", "JWT_PUBLIC_KEY": PUBLIC}
    with pytest.raises(SettingsError, match="JWT_SECRET_KEY"):
        load(environment, tmp_path)
    assert load({**environment, "JWT_SECRET_KEY": KEY}, tmp_path).jwt_public_key
