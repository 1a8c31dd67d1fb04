"""The SMTP server of the post office, driven by smtplib."""

import smtplib
import socket
from pathlib import Path
from typing import Any

import pytest

from lib.testing.mailbox.office import PostOffice
from tests.integration.testing.conftest import letter

RAW = letter().as_bytes()
SENDER, RECEIVER = "bot@school.example", "anna@mail.example"


def send(office: PostOffice, raw: bytes = RAW, to: tuple[str, ...] = (RECEIVER,), timeout: float = 10) -> Any:
    with smtplib.SMTP(office.smtp_host, office.smtp_port, timeout=timeout) as client:
        return client.sendmail(SENDER, list(to), raw)


def test_a_sent_message_can_be_read_back_whole(office: PostOffice) -> None:
    send(office, letter("Тема с эмодзи 👩‍🏫").as_bytes())
    (item,) = office.mail(at_least=1)
    assert item["subject"] == "Тема с эмодзи 👩‍🏫"
    assert item["to"] == [RECEIVER]
    assert item["message_id"] == "<1@school.example>"
    assert "Занятие завтра." in item["text"]
    assert "<b>завтра</b>" in item["html"]


def test_the_ledger_tells_attempted_received_and_accepted_in_order(office: PostOffice) -> None:
    send(office)
    assert [entry["what"] for entry in office.ledger("smtp")] == ["attempted", "received", "accepted"]


def test_mail_is_there_again_after_a_restart_on_the_same_ports(office: PostOffice) -> None:
    send(office)
    ports = office.smtp_port, office.http_port
    office.stop()
    office.start()
    assert (office.smtp_port, office.http_port) == ports
    send(office, letter(number=2).as_bytes())
    assert [item["message_id"] for item in office.mail(at_least=2)] == [
        "<1@school.example>",
        "<2@school.example>",
    ]


def test_every_message_answered_250_survives_sigkill(tmp_path: Path) -> None:
    office = PostOffice(tmp_path, process=True)
    office.start()
    try:
        for number in range(20):
            send(office, letter(number=number).as_bytes())
        office.kill()
        office.start()
        assert len(office.mail()) == 20
        assert len(office.ledger("smtp", "accepted")) == 20
    finally:
        office.stop()


def test_half_a_record_left_by_a_kill_is_cut_off(tmp_path: Path) -> None:
    office = PostOffice(tmp_path)
    with office:
        send(office)
    with (tmp_path / "ledger.jsonl").open("ab") as file:
        file.write(b'{"at": "2026-')
    with office:
        assert len(office.ledger("smtp", "accepted")) == 1


@pytest.mark.parametrize("stage", ["ehlo", "mail", "rcpt", "data", "dot"])
def test_a_scripted_code_is_answered_at_its_stage_once(office: PostOffice, stage: str) -> None:
    # A client that is refused at EHLO tries HELO next.
    count = 2 if stage == "ehlo" else 1
    office.script(smtp=[{"stage": stage, "code": 451, "text": "4.7.1 later", "count": count}])
    with pytest.raises((smtplib.SMTPException, OSError)):
        send(office)
    assert office.mail() == []
    send(office)
    assert len(office.mail()) == 1


def test_a_greeting_of_421_ends_the_connection(office: PostOffice) -> None:
    office.script(smtp=[{"stage": "connect", "code": 421, "text": "4.3.2 busy"}])
    with pytest.raises(smtplib.SMTPConnectError) as raised:
        send(office)
    assert raised.value.smtp_code == 421


def test_421_at_the_dot_closes_the_connection(office: PostOffice) -> None:
    office.script(smtp=[{"stage": "dot", "code": 421}])
    with smtplib.SMTP(office.smtp_host, office.smtp_port, timeout=5) as client:
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail(SENDER, [RECEIVER], RAW)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()


def test_one_recipient_can_be_refused_while_the_others_get_their_mail(office: PostOffice) -> None:
    office.script(
        smtp=[{"stage": "rcpt", "recipient": "gone@mail.example", "code": 550, "text": "5.1.1 unknown"}]
    )
    refused = send(office, to=("gone@mail.example", RECEIVER))
    assert list(refused) == ["gone@mail.example"]
    assert office.mail()[0]["to"] == [RECEIVER]


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data", "dot"])
def test_it_hangs_at_any_stage_until_the_client_gives_up(office: PostOffice, stage: str) -> None:
    office.script(smtp=[{"stage": stage, "action": "hang"}])
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        send(office, timeout=0.3)
    assert office.ledger("smtp", "hung")[0]["stage"] == stage


def test_a_drop_after_the_final_dot_keeps_the_message_and_says_nothing(office: PostOffice) -> None:
    office.script(smtp=[{"stage": "dot", "action": "accept_and_drop"}])
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(office)
    assert len(office.mail(at_least=1)) == 1
    assert [entry["what"] for entry in office.ledger("smtp")][-2:] == ["accepted", "dropped"]


def test_a_drop_before_acceptance_keeps_nothing(office: PostOffice) -> None:
    office.script(smtp=[{"stage": "dot", "action": "drop"}])
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(office)
    assert office.mail() == []


def test_a_fault_can_wait_for_the_third_message_and_then_hit_twice(office: PostOffice) -> None:
    office.script(smtp=[{"stage": "mail", "skip": 2, "count": 2}])
    outcomes = []
    for _ in range(5):
        try:
            send(office)
            outcomes.append(True)
        except smtplib.SMTPException:
            outcomes.append(False)
    assert outcomes == [True, True, False, False, True]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (RAW.replace(b"\r\n", b"\n"), "CR LF"),
        (RAW.replace(b"Date:", b"X-Date:"), "no Date"),
        (RAW.replace(b"Message-ID:", b"X-Id:"), "no Message-ID"),
        (b"Subject: again\r\n" + RAW, "more than one Subject"),
        (b"X-Long: " + b"a" * 995 + b"\r\n" + RAW, "too long|longer than"),
    ],
)
def test_a_malformed_message_is_refused_with_the_reason(office: PostOffice, raw: bytes, reason: str) -> None:
    with socket.create_connection((office.smtp_host, office.smtp_port), 5) as line:
        file = line.makefile("rwb")
        for command in (
            b"",
            b"HELO x\r\n",
            b"MAIL FROM:<a@b.example>\r\n",
            b"RCPT TO:<c@d.example>\r\n",
            b"DATA\r\n",
        ):
            file.write(command)
            file.flush()
            file.readline()
        file.write(raw + b"\r\n.\r\n")
        file.flush()
        answer = file.readline().decode()
    assert answer.startswith("5"), answer
    assert any(part in answer for part in reason.split("|")), answer
    assert office.mail() == []


def test_an_unknown_word_in_a_script_is_refused(office: PostOffice) -> None:
    with pytest.raises(RuntimeError, match="400"):
        office.script(smtp=[{"stage": "rctp"}])
