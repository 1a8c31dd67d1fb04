"""DKIM signatures, checked by the verifier that a receiver would use."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from functions.send_email.mime import assemble
from functions.send_email.signature import signer_of
from lib.domain.outcomes import Attachment
from lib.runtime.settings import Settings, SettingsError, load
from tests.unit.notifications.test_mime import LETTER, SENDER

PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
PKCS8 = serialization.PrivateFormat.PKCS8


def pem(key: Any, form: serialization.PrivateFormat = PKCS8) -> str:
    text: bytes = key.private_bytes(PEM, form, serialization.NoEncryption())
    return text.decode()


RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
KEYS = {
    "rsa": (pem(RSA), RSA.public_key().public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo)),
    "ed25519": (pem(ED25519), ED25519.public_key().public_bytes_raw()),
}


def signed(kind: str, letter: Any = LETTER) -> bytes:
    own = Settings(dkim_domain="school.example", dkim_selector="s2026", dkim_private_key=KEYS[kind][0])
    return signer_of(own)(assemble(letter, SENDER))


def holds(raw: bytes, kind: str) -> bool:
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return b"v=DKIM1; k=%s; p=%s" % (kind.encode(), b64encode(KEYS[kind][1]))

    verdict: bool = dkim.verify(raw, dnsfunc=dns)
    assert set(asked) <= {b"s2026._domainkey.school.example."}
    return verdict


@pytest.mark.parametrize("kind", KEYS)
def test_a_receiver_can_tell_that_the_letter_is_ours(kind: str) -> None:
    file = Attachment("Отчёт.pdf", "application/pdf", bytes(1000))
    for letter in (LETTER, replace(LETTER, attachments=(file,)), replace(LETTER, unsubscribe_url=None)):
        assert holds(signed(kind, letter), kind)


def test_the_signature_covers_what_a_reader_and_a_mail_client_rely_on() -> None:
    head = re.sub(rb"\r\n[ \t]+", b" ", signed("ed25519")).split(b"\r\n")[0].decode()
    fields = dict(part.strip().split("=", 1) for part in head.partition(":")[2].split(";"))
    names = re.split(r"\s*:\s*", fields["h"])
    assert fields["c"] == "relaxed/relaxed"
    assert set(names) == {
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "mime-version",
        "content-type",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"To: sasha@", b"To: masha@"),
        (b"List-Unsubscribe: <https://school", b"List-Unsubscribe: <https://thief"),
        (b"From: ", b"From: thief@example.com\r\nFrom: "),
        (b"Subject: ", b"Subject: You won\r\nSubject: "),
        (b"Date: ", b"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nX-Date: "),
        (b"0L/RgNC40LLQtdGC", b"0L/RgNC40LLQtdG0"),
    ],
)
def test_a_letter_changed_on_the_way_shows_it(before: bytes, after: bytes) -> None:
    raw = signed("ed25519", replace(LETTER, text="привет"))
    assert holds(raw, "ed25519")
    assert before in raw
    assert not holds(raw.replace(before, after, 1), "ed25519")


def test_relays_may_fold_and_space_as_they_do() -> None:
    raw = (
        signed("rsa")
        .replace(b"Subject: ", b"subject:   ")
        .replace(b"MIME-Version: 1.0", b"MIME-Version:  1.0")
    )
    assert holds(raw, "rsa")


def test_without_a_key_nothing_is_added() -> None:
    raw = assemble(LETTER, SENDER)
    assert signer_of(Settings())(raw) == raw
    assert signer_of(Settings(dkim_domain="school.example"))(raw) == raw


def environment(key: str) -> dict[str, str]:
    return {"DKIM_DOMAIN": "school.example", "DKIM_SELECTOR": "s2026", "DKIM_PRIVATE_KEY": key}


def test_a_key_may_stand_on_one_line_or_in_a_file(tmp_path: Path) -> None:
    key = KEYS["rsa"][0]
    (tmp_path / "dkim-private-key").write_text(key)
    mounted = load({"DKIM_DOMAIN": "school.example", "DKIM_SELECTOR": "s2026"}, tmp_path)
    assert load(environment(key.replace("\n", "\\n")), tmp_path / "none") == mounted
    assert mounted.dkim_private_key == key.strip()
    assert "PRIVATE KEY" not in repr(mounted)


def locked() -> str:
    way = serialization.BestAvailableEncryption(b"a passphrase")
    return ED25519.private_bytes(PEM, PKCS8, way).decode()


def public() -> str:
    return ED25519.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: "a phrase",
        lambda: KEYS["rsa"][0][:200],
        public,
        locked,
        lambda: pem(ec.generate_private_key(ec.SECP256R1())),
    ],
)
def test_a_wrong_key_stops_the_start_with_its_name_and_without_the_key(
    wrong: Callable[[], str], tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as stopped:
        load(environment(wrong()), tmp_path)
    assert re.match(r"DKIM_PRIVATE_KEY is wrong: must be an? [^\n]{10,60}\.$", str(stopped.value))


@pytest.mark.parametrize("lacking", ["DKIM_DOMAIN", "DKIM_SELECTOR"])
def test_a_key_without_its_place_stops_the_start(lacking: str, tmp_path: Path) -> None:
    given = environment(KEYS["rsa"][0]) | {lacking: ""}
    with pytest.raises(SettingsError, match=f"^{lacking} is missing"):
        load(given, tmp_path)
