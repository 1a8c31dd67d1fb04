"""A report that is asked for now and made later: accepted, made, fetched, ended."""

import hashlib
import os
from typing import Any

import pytest

from tests.integration.reports.jobs.bureau import REPORTS, Bureau, login


def test_it_is_accepted_made_and_fetched(bureau: Bureau) -> None:
    job = bureau.ask()
    assert (job["state"], job["progress"], job["attempts"], job["reused"]) == ("queued", 0, 0, False)
    assert job["links"]["download"] == f"{REPORTS}/{job['id']}/download"
    assert bureau.turn() == [200]
    done = bureau.job(job["id"])
    assert (done["state"], done["progress"], done["stage"], done["attempts"]) == ("done", 100, "done", 1)
    data = bureau.fetched(job["id"])
    assert data.startswith("\ufeff".encode())
    assert (len(data), hashlib.sha256(data).hexdigest()) == (done["bytes"], done["sha256"])
    assert bureau.stored() == [f"reports/{done['sha256'][:2]}/{done['sha256']}"]
    assert bureau.published() == ["report.generated"]


def test_the_period_is_fixed_when_it_is_asked_for(bureau: Bureau) -> None:
    parameters = bureau.ask()["parameters"]
    assert sorted(parameters) == ["from", "to", "tz"]
    assert parameters["tz"] == "Europe/Moscow"


def test_the_file_bears_its_name_and_nothing_in_it_may_run(bureau: Bureau) -> None:
    job = bureau.ask(format="csv")
    bureau.turn()
    answer = bureau.call("GET", f"{REPORTS}/{job['id']}/download")
    assert answer.headers["Cache-Control"] == "no-store"
    file = bureau.follow(answer.headers["Location"])
    assert file.headers["Content-Disposition"].startswith('attachment; filename="lesson')
    assert file.headers["Content-Security-Policy"].startswith("sandbox")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "nonsense"}, 400),
        ({"format": "docx"}, 400),
        ({"parameters": {"days": 0}}, 400),
        ({"parameters": {"colour": "red"}}, 400),
        ({"parameters": {"from": "2026-02-01", "to": "2026-01-01"}}, 400),
        ({"parameters": {"tz": "Moscow"}}, 400),
        ({"type": "student"}, 400),
        ({"locale": "fr"}, 400),
        ({"deliver_to": "pigeon"}, 400),
        ({"deliver_to": {"channel": "email", "address": "x@example.com"}}, 400),
    ],
)
def test_what_cannot_be_made_is_refused_at_once(bureau: Bureau, body: dict[str, object], status: int) -> None:
    answer = bureau.asked(body)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert bureau.waiting() == []


def test_excel_is_xlsx(bureau: Bureau) -> None:
    assert bureau.ask(format="excel")["format"] == "xlsx"


def test_before_it_is_ready_the_download_is_a_409_that_says_how_far_it_is(bureau: Bureau) -> None:
    job = bureau.ask()
    answer = bureau.call("GET", f"{REPORTS}/{job['id']}/download")
    assert answer.status_code == 409
    assert "not ready yet: 0 %" in answer.json["detail"]


def test_the_same_wish_of_the_same_figures_gives_the_same_report(bureau: Bureau) -> None:
    first = bureau.ask()
    waiting = bureau.ask()
    assert (waiting["id"], waiting["reused"]) == (first["id"], True)
    bureau.turn()
    done = bureau.ask()
    assert (done["id"], done["reused"], done["state"]) == (first["id"], True, "done")
    assert len(bureau.waiting()) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"format": "html"},
        {"locale": "en"},
        {"parameters": {"days": 8}},
        {"sub": "admin-2"},
        {"role": "tutor"},
    ],
)
def test_another_wish_or_another_person_gets_another(bureau: Bureau, other: dict[str, Any]) -> None:
    assert bureau.ask()["id"] != bureau.ask(**other)["id"]


def test_new_events_make_another_report(bureau: Bureau) -> None:
    first = bureau.ask()
    bureau.take(login(1))
    again = bureau.ask()
    assert again["id"] != first["id"]
    assert not again["reused"]


def test_two_that_come_out_the_same_share_one_file_until_the_last_ends(bureau: Bureau) -> None:
    ids = [bureau.ask(sub=sub)["id"] for sub in ("admin-1", "admin-2")]
    assert bureau.turn() == [200, 200]
    sums = {bureau.job(each)["sha256"] for each in ids}
    assert len(bureau.stored()) == len(sums) == 1
    bureau.call("DELETE", f"{REPORTS}/{ids[0]}")
    bureau.turn()
    assert len(bureau.stored()) == 1
    assert bureau.fetched(ids[1])
    bureau.call("DELETE", f"{REPORTS}/{ids[1]}")
    bureau.turn()
    assert bureau.stored() == []


def test_the_same_key_gives_the_same_answer(bureau: Bureau) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = bureau.ask(headers=headers)
    bureau.take(login(1))
    assert bureau.ask(headers=headers)["id"] == first["id"]
    assert bureau.asked(format="html", headers=headers).status_code == 422


def test_reports_are_listed_newest_first_page_by_page(bureau: Bureau) -> None:
    ids = [bureau.ask(parameters={"days": n})["id"] for n in range(1, 6)]
    seen, cursor = [], ""
    while True:
        page = bureau.call("GET", f"{REPORTS}?limit=2{cursor}").json
        seen += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ids[::-1]
    assert bureau.call("GET", f"{REPORTS}?state=done").json["items"] == []
    assert bureau.call("GET", f"{REPORTS}?cursor=x").status_code == 400


def test_cancelling_one_that_waits_makes_nothing_of_it(bureau: Bureau) -> None:
    job = bureau.ask()
    gone = bureau.call("DELETE", f"{REPORTS}/{job['id']}")
    assert (gone.status_code, gone.json["state"]) == (200, "cancelled")
    assert set(bureau.turn()) == {200}
    assert bureau.stored() == []
    assert bureau.job(job["id"])["attempts"] == 0
    assert bureau.call("GET", f"{REPORTS}/{job['id']}/download").status_code == 410
    assert bureau.call("DELETE", f"{REPORTS}/{job['id']}").json["state"] == "cancelled"
    assert not bureau.ask()["reused"]


def test_deleting_a_finished_one_ends_its_file_at_once(bureau: Bureau) -> None:
    job = bureau.ask()
    bureau.turn()
    link = bureau.call("GET", f"{REPORTS}/{job['id']}/download").headers["Location"]
    assert bureau.call("DELETE", f"{REPORTS}/{job['id']}").json["state"] == "expired"
    assert bureau.call("GET", link, role="").status_code == 410
    assert bureau.call("GET", f"{REPORTS}/{job['id']}/download").status_code == 410
    assert bureau.turn() == [200]
    assert bureau.stored() == []


def test_nobody_has_more_than_twenty_waiting(bureau: Bureau) -> None:
    for days in range(1, 21):
        bureau.ask(parameters={"days": days})
    refused = bureau.asked(parameters={"days": 21})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert len(bureau.waiting()) == 20
    assert bureau.asked(parameters={"days": 21}, sub="admin-2").status_code == 202


def test_files_end_after_their_days_and_rows_stay(bureau: Bureau) -> None:
    job = bureau.ask()
    bureau.turn()
    bureau.sql("UPDATE reports SET expires_at = now() - interval '1 second'")
    assert bureau.call("GET", f"{REPORTS}/{job['id']}/download").status_code == 410
    bureau.tick()
    assert bureau.job(job["id"])["state"] == "expired"
    assert set(bureau.turn()) == {200}
    assert bureau.stored() == []
    assert not bureau.ask()["reused"]


def test_what_was_stored_for_nothing_is_found_and_deleted(bureau: Bureau) -> None:
    job = bureau.ask()
    bureau.turn()
    bureau.store.put("reports/00/orphan", b"x", "text/csv")
    bureau.tick()
    bureau.turn()
    assert "reports/00/orphan" in bureau.stored(), "it may belong to a report whose row is about to say so"
    root = bureau.settings.storage_url.removeprefix("file://")
    os.utime(f"{root}/reports/00/orphan", (0, 0))
    bureau.sql("DELETE FROM schedule_runs")
    bureau.tick()
    assert set(bureau.turn()) == {200}
    assert len(bureau.stored()) == 1
    assert bureau.fetched(job["id"])
