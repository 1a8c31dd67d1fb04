"""A finished report on its way to its reader, by the same road as every other message."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.generate_report.jobs import telling
from tests.integration.notifications.school import Json
from tests.integration.reports.jobs.bureau import REPORTS, Bureau

CHAT = 700_001


def deliveries(bureau: Bureau) -> list[tuple[str, str, str, str | None]]:
    rows = bureau.sql("SELECT user_id, channel, state, reason FROM deliveries ORDER BY id")
    return [(row["user_id"], row["channel"], row["state"], row["reason"]) for row in rows]


def made(bureau: Bureau, **asked: Any) -> Json:
    """A report, made, with its letter sent."""
    job = bureau.ask(**asked)
    bureau.turn()
    bureau.send_all()
    return job


@pytest.fixture
def tutor(bureau: Bureau) -> Json:
    """Somebody who can be reached on both channels."""
    bureau.person("t-1", telegram_chat_id=CHAT, locale="ru")
    return {"role": "tutor", "sub": "t-1"}


def test_by_mail_it_comes_as_a_file_and_the_ledger_knows(bureau: Bureau, tutor: Json) -> None:
    job = made(bureau, deliver_to="email", **tutor)
    assert job["deliver_to"] == {"channel": "email", "user_id": "t-1"}
    (mail,) = bureau.office.mail(at_least=1)
    assert mail["subject"].startswith("Отчёт готов: ")
    (file,) = mail["attachments"]
    done = bureau.job(job["id"], **tutor)
    assert (file["name"], file["type"], file["size"]) == (done["filename"], "text/csv", done["bytes"])
    assert "приложен к этому письму" in mail["text"]
    assert "/reports/" not in mail["text"]
    assert deliveries(bureau) == [("t-1", "email", "sent", "sent")]
    ledger = bureau.functions["dispatch_notifications"].get("/api/v1/ledger/balance").json
    assert (ledger["balanced"], done["notification_id"] is not None) == (True, True)


def test_on_telegram_it_comes_as_a_document(bureau: Bureau, tutor: Json) -> None:
    job = made(bureau, deliver_to="telegram", locale="en", **tutor)
    (sent,) = bureau.office.telegram(at_least=1)
    assert sent["message"]["document"]["file_name"] == bureau.job(job["id"], **tutor)["filename"]
    assert sent["message"]["caption"].startswith("📊 Report ready")


@pytest.fixture
def small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is made is too large for a letter."""
    monkeypatch.setattr(telling, "LARGEST_COPY", 10)


def link_in(bureau: Bureau) -> str:
    (mail,) = bureau.office.mail(at_least=1)
    assert mail["attachments"] == []
    (link,) = set(re.findall(r"https://[^\s)]+/reports/[\w-]+", mail["text"]))
    assert link.startswith("https://school.example/reports/")
    return str(urlsplit(link).path)


def test_a_large_one_comes_as_a_link_that_makes_fresh_ones(
    bureau: Bureau, tutor: Json, small_letters: None
) -> None:
    made(bureau, deliver_to="email", **tutor)
    path = link_in(bureau)
    opened = [bureau.call("GET", path, role="") for _ in range(2)]
    assert [answer.status_code for answer in opened] == [302, 302]
    location = opened[1].headers["Location"]
    assert location.startswith("/reports/files/")
    assert bureau.follow(location).data.startswith("\ufeff".encode())


@pytest.mark.parametrize("why", ["deleted", "expired", "switched off", "late"])
def test_a_letters_link_ends_in_words(bureau: Bureau, tutor: Json, small_letters: None, why: str) -> None:
    job = made(bureau, deliver_to="email", **tutor)
    path = link_in(bureau)
    if why == "deleted":
        bureau.call("DELETE", f"{REPORTS}/{job['id']}", **tutor)
    if why == "expired":
        bureau.sql("UPDATE reports SET expires_at = now() - interval '1 second'")
    if why == "switched off":
        bureau.person("t-1", active=False)
    if why == "late":
        bureau.set_clock(bureau.functions["generate_report"].clock.replace(year=2027))
    answer = bureau.call("GET", path, role="")
    assert (answer.status_code, answer.content_type) == (410, "text/html; charset=utf-8")
    assert "Отчёта больше нет" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_bent_link_of_a_letter_is_404(bureau: Bureau, tutor: Json, small_letters: None) -> None:
    made(bureau, deliver_to="email", **tutor)
    path = link_in(bureau)
    bent = path[:-1] + ("A" if path[-1] != "A" else "Q")
    assert bureau.call("GET", bent, role="").status_code == 404


def test_whoever_was_switched_off_gets_nothing_and_the_ledger_says_why(bureau: Bureau, tutor: Json) -> None:
    bureau.person("t-2", active=False)
    made(bureau, deliver_to={"channel": "email", "user_id": "t-2"})
    assert deliveries(bureau) == [("t-2", "email", "suppressed", "recipient_inactive")]
    assert bureau.sql("SELECT FROM attachments") == []
    assert bureau.office.mail() == []


def test_whom_the_directory_does_not_know_gets_nothing(bureau: Bureau) -> None:
    made(bureau, deliver_to="email", role="student", sub="nobody")
    assert deliveries(bureau) == [("nobody", "email", "suppressed", "unknown_recipient")]


def test_only_an_admin_sends_a_report_to_others(bureau: Bureau, tutor: Json) -> None:
    to_other = {"channel": "email", "user_id": "t-2"}
    assert bureau.asked(deliver_to=to_other, **tutor).status_code == 403
    assert bureau.asked(deliver_to=to_other).status_code == 202
    assert bureau.asked(deliver_to={"channel": "email", "user_id": "t-1"}, **tutor).status_code == 202


def test_whoever_does_not_want_such_letters_gets_none(bureau: Bureau, tutor: Json) -> None:
    path = "/api/v1/preferences/t-1"
    wishes = bureau.functions["manage_recipients"].call(
        "PATCH", path, json={"groups": {"reports": {"email": False}}}
    )
    assert wishes.status_code == 200
    made(bureau, deliver_to="email", **tutor)
    assert [state for _, _, state, _ in deliveries(bureau)] == ["suppressed"]


def test_a_failed_one_sends_no_letter(bureau: Bureau, tutor: Json) -> None:
    job = bureau.ask(deliver_to="email", **tutor)
    bureau.person("t-1", active=False)
    bureau.turn()
    assert bureau.job(job["id"], **tutor)["state"] == "failed"
    assert deliveries(bureau) == []


def test_the_letters_copy_ends_with_the_file(bureau: Bureau, tutor: Json) -> None:
    job = made(bureau, deliver_to="email", **tutor)
    assert len(bureau.sql("SELECT FROM attachments")) == 1
    bureau.call("DELETE", f"{REPORTS}/{job['id']}", **tutor)
    assert bureau.sql("SELECT FROM attachments") == []
