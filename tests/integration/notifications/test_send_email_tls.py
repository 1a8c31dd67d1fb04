"""TLS and signing in over the real dialogue: nothing goes to a server that cannot prove who it is."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from functions.send_email import conversation
from functions.send_email.smtp import SmtpCarrier
from lib.domain.outcomes import ChannelPaused
from lib.errors import Temporary
from lib.runtime.settings import Settings
from lib.testing.mailbox.office import PostOffice
from lib.testing.mailbox.security import Security
from tests.integration.notifications.certificates import Authority, self_signed
from tests.integration.notifications.letter import LETTER, dot

Open = Callable[..., PostOffice]
LOGIN = ("school", "a secret of a test")
IMPLICIT = pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The only one whose signature counts here."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens a post office that is spoken with as `Security` says."""
    running: list[PostOffice] = []

    def open_(certificate: Path | None, *, implicit: bool = False, **options: Any) -> PostOffice:
        folder = tmp_path / f"office{len(running)}"
        office = PostOffice(folder, security=Security(certificate, implicit, **options))
        office.start()
        running.append(office)
        if implicit:
            monkeypatch.setattr(conversation, "IMPLICIT_TLS_PORT", office.smtp_port)
        return office

    yield open_
    for each in running:
        each.stop()


def carrier(office: PostOffice, login: tuple[str, str] = ("", ""), host: str = "127.0.0.1") -> SmtpCarrier:
    return SmtpCarrier(
        Settings(
            email_host=host,
            email_port=office.smtp_port,
            email_use_tls=True,
            email_username=login[0],
            email_password=login[1],
        )
    )


@IMPLICIT
def test_a_trusted_server_gets_the_letter_encrypted(
    authority: Authority, opened: Open, implicit: bool
) -> None:
    office = opened(authority.signs("mail"), implicit=implicit)
    assert carrier(office).send(LETTER, dot).answer == "250 2.0.0 kept"
    assert [each["tls"] for each in office.ledger("smtp", "attempted")] == [True]
    assert len(office.mail()) == 1


def of_another_host(authority: Authority, folder: Path) -> Path:
    return authority.signs("other", x509.DNSName("mail.elsewhere.example"))


def run_out(authority: Authority, folder: Path) -> Path:
    return authority.signs("old", days=-1)


def of_itself(authority: Authority, folder: Path) -> Path:
    return self_signed(folder)


def of_a_stranger(authority: Authority, folder: Path) -> Path:
    return Authority(folder, "stranger").signs("mail")


@IMPLICIT
@pytest.mark.parametrize("wrong", [of_another_host, run_out, of_itself, of_a_stranger])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    authority: Authority,
    opened: Open,
    tmp_path: Path,
    implicit: bool,
    wrong: Callable[[Authority, Path], Path],
) -> None:
    office = opened(wrong(authority, tmp_path), implicit=implicit, login=LOGIN)
    with pytest.raises(Temporary, match="SSLCertVerificationError"):
        carrier(office, LOGIN).send(LETTER, dot)
    assert office.ledger("smtp") == []


def test_the_name_that_was_asked_for_is_the_one_that_counts(authority: Authority, opened: Open) -> None:
    office = opened(authority.signs("mail"))
    with pytest.raises(Temporary, match="SSLCertVerificationError"):
        carrier(office, host="localhost").send(LETTER, dot)
    assert office.ledger("smtp") == []


def test_a_server_without_tls_gets_no_letter_in_the_clear(opened: Open) -> None:
    office = opened(None)
    with pytest.raises(Temporary):
        carrier(office).send(LETTER, dot)
    assert office.ledger("smtp", "attempted") == []


def test_a_server_that_will_not_start_tls_gets_no_letter_in_the_clear(
    authority: Authority, opened: Open
) -> None:
    office = opened(authority.signs("mail"))
    office.script(smtp=[{"stage": "starttls", "code": 454}])
    with pytest.raises(Temporary):
        carrier(office).send(LETTER, dot)
    assert office.ledger("smtp", "attempted") == []


@IMPLICIT
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_it_signs_in_by_what_the_server_offers(
    authority: Authority, opened: Open, implicit: bool, mechanism: str
) -> None:
    office = opened(authority.signs("mail"), implicit=implicit, login=LOGIN, mechanisms=(mechanism,))
    carrier(office, LOGIN).send(LETTER, dot)
    assert [each["by"] for each in office.ledger("smtp", "signed_in")] == [mechanism]
    assert len(office.mail()) == 1


@IMPLICIT
def test_a_refused_login_pauses_the_channel_and_sends_nothing(
    authority: Authority, opened: Open, implicit: bool
) -> None:
    office = opened(authority.signs("mail"), implicit=implicit, login=("school", "right"))
    with pytest.raises(ChannelPaused) as paused:
        carrier(office, ("school", "wrong")).send(LETTER, dot)
    assert paused.value.reason == "login_refused"
    assert office.ledger("smtp", "attempted") == []


@pytest.mark.parametrize("stage", ["connect", "ehlo", "starttls", "auth"])
def test_a_server_that_hangs_on_the_way_to_the_login_costs_its_budget(
    authority: Authority, opened: Open, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "SETTING_UP_S", 0.5)
    office = opened(authority.signs("mail"), login=LOGIN)
    office.script(smtp=[{"stage": stage, "action": "hang"}])
    started = time.monotonic()
    with pytest.raises(Temporary):
        carrier(office, LOGIN).send(LETTER, dot)
    assert time.monotonic() - started < 2
    assert office.ledger("smtp", "attempted") == []
