"""What a report needs may be away, full, or at fault: it waits, gives up in the end, and says why."""

from pathlib import Path

import pytest
import urllib3

from functions.generate_report.jobs import working
from lib.runtime.settings import Settings
from lib.testing.mailbox.office import PostOffice
from tests.integration.notifications.conftest import settings_of
from tests.integration.reports.jobs.bureau import QUEUE, REPORTS, Bureau
from tests.servers.s3 import ACCESS, S3Server


def root_of(bureau: Bureau) -> Path:
    return Path(bureau.settings.storage_url.removeprefix("file://"))


def test_while_the_storage_is_away_it_waits_and_no_try_is_counted(bureau: Bureau) -> None:
    job, root = bureau.ask(), root_of(bureau)
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text("not a folder")
    for _ in range(5):
        assert bureau.turn() == [503]
    waiting = bureau.job(job["id"])
    assert (waiting["state"], waiting["attempts"]) == ("queued", 0)
    root.unlink()
    assert bureau.turn() == [200]
    assert bureau.job(job["id"])["state"] == "done"


def test_what_waited_for_an_hour_fails_with_a_sentence(bureau: Bureau) -> None:
    job, root = bureau.ask(), root_of(bureau)
    root.write_text("not a folder")
    bureau.turn()
    bureau.sql("UPDATE reports SET started_at = now() - interval '61 minutes'")
    assert bureau.turn() == [200]
    failed = bureau.job(job["id"])
    assert (failed["state"], "целый час" in failed["error"]) == ("failed", True)


def test_while_the_figures_are_away_it_waits(bureau: Bureau) -> None:
    job = bureau.ask()
    there = bureau.functions.clients.pop("query_analytics")
    broken = bureau.settings.model_copy(update={"database_url": "postgresql://x:x@127.0.0.1:1/x"})
    bureau.functions.clients["query_analytics"] = type(there)("query_analytics", broken)
    assert bureau.turn() == [503]
    bureau.functions.clients["query_analytics"] = there
    assert bureau.turn() == [200]
    assert bureau.job(job["id"])["attempts"] == 1


def test_an_error_of_ours_is_tried_three_times(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bureau.ask(locale="en")

    def faulty(*_: object) -> None:
        raise ZeroDivisionError("a secret of the programme")

    monkeypatch.setattr(working, "make", faulty)
    assert [bureau.turn() for _ in range(3)] == [[503], [503], [200]]
    failed = bureau.job(job["id"])
    assert (failed["state"], failed["attempts"]) == ("failed", 3)
    assert "three tries ended with an error" in failed["error"]
    assert "secret" not in failed["error"]
    assert bureau.published() == ["report.failed"]


def test_a_message_of_a_report_that_is_gone_is_done(bureau: Bureau) -> None:
    bureau.ask()
    bureau.sql("DELETE FROM reports")
    assert bureau.turn() == [200]


def test_a_file_that_was_lost_is_not_a_500(bureau: Bureau) -> None:
    job = bureau.ask()
    bureau.turn()
    link = bureau.call("GET", f"{REPORTS}/{job['id']}/download").headers["Location"]
    for key in bureau.stored():
        bureau.store.delete(key)
    assert bureau.call("GET", link, role="").status_code == 410


def test_over_s3_the_download_is_a_presigned_link(database_url: str, office: PostOffice) -> None:
    with S3Server() as server:
        url = f"s3://{server.new_bucket()}/school"
        more = {"storage_url": url, "aws_endpoint_url": server.url, **ACCESS}
        bureau = Bureau(settings_of(database_url, office).model_copy(update=more), office)
        with bureau.functions:
            job = bureau.ask()
            assert bureau.turn() == [200]
            answer = bureau.call("GET", f"{REPORTS}/{job['id']}/download")
            link = answer.headers["Location"]
            assert link.startswith(server.url)
            assert "X-Amz-Expires=300" in link
            data = urllib3.request("GET", link, retries=False).data
            assert data.startswith("\ufeff".encode())
            bureau.call("DELETE", f"{REPORTS}/{job['id']}")
            bureau.turn(QUEUE)
            assert bureau.stored() == []


def test_a_bucket_that_does_not_let_us_in_fails_it_at_once(database_url: str, office: PostOffice) -> None:
    with S3Server() as server:
        more = {"storage_url": "s3://not-there", "aws_endpoint_url": server.url, **ACCESS}
        settings: Settings = settings_of(database_url, office).model_copy(update=more)
        bureau = Bureau(settings, office)
        with bureau.functions:
            job = bureau.ask()
            assert bureau.turn() == [200]
            assert "хранилище отказало" in bureau.job(job["id"])["error"]
