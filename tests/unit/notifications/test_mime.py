"""A letter as bytes, read back by an independent parser."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from functions.send_email.mime import assemble
from lib.domain.catalogue import TYPES
from lib.domain.outcomes import Attachment, Letter
from lib.errors import BadInput

LETTER = Letter(
    delivery_id="01a20554-9c06-78de-b12d-706e76870ee8",
    user_id="sasha",
    kind=TYPES["lesson_created"],
    address="sasha@example.com",
    subject="Новое занятие: Математика, среда, 25 ноября, 17:00 — и ещё немного длинных слов для переноса строки",
    text="Привет\n.\nточка",
    html="<p>Привет</p>\n",
    message_id="<a.b@school.example>",
    date=datetime(2026, 11, 25, 14, tzinfo=UTC),
    unsubscribe_url="https://school.example/unsubscribe/abc",
)
SENDER = "Школа <no-reply@school.example>"


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_it_reads_back_as_it_was_meant() -> None:
    message = parsed(assemble(LETTER, SENDER))
    assert message["Subject"] == LETTER.subject
    assert str(message["From"]) == SENDER
    assert message["Message-ID"] == LETTER.message_id
    assert message["Date"].datetime == LETTER.date
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert plain.get_content() == LETTER.text.replace("\n", "\r\n")
    assert html.get_content_type() == "text/html"
    assert [type(each) for each in message.defects] == []


def test_it_is_ascii_with_crlf_and_short_lines() -> None:
    raw = assemble(LETTER, SENDER)
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 78 + len("List-Unsubscribe: ")


def test_the_same_letter_is_the_same_bytes() -> None:
    assert assemble(LETTER, SENDER) == assemble(LETTER, SENDER)


def test_what_looks_encoded_is_not_decoded_into_something_else() -> None:
    subject = "=?utf-8?q?Hello?="
    assert b"Subject: =?utf-8?q?Hello?=\r\n" not in assemble(replace(LETTER, subject=subject), SENDER)


@pytest.mark.parametrize("subject", ["x\r\nBcc: a@b", "=?utf-8?q?Hi=0D=0ABcc:_x=40y?="])
def test_no_header_can_be_smuggled_in(subject: str) -> None:
    with pytest.raises(BadInput):
        assemble(replace(LETTER, subject=subject), SENDER)


FILES = (
    Attachment("Отчёт за ноябрь — итоги.pdf", "application/pdf", bytes(range(256)) * 40),
    Attachment("plan.csv", "text/csv; charset=utf-8", "имя;дата\n.\n".encode()),
    Attachment("очень " * 18 + "длинное имя.txt", "text/plain", b""),
)


def strictly(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.strict)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert [str(each) for each in part.defects] == []
        assert [str(each) for value in part.values() for each in value.defects] == []
    return message


def test_files_come_through_whole_under_their_own_names() -> None:
    message = strictly(assemble(replace(LETTER, attachments=FILES), SENDER))
    assert message.get_content_type() == "multipart/mixed"
    words, *files = message.iter_parts()
    assert isinstance(words, EmailMessage)
    assert words.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in words.iter_parts()] == ["text/plain", "text/html"]
    found = [(each.get_filename(), each.get_payload(decode=True)) for each in files]
    assert found == [(each.filename, each.content) for each in FILES]
    assert [each.get_content_disposition() for each in files] == ["attachment"] * 3
    assert files[1].get_content_charset() == "utf-8"


def test_a_letter_with_files_is_ascii_with_crlf_and_short_lines() -> None:
    raw = assemble(replace(LETTER, attachments=FILES), SENDER)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 78 + len("List-Unsubscribe: ")
    assert raw == assemble(replace(LETTER, attachments=FILES), SENDER)


def test_a_letter_without_files_is_strictly_right_too() -> None:
    assert strictly(assemble(LETTER, SENDER)).get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    "name", ['a "b".txt', "back\\slash.txt", "50%.txt", "a'b.txt", "ж" * 120, "😀.png", "a;b=c.txt"]
)
def test_any_name_of_a_file_comes_back(name: str) -> None:
    one = (Attachment(name, "text/plain", b"x"),)
    files = list(strictly(assemble(replace(LETTER, attachments=one), SENDER)).iter_attachments())
    assert [each.get_filename() for each in files] == [name]
