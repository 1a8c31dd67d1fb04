"""Files that were kept with a notification arrive with its letter."""

import time

from lib.db import attachments
from lib.domain.outcomes import Attachment
from tests.integration.notifications.school import School
from tests.integration.notifications.test_send_email import MUST_ARRIVE, QUEUE, ask

FILES = (
    Attachment("Отчёт за ноябрь.pdf", "application/pdf", bytes(range(256)) * 100),
    Attachment("plan.csv", "text/csv; charset=utf-8", "имя;дата\r\n.\r\n".encode()),
)


def ask_with(school: School, files: tuple[Attachment, ...], kind: str = "custom") -> None:
    school.person("sasha")
    ask(school, kind, data={"title": "Отчёт", "message": "Во вложении."})
    wanted = school.sql("SELECT notification_id::text AS id FROM deliveries")[0]["id"]
    with school.services.db.begin() as conn:
        attachments.save(conn, wanted, files)
        assert attachments.of(conn, wanted) == files


def test_files_arrive_whole_under_their_names(school: School) -> None:
    ask_with(school, FILES)
    school.turn(QUEUE)
    letter = school.office.mail(at_least=1)[0]
    assert letter["attachments"] == [
        {"name": each.filename, "type": each.content_type.partition(";")[0], "size": len(each.content)}
        for each in FILES
    ]
    assert "Во вложении." in letter["text"]


def test_the_second_copy_of_a_letter_has_its_files_too(school: School) -> None:
    school.office.script(smtp=[{"stage": "dot", "action": "accept_and_drop"}])
    ask_with(school, FILES, MUST_ARRIVE)
    school.turn(QUEUE)
    school.pass_time(seconds=10)
    school.turn(QUEUE)
    assert [len(each["attachments"]) for each in school.office.mail(at_least=2)] == [2, 2]


def test_seven_megabytes_fit_into_the_time_of_a_letter(school: School) -> None:
    ask_with(school, (Attachment("big.bin2", "application/octet-stream", bytes(7 * 1024 * 1024)),))
    started = time.monotonic()
    school.turn(QUEUE)
    assert school.states() == [("sasha", "email", "sent", "sent")]
    assert time.monotonic() - started < 8
