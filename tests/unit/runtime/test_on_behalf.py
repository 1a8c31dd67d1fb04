"""Tokens on somebody's behalf: believed for what they are, and never taken for, or made from, anything else."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from lib.auth import on_behalf, tokens
from lib.auth.tokens import verify
from lib.errors import BadInput
from lib.runtime.settings import Settings, SettingsError, load

KEY = "b7c1d6f0a93e4f5582d07c1e6a94b3f8d2e5c7a1"
PRIVATE = Ed25519PrivateKey.generate()
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
HMAC = Settings(jwt_secret_key=KEY)
PAIR = Settings(jwt_secret_key=KEY, jwt_public_key=PUBLIC, jwt_issuer="auth", jwt_audience="school")


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    known = {"sub": "t-1", "role": "tutor", "scopes": [], "type": "access", "iat": now, "exp": now + 60}
    known |= {"iss": on_behalf.ISSUER, "aud": on_behalf.AUDIENCE}
    return {**known, **changes}


def forged(key: Any, algorithm: str = "HS256", typ: str = on_behalf.KIND, **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers={"typ": typ})


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


DERIVED = on_behalf._key(KEY)
WRONG = {
    "signed with the platform's own key": forged(KEY),
    "signed with another school's": forged(on_behalf._key("x" * 40)),
    "signed with the text of the public key": jwt.api_jws.encode(
        b"{}", DERIVED, algorithm="HS256", headers={"typ": on_behalf.KIND}
    ),
    "signed by the platform's key pair": forged(PEM, "EdDSA"),
    "without a signature": forged("", "none"),
    "with a longer hash": forged(DERIVED, "HS512"),
    "of the platform's kind, signed with the derived key": forged(DERIVED, typ="JWT"),
    "too long a life": forged(DERIVED, exp=int(time.time()) + 3600),
    "a life that began long ago": forged(DERIVED, iat=0),
    "over": forged(DERIVED, iat=int(time.time()) - 800, exp=int(time.time()) - 20),
    "for another audience": forged(DERIVED, aud="school"),
    "from another issuer": forged(DERIVED, iss="auth"),
    "of an unknown role": forged(DERIVED, role="root"),
    "of nobody": forged(DERIVED, sub=" "),
    "a refresh token": forged(DERIVED, type="refresh"),
}


@pytest.mark.parametrize("settings", [HMAC, PAIR], ids=["HMAC", "pair"])
@pytest.mark.parametrize("what", WRONG)
def test_one_is_refused_that_is(what: str, settings: Settings) -> None:
    with pytest.raises(BadInput) as refused:
        verify(WRONG[what], settings)
    assert refused.value.status == 401


def test_production_wants_a_good_key_also_where_the_platform_signs_with_a_pair(tmp_path: Any) -> None:
    environment = {"ENVIRONMENT": "production", "JWT_PUBLIC_KEY": PUBLIC}
    with pytest.raises(SettingsError, match="JWT_SECRET_KEY"):
        load(environment, tmp_path)
    assert load({**environment, "JWT_SECRET_KEY": KEY}, tmp_path).jwt_public_key
