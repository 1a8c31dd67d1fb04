"""Killed without a warning, the system loses nothing that it had answered with 202."""

import threading
from collections import Counter
from pathlib import Path

from lib.testing.mailbox.office import PostOffice
from tests.acceptance import school
from tests.acceptance.system import System, eventually

TOKEN = "1000000002:kill-of-tests-kill-of-tests-kill"
PEOPLE = 4
# A chat takes one message a second, so this many lessons take as many seconds.
MOST = 20


def test_everything_accepted_before_sigkill_reaches_its_final_state_after_the_next_start(
    tmp_path: Path,
) -> None:
    with PostOffice(tmp_path / "office", token=TOKEN) as office:
        environment = {
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(office.smtp_port),
            "EMAIL_USE_TLS": "false",
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": f"http://127.0.0.1:{office.http_port}",
        }
        system = System(tmp_path, environment)
        system.start()
        system.take(school.registrations())
        accepted: list[str] = []
        writer = threading.Thread(target=_write, args=(system, accepted))
        writer.start()
        eventually(lambda: len(accepted) >= 12)
        system.kill()
        writer.join()
        eventually(lambda: not system.processes(), 40)

        with system:
            known = _known(system)
            assert set(accepted) <= known
            planned = 2 * PEOPLE * (len(known) + 1)
            eventually(lambda: system.settled(planned), 150)
            balance = system.ledger()
            copies = Counter(text.split("Тема ")[1].split()[0] for text in _texts(office))

    assert balance["balanced"]
    assert balance["failed"] == 0
    in_doubt = balance["unknown"]
    expected = 2 * PEOPLE * len(known)
    assert set(copies) == {lesson.removeprefix("created-") for lesson in known}
    assert max(copies.values()) <= 2 * PEOPLE, "a message was sent twice"
    assert expected - in_doubt <= sum(copies.values()) <= expected


def _write(system: System, accepted: list[str]) -> None:
    """One lesson after another until nobody answers any more."""
    for number in range(MOST):
        event = school.lesson_created(f"L{number:03}")
        try:
            answer = system.take([event])
        except OSError:
            return
        except Exception as error:
            if "urllib3" in type(error).__module__:
                return
            raise
        if answer.status == 202:
            accepted.append(event["id"])


def _known(system: System) -> set[str]:
    """The lessons in the event log."""
    found: set[str] = set()
    path, cursor = "/api/v1/events?limit=200&type=lesson.created", ""
    while True:
        page = system.get("ANALYTICS_PORT", path + cursor).json()
        found |= {event["id"] for event in page["items"]}
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def _texts(office: PostOffice) -> list[str]:
    return [m["text"] for m in office.mail()] + [m["text"] for m in office.telegram()]
