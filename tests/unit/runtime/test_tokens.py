"""Who is believed: algorithms pinned, everything required that the platform promises."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from lib.auth.tokens import mint, verify
from lib.errors import BadInput
from lib.runtime.settings import Settings

KEY = "b7c1d6f0a93e4f5582d07c1e6a94b3f8d2e5c7a1"
SETTINGS = Settings(jwt_secret_key=KEY)


def token(key: str = KEY, algorithm: str = "HS256", **changes: Any) -> str:
    now = int(time.time())
    claims = {"sub": "u-1", "role": "tutor", "type": "access", "iat": now, "exp": now + 60, **changes}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm=algorithm)


def test_a_good_token_names_its_bearer() -> None:
    principal = verify(token(scopes=["analytics:read"]), SETTINGS)
    assert (principal.sub, principal.role) == ("u-1", "tutor")
    assert principal.may("analytics:read")
    assert not principal.may("notifications:write")


@pytest.mark.parametrize(
    "bad",
    [
        token(exp=int(time.time()) - 60),
        token(exp=None),
        token(sub=None),
        token(iat=None),
        token(type="refresh"),
        token(role="root"),
        token(key="x" * 40),
        token(key=KEY, algorithm="HS512"),
        jwt.encode({"sub": "u", "role": "admin", "exp": 9e9, "iat": 1}, "", algorithm="none"),
        "not.a.token",
        "a" * 9000,
    ],
)
def test_anything_else_is_refused_with_401(bad: str) -> None:
    with pytest.raises(BadInput) as refused:
        verify(bad, SETTINGS)
    assert refused.value.status == 401


def test_issuer_and_audience_are_required_when_they_are_set() -> None:
    strict = Settings(jwt_secret_key=KEY, jwt_issuer="auth", jwt_audience="functions")
    assert verify(mint(strict, role="admin", sub="a"), strict).role == "admin"
    for wrong in (token(), token(iss="auth"), token(iss="other", aud="functions")):
        with pytest.raises(BadInput):
            verify(wrong, strict)


def test_a_public_key_verifies_its_own_algorithm_and_never_an_hmac_made_with_the_key_text() -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings = Settings(jwt_public_key=public)
    assert verify(token(key=pem, algorithm="EdDSA"), settings).sub == "u-1"
    with pytest.raises(BadInput):
        verify(token(), settings)
