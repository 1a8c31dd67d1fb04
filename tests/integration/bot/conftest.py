"""A small school with every function the bot asks, a Bot API, and one person of each role with a chat."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.render_chart import drawing
from lib.runtime.settings import Settings
from lib.testing.mailbox.office import PostOffice
from lib.testing.simulator.school import events as simulated
from tests.integration.analytics.conftest import BATCH
from tests.integration.bot.phone import Phone
from tests.integration.runtime.served import Served

NAMES = (
    "answer_telegram",
    "send_telegram",
    "dispatch_notifications",
    "manage_recipients",
    "aggregate_events",
    "query_analytics",
    "render_chart",
    "generate_report",
)
ADMIN, TUTOR, MAMA, MASHA, STRANGER = 71, 72, 73, 74, 99
CHATS = {"admin": ADMIN, "tutor": TUTOR, "parent": MAMA, "student": MASHA}
Json = dict[str, Any]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """Telegram's side: what it shows is the truth."""
    with PostOffice(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def serve(office: PostOffice) -> Iterator[Callable[..., Served]]:
    """Makes a school: `serve(database_url, redis_url)`, with a Bot API of its own as the third argument."""
    made: list[Served] = []

    def make(database_url: str, redis_url: str, telegram: PostOffice = office) -> Served:
        settings = Settings(
            environment="test",
            database_url=database_url,
            redis_url=redis_url,
            bot_token=telegram.token,
            telegram_api_url=telegram.url,
            telegram_webhook_secret="a-secret-of-this-test",
            jwt_secret_key="a-key-of-this-test-that-is-long-enough-0123456789",
            public_url="https://school.example",
        )
        made.append(Served(settings, *NAMES).__enter__())
        for client in made[-1].clients.values():
            client.clock = datetime.now(UTC)
        return made[-1]

    yield make
    for each in made:
        each.__exit__()


@pytest.fixture
def phone(serve: Callable[..., Served], database_url: str, redis_url: str, office: PostOffice) -> Phone:
    """Four people, each with a chat; no events."""
    served = serve(database_url, redis_url)
    for user_id, fields in PEOPLE.items():
        person(served, user_id, **fields)
    return Phone(served, office)


PEOPLE: dict[str, Json] = {
    "admin-1": {"role": "admin", "name": "Вера", "telegram_chat_id": ADMIN},
    "olga": {"role": "tutor", "name": "Ольга", "telegram_chat_id": TUTOR},
    "masha": {"role": "student", "name": "Маша", "telegram_chat_id": MASHA},
    "petya": {"role": "student", "name": "Петя"},
    "stranger-child": {"role": "student", "name": "Чужой"},
    "mama": {"role": "parent", "name": "Анна", "telegram_chat_id": MAMA, "child_ids": ["masha", "petya"]},
}


def person(served: Served, user_id: str, **fields: Any) -> None:
    """Put somebody in the directory."""
    body = {"email": f"{user_id}@example.com", **fields}
    answer = served["manage_recipients"].call("PUT", f"/api/v1/recipients/{user_id}", json=body)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def lessons(phone: Phone) -> Phone:
    """Two weeks of a simulated school besides, and lessons of olga's with masha, petya and the strangers' child."""
    events = list(simulated(students=8, days=14, seed=7, until=datetime.now(UTC).date()))
    events += [each for n in range(12) for each in _lesson(n)]
    for start in range(0, len(events), 1000):
        door = phone.served["aggregate_events"]
        answer = door.post(
            "/api/v1/events", json=events[start : start + 1000], content_type=BATCH, role="service"
        )
        assert answer.status_code == 202, answer.text
    phone.sql("DELETE FROM outbox")
    return phone


def _lesson(n: int) -> list[Json]:
    """Three of petya's, four of masha's, five of somebody else's with another tutor."""
    student = "petya" if n < 3 else "masha" if n < 7 else "stranger-child"
    tutor = "olga" if n < 7 else "another-tutor"
    today = datetime.now(UTC).date().toordinal()
    starts = datetime.combine(date.fromordinal(today - 1 - n % 5), datetime.min.time(), UTC).replace(hour=9)
    told = {
        "lesson_id": f"own-{n}",
        "student_id": student,
        "tutor_id": tutor,
        "starts_at": starts.isoformat(),
        "subject": "Физика",
        "price": "1500.00",
        "currency": "RUB",
    }
    marked = {"lesson_id": f"own-{n}", "attendance_status": "attended"}
    return [_event("lesson.created", told, n), _event("lesson.attendance_marked", marked, n)]


def _event(kind: str, data: Json, n: int) -> Json:
    return {
        "specversion": "1.0",
        "id": f"{kind}-{n}",
        "source": "tests",
        "type": kind,
        "time": datetime.now(UTC).isoformat(),
        "data": data,
    }


@pytest.fixture(scope="module", autouse=True)
def _no_drawing_process_is_left_behind() -> Iterator[None]:
    yield
    drawing.close()
