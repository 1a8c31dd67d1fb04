"""A school whose every store can be read as text, and a person who is in all of them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
from sqlalchemy import text
from werkzeug.test import TestResponse

from functions.aggregate_events import main as aggregate_events
from functions.run_schedules import main as run_schedules
from lib.domain.rollups import FINE, ROLLUPS
from lib.runtime.services import Services
from lib.testing.mailbox.office import PostOffice
from tests.integration.notifications.school import Json, School, event

WHO, CHAT = "s-masha-77", 900_000_012_345
NAME, EMAIL, PHONE = "Мария Зацепина", "zatsepina.m@mail.example", "+79161112233"
OLD_EMAIL = "m.zatsepina.old@mail.example"
TRACES = (NAME, EMAIL, PHONE, str(CHAT), OLD_EMAIL)
BATCH = "application/cloudevents-batch+json"
ZONES = ("Europe/Moscow", "Asia/Vladivostok", "America/Halifax")
TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
    "AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"
)


class Archive(School):
    """`school.py` with the log, the figures and the schedule."""

    def __init__(self, services: Services, office: PostOffice) -> None:
        super().__init__(services, office)
        for module in (aggregate_events, run_schedules):
            self.functions[module.app.name] = module.app.bind(services)

    def take(self, events: list[Json]) -> Json:
        """Events by HTTP."""
        return self.ok(
            "POST",
            "/api/v1/events",
            events,
            function="aggregate_events",
            role="service",
            content_type=BATCH,
        )

    def erase(self, user_id: str = WHO, **options: Any) -> TestResponse:
        """The call."""
        return self.call("DELETE", f"/api/v1/recipients/{user_id}/data", **options)

    def erased(self, user_id: str = WHO, **options: Any) -> Json:
        """The act."""
        return self.ok("DELETE", f"/api/v1/recipients/{user_id}/data", **options)

    def tick(self) -> None:
        """The platform's cron."""
        with self._web("run_schedules").test_client() as client:
            client.post("/", data=b"", headers={"X-Topic": "cron-function"})

    def totals(self, **whose: str) -> dict[str, Any]:
        """The sums of every roll-up by local day in several zones; `whose`: of one person's rows only."""
        return {
            f"{table} {zone}": self._by_day(table, zone, whose)
            for table in ROLLUPS
            for zone in ZONES
            if set(whose) <= set(FINE[table].keys if table in FINE else ())
        }

    def _by_day(self, table: str, zone: str, whose: dict[str, str]) -> Any:
        counts = ROLLUPS[table].counts
        first = ROLLUPS[table].keys[0]
        day = first if first == "day" else f"(slot AT TIME ZONE '{zone}')::date"
        sums = ", ".join(f"sum({name}) AS {name}" for name in counts)
        where = " AND ".join(["true", *(f"{name} = :{name}" for name in whose)])
        some = " OR ".join(f"sum({name}) <> 0" for name in counts)
        return self.sql(
            f"SELECT {day} AS day, {sums} FROM {table} WHERE {where} GROUP BY 1 HAVING {some} ORDER BY 1",  # noqa: S608
            **whose,
        )

    def dump(self) -> Iterator[tuple[str, str]]:
        """Every row of every table, and every key of the cache: (where, text)."""
        with self.services.db.connect() as conn:
            for table in conn.execute(text(TABLES)).scalars().all():
                for row in conn.execute(text(f'SELECT to_jsonb(t)::text FROM "{table}" t')).scalars():  # noqa: S608
                    yield table, row
        client = redis.Redis.from_url(self.services.settings.redis_url, decode_responses=True)
        for key in client.scan_iter():
            yield "redis", f"{key} {client.get(key)!r}"

    def remains(self, user_id: str = WHO, traces: tuple[str, ...] = TRACES) -> list[tuple[str, str]]:
        """Where anything of the person still stands."""
        token = re.compile(rf"(?<![\w-]){re.escape(user_id)}(?![\w-])")
        spelt = [form for t in traces for form in (t, json.dumps(t)[1:-1])]
        return [
            (place, found)
            for place, found in self.dump()
            if token.search(found) or any(form.lower() in found.lower() for form in spelt)
        ]

    def rows(self, table: str) -> list[str]:
        """A table as texts, in no order of its own."""
        return sorted(found for place, found in self.dump() if place == table)


def at(**ago: float) -> str:
    """An instant so long ago."""
    return (datetime.now(UTC).replace(microsecond=0) - timedelta(**ago)).isoformat()


def told(kind: str, data: Json, n: object, **ago: float) -> Json:
    """An event of the past."""
    return event(kind, data, id=f"{kind}-{n}", ago=timedelta(**ago))


def a_year() -> list[Json]:
    """The log of a small school in which the person has a part in everything."""
    return [*_people(), *_lessons(), *_work(), *_money(), *_materials(), *_words()]


def _people() -> list[Json]:
    mine = {"user_id": WHO, "role": "student", "name": NAME, "phone": PHONE, "parent_ids": ["p-anna"]}
    return [
        told("user.registered", {**mine, "email": OLD_EMAIL}, f"of-{WHO}", days=90),
        told("user.updated", {"user_id": WHO, "email": EMAIL, "telegram_chat_id": CHAT}, f"x/{WHO}", days=80),
        told(
            "user.registered",
            {"user_id": "s-petya", "role": "student", "name": "Пётр Иной"},
            "petya",
            days=90,
        ),
        told(
            "user.registered",
            {"user_id": "p-anna", "role": "parent", "name": "Анна З.", "email": "anna@mail.example"},
            "anna",
            days=90,
        ),
        told(
            "user.registered",
            {"user_id": "t-olga", "role": "tutor", "email": "o@mail.example"},
            "olga",
            days=91,
        ),
        *(
            told("user.login", {"user_id": user}, f"{user}-{n}", days=n)
            for user in (WHO, "s-petya")
            for n in (3, 9)
        ),
    ]


def _lessons() -> list[Json]:
    events = []
    for n in range(1, 9):
        student = WHO if n % 2 else "s-petya"
        data = {
            **{
                "lesson_id": f"l-{n}",
                "student_id": student,
                "tutor_id": "t-olga",
                "starts_at": at(days=n * 3),
            },
            **{"subject": "Физика", "topic": f"Для {NAME}", "price": "1500.00", "currency": "RUB"},
        }
        events.append(told("lesson.created", data, n, days=n * 3 + 5))
        marked = {"lesson_id": f"l-{n}", "attendance_status": "attended", "student_rating": 5}
        events.append(told("lesson.attendance_marked", marked, n, days=n * 3 - 1))
    late = {"lesson_id": "l-1", "student_id": WHO, "reason": f"{NAME} заболела", "cancelled_by": WHO}
    ahead = {
        **{"lesson_id": "l-99", "student_id": WHO, "tutor_id": "t-olga", "subject": "Физика"},
        "starts_at": (datetime.now(UTC) + timedelta(days=2)).isoformat(),
    }
    return [
        *events,
        told("lesson.cancelled", late, "late", hours=30),
        told("lesson.created", ahead, 99, minutes=5),
    ]


def _work() -> list[Json]:
    work = {"homework_id": "h-1", "subject": "Физика", "tutor_id": "t-olga"}
    graded = {"score": 4, "feedback": f"{NAME}, молодец! Пиши на {EMAIL}"}
    both = (WHO, "s-petya")
    return [
        event
        for student in both
        for event in (
            told("homework.assigned", {**work, "student_id": student, "due_at": at(days=1)}, student, days=5),
            told("homework.submitted", {**work, "student_id": student}, student, days=3),
            told("homework.graded", {**work, **graded, "student_id": student}, student, hours=2),
        )
    ]


def _money() -> list[Json]:
    paid = {"amount": "12000.00", "currency": "RUB", "method": "card", "lessons": 8, "tutor_id": "t-olga"}
    return [
        told("payment.processed", {**paid, "payment_id": "pay-1", "student_id": WHO}, 1, days=20),
        told("payment.processed", {**paid, "payment_id": "pay-2", "student_id": "s-petya"}, 2, days=20),
        told("payment.refunded", {"payment_id": "pay-1", "student_id": WHO, "amount": "1500.00"}, 1, days=2),
        told(
            "payment.failed",
            {"payment_id": "pay-3", "student_id": WHO, "amount": "1.00", "reason": NAME},
            3,
            hours=1,
        ),
        told(
            "payment.balance.deducted",
            {"student_id": WHO, "lesson_id": "l-1", "lessons_deducted": 1},
            1,
            days=2,
        ),
        told("payment.balance.deducted", {"student_id": WHO, "lessons_deducted": 2}, 2, days=2),
        told("balance.low", {"student_id": WHO, "balance": 1}, 1, minutes=20),
    ]


def _materials() -> list[Json]:
    material = {"material_id": "m-1", "title": "Оптика", "subject": "Физика", "tutor_id": "t-olga"}
    return [
        told("material.created", material, 1, days=10),
        told("material.shared", {**material, "student_id": WHO}, 1, minutes=30),
        told("material.accessed", {"material_id": "m-1", "user_id": WHO, "access_type": "view"}, 1, days=1),
        told("material.file.downloaded", {"material_id": "m-1", "user_id": WHO}, 1, days=1),
    ]


def _words() -> list[Json]:
    return [
        told(
            "system.notification",
            {"role": "tutor", "title": "Новость", "message": f"{NAME} победила"},
            1,
            minutes=9,
        ),
        told(
            "system.notification",
            {"user_ids": [WHO, "p-anna"], "title": "Каникулы", "message": "До 9 января"},
            2,
            hours=1,
        ),
        told("club.joined", {"member": WHO, "comment": EMAIL, "chat": CHAT}, 1, days=4),
    ]
