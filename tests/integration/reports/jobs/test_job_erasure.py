"""An erasure ends every file that could name the person, with its copies; what is being made is made anew."""

import pytest

from functions.generate_report.jobs import telling, working
from functions.generate_report.making import Made, make
from tests.clients import Answer
from tests.integration.notifications.school import Json, event
from tests.integration.reports.jobs.bureau import REPORTS, Bureau

WHO = "s-masha-77"


@pytest.fixture
def masha(bureau: Bureau) -> Bureau:
    """Somebody, and a tutor who asks for reports about everybody."""
    bureau.person(WHO, role="student", name="Мария Зацепина")
    bureau.person("t-1")
    return bureau


def erase(bureau: Bureau) -> Answer:
    answer = bureau.functions["manage_recipients"].call("DELETE", f"/api/v1/recipients/{WHO}/data")
    assert answer.status_code == 200, answer.text
    return answer


def test_every_file_made_before_ends_at_once_and_its_row_stays(masha: Bureau) -> None:
    job = masha.ask(role="tutor", sub="t-1")
    masha.turn()
    link = masha.call("GET", f"{REPORTS}/{job['id']}/download").headers["Location"]
    assert erase(masha).json["counts"]["reports"] == 1
    assert masha.job(job["id"])["state"] == "expired"
    assert masha.call("GET", f"{REPORTS}/{job['id']}/download").status_code == 410
    assert masha.call("GET", link, role="").status_code == 410
    assert masha.turn() == [200]
    assert masha.stored() == []


def test_letters_that_carry_a_report_lose_it_and_do_not_go_out(masha: Bureau) -> None:
    masha.ask(role="tutor", sub="t-1", deliver_to="email")
    masha.turn()
    assert len(masha.sql("SELECT FROM attachments")) == 1
    erase(masha)
    assert masha.sql("SELECT FROM attachments") == []
    assert masha.sql("SELECT state, reason FROM deliveries") == [{"state": "suppressed", "reason": "erased"}]
    masha.send_all()
    assert masha.office.mail() == []


def test_what_is_being_made_meanwhile_is_made_anew(masha: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    job = masha.ask(role="tutor", sub="t-1")
    tries: list[str] = []

    def slow(*given: object) -> Made:
        made = make(*given)  # type: ignore[arg-type]
        if not tries:
            erase(masha)
        tries.append("made")
        return made

    monkeypatch.setattr(working, "make", slow)
    assert masha.turn() == [503]
    assert masha.turn()[-1] == 200
    done = masha.job(job["id"])
    assert (done["state"], len(tries), done["attempts"]) == ("done", 2, 1)
    masha.turn()
    assert len(masha.stored()) == 1


def test_a_file_stored_while_they_are_erased_is_deleted(
    masha: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    masha.ask(role="tutor", sub="t-1")
    copy_of, stored = telling.copy_of, list[str]()

    def slow(*given: object) -> object:
        if not stored:
            stored.extend(masha.stored())
            erase(masha)
        return copy_of(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(telling, "copy_of", slow)
    assert masha.turn() == [503]
    # The log has moved on by then, so that what is made anew is another file.
    masha.sql('UPDATE reports SET parameters = parameters || \'{"tz": "Asia/Omsk"}\'')
    while masha.waiting():
        masha.turn()
    assert len(stored) == 1
    assert len(masha.stored()) == 1
    assert masha.stored() != stored


def test_their_own_reports_are_called_off_and_nothing_names_them(masha: Bureau) -> None:
    own = masha.ask(role="student", sub=WHO)
    about = masha.ask(type="student", parameters={"student_id": WHO, "days": 7}, deliver_to="email")
    erase(masha)
    assert masha.job(own["id"])["state"] == "cancelled"
    left = masha.sql("SELECT to_jsonb(r)::text AS row FROM reports r")
    assert not [row for row in left if WHO in row["row"]]
    assert masha.job(about["id"])["parameters"]["student_id"].startswith("erased-")


def test_nobody_asks_for_a_report_of_somebody_who_is_gone(masha: Bureau) -> None:
    erase(masha)
    body: Json = {"type": "student", "parameters": {"student_id": WHO, "days": 7}}
    assert masha.asked(body).status_code == 404
    assert masha.asked(deliver_to={"channel": "email", "user_id": WHO}).status_code == 404
    assert masha.sql("SELECT FROM reports") == []


def test_what_their_own_token_asks_for_afterwards_is_not_kept_under_their_id(masha: Bureau) -> None:
    masha.take(event("user.login", {"user_id": WHO}, id="l"))
    erase(masha)
    masha.asked(role="student", sub=WHO)
    left = masha.sql("SELECT to_jsonb(r)::text AS row FROM reports r")
    assert not [row for row in left if WHO in row["row"]]
