"""Whatever happens, in whatever order: every message ends in one state, and nobody is told a thing twice.

Random events and requests, duplicates of any message that was ever queued, changes of preferences, jumps of the
clock, and senders and dispatchers that die at any of their steps. What arrived is counted at the receivers.
"""

import json
import os
import re
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from functions.dispatch_notifications import intake
from functions.dispatch_notifications.audience import school_zone
from functions.send_email.smtp import SmtpCarrier
from functions.send_telegram.main import TelegramCarrier
from lib.db import recipients
from lib.domain.batches import decode_all
from lib.domain.events import Arrival
from lib.domain.outcomes import FINAL, Carrier
from lib.errors import Temporary
from lib.runtime.call import Call, Message
from lib.runtime.delivery import deliver
from tests.integration.notifications.calendar import Calendar
from tests.integration.notifications.conftest import MONDAY
from tests.integration.notifications.mortal import DEATHS, Killed, Mortal

Json = dict[str, Any]
# Each story is other than those before; the first ones are always the same. Fewer for who cannot wait for minutes.
RUNS, STEPS = int(os.environ.get("STORIES", "2000")), 7
PEOPLE: Json = {
    "masha": {"role": "student", "telegram_chat_id": 11, "locale": "ru"},
    "petya": {"role": "student", "locale": "en"},
    "mama": {"role": "parent", "email": "mama@example.com", "child_ids": ["masha", "petya"]},
    "olga": {"role": "tutor"},
}
WISHES = st.fixed_dictionaries(
    {},
    optional={
        "quiet_hours": st.sampled_from(
            [None, {"start": "22:00", "end": "08:00"}, {"start": "12:30", "end": "15:00"}]
        ),
        "digest": st.sampled_from(["off", "daily", "weekly"]),
        "min_interval_minutes": st.sampled_from([None, 10, 90]),
        "weekly_cap": st.sampled_from([None, 1, 3]),
        "groups": st.sampled_from([{}, {"homework": {"email": False}}, {"digests": {"telegram": False}}]),
        "timezone": st.sampled_from(["Europe/Moscow", "America/New_York", "Asia/Kolkata"]),
    },
)
KINDS = {
    "homework.graded": {"score": "4"},
    "homework.assigned": {},
    "lesson.cancelled": {"reason": "болезнь"},
    "lesson.created": {},
    "lesson.reminder_needed": {},
}
CLEAN = (
    "DELETE FROM timeline; DELETE FROM answers; DELETE FROM outbox; DELETE FROM inbox; DELETE FROM preferences; "
    "DELETE FROM channel_pauses; DELETE FROM schedule_runs; DELETE FROM attachments; DELETE FROM deliveries; "
    "DELETE FROM notifications; DELETE FROM lessons; UPDATE recipients SET channels = '{}'"
)
TOKEN = re.compile(r"Q\d+Q")


class Messages(RuleBasedStateMachine):
    """One school, one random story. `calendar` is shared by all stories; ids are never used twice."""

    calendar: Calendar
    serial = 0
    seen_mail = seen_chat = 0

    @initialize()
    def begin(self) -> None:
        self.calendar.set(MONDAY)
        self.calendar.sql_script(CLEAN)
        self.ever_queued: list[tuple[str, str, str]] = []
        self.final: dict[str, str] = {}
        self.doubtful: set[str] = set()
        self.announced: set[str] = set()

    def _next(self) -> str:
        type(self).serial += 1
        return f"Q{self.serial}Q"

    def _event(self, kind: str, child: str) -> Json:
        token, at = self._next(), self.calendar.at
        data = {"student_id": child, "tutor_id": "olga", "subject": token, **KINDS[kind]}
        thing = "homework_id" if kind.startswith("homework") else "lesson_id"
        starts_at = (at + timedelta(minutes=55)).isoformat()
        if kind in ("lesson.created", "lesson.reminder_needed"):
            data["starts_at"] = starts_at
        if kind == "lesson.created":
            self.announced.add(token)
        return {
            "specversion": "1.0",
            "id": f"e-{token}",
            "source": "test",
            "type": kind,
            "time": at.isoformat(),
            "data": {**data, thing: f"x-{token}"},
        }

    @rule(
        kind=st.sampled_from(sorted(KINDS)),
        children=st.sampled_from([["masha"], ["petya"], ["masha", "petya"]]),
    )
    def something_happens(self, kind: str, children: list[str]) -> None:
        for child in children:
            self._take(json.dumps([self._event(kind, child)], ensure_ascii=False))

    def _take(self, body: str) -> None:
        self.ever_queued.append(("notifications.events", body, "application/cloudevents-batch+json"))
        answer = self.calendar.deliver("notifications.events", body, "application/cloudevents-batch+json")
        assert answer.status_code == 200

    @rule(kind=st.sampled_from(sorted(KINDS)))
    def the_dispatcher_dies_before_its_commit(self, kind: str) -> None:
        event = self._event(kind, "masha")
        decoded = decode_all([event], Arrival(self.calendar.at))
        services = self.calendar.services
        with suppress(Killed), services.db.begin() as conn:
            recipients.record(conn, decoded.events)
            intake.take(conn, decoded.events, self.calendar.at, school_zone(services.settings))
            raise Killed
        self._take(json.dumps([event], ensure_ascii=False))

    @rule(
        who=st.sampled_from(sorted(PEOPLE)),
        priority=st.sampled_from(["low", "normal", "urgent"]),
        critical=st.booleans(),
        later=st.sampled_from([None, 20, 900]),
    )
    def somebody_asks(self, who: str, priority: str, critical: bool, later: int | None) -> None:
        body: Json = {"type": "custom", "user_id": who, "data": {"title": "Тест", "message": self._next()}}
        body |= {"priority": priority, "critical": critical}
        if later:
            body["send_at"] = self.calendar.later(minutes=later).isoformat()
        self.calendar.ok("POST", "/api/v1/notifications", body)

    @rule(who=st.sampled_from(sorted(PEOPLE)), wishes=WISHES)
    def somebody_changes_their_mind(self, who: str, wishes: Json) -> None:
        self.calendar.ok("PATCH", f"/api/v1/preferences/{who}", wishes)

    @rule(minutes=st.sampled_from([1, 7, 45, 200, 900, 3000]))
    def time_passes(self, minutes: int) -> None:
        self.calendar.set(self.calendar.later(minutes=minutes))

    @rule(dies=st.sampled_from([None, None, *DEATHS]))
    def a_sender_works(self, dies: str | None) -> None:
        self._work(dies)

    @rule(number=st.integers(0, 50))
    def an_old_message_comes_again(self, number: int) -> None:
        if self.ever_queued:
            self._handle(*self.ever_queued[number % len(self.ever_queued)], dies=None)

    @rule()
    def the_schedule_rings(self) -> None:
        self.calendar.ring()

    def _work(self, dies: str | None) -> bool:
        """Everything due, each queue once; the first send dies if it is to."""
        worked = False
        for queue in ("notifications.events", "notifications.email", "notifications.telegram"):
            for row in self.calendar.taken_from_outbox(queue):
                worked = True
                self.ever_queued.append((queue, row["body"], row["content_type"]))
                if not self._handle(queue, row["body"], row["content_type"], dies=dies):
                    self.calendar.give_back(queue, row["body"], row["content_type"])
                    dies = None
        return worked

    def _handle(self, queue: str, body: str, content_type: str, *, dies: str | None) -> bool:
        """False when the message has to come again: nobody has settled it."""
        if queue == "notifications.events":
            return self.calendar.deliver(queue, body, content_type).status_code == 200
        services = self.calendar.services
        carrier: Carrier = self.calendar.carriers[queue]
        call = Call(services, "r", self.calendar.at)
        message = Message(body.encode(), content_type, {})
        try:
            deliver(call, message, Mortal(carrier, dies))
        except Killed:
            if dies != "before":
                self.doubtful.add(json.loads(body)["data"]["delivery_id"])
            return False
        except Temporary:
            return False
        return True

    @invariant()
    def the_ledger_balances_and_nothing_final_changes(self) -> None:
        if not hasattr(self, "final"):
            return
        query = {"from": "2026-09-01", "to": "2026-12-31"}
        balance = self.calendar.ok("GET", "/api/v1/ledger/balance", query_string=query)
        rows = self.calendar.sql("SELECT id::text, state, reason, finished_at FROM deliveries")
        assert balance["balanced"]
        assert balance["planned"] == len(rows) == sum(balance[s] for s in (*FINAL, "open"))
        for row in rows:
            assert row["reason"], row
            assert (row["state"] in FINAL) == (row["finished_at"] is not None), row
            if row["id"] in self.final:
                assert row["state"] == self.final[row["id"]], "a final state has changed"
            elif row["state"] in FINAL:
                self.final[row["id"]] = row["state"]

    def teardown(self) -> None:
        if not hasattr(self, "final"):
            return
        for _ in range(60):
            self._work(None)
            if not self.calendar.sql(
                "SELECT FROM deliveries WHERE NOT state = ANY(:final)", final=list(FINAL)
            ):
                break
            self.calendar.set(self.calendar.later(hours=4))
            self.calendar.ring()
        else:
            left = self.calendar.sql(
                "SELECT * FROM deliveries WHERE NOT state = ANY(:final)", final=list(FINAL)
            )
            raise AssertionError(f"still open: {left}")
        self.the_ledger_balances_and_nothing_final_changes()
        self._nobody_was_told_twice()

    def _nobody_was_told_twice(self) -> None:
        mails = self.calendar.office.mail(after=self.seen_mail)
        messages = self.calendar.office.telegram(after=self.seen_chat)
        type(self).seen_mail = max([self.seen_mail, *(mail["n"] for mail in mails)])
        type(self).seen_chat = max([self.seen_chat, *(message["n"] for message in messages)])
        # A mail that comes again is the same mail by its Message-ID; on Telegram it has the same text.
        copies = Counter((mail["to"][0], mail["message_id"], mail["text"]) for mail in mails)
        copies += Counter((str(each["chat_id"]), "", each["text"]) for each in messages)
        told = Counter((whom, token) for whom, _, text in copies for token in set(TOKEN.findall(text)))
        # A new lesson is told of once, and may be reminded of once.
        twice = {key: n for key, n in told.items() if n > 1 + (key[1] in self.announced)}
        assert twice == {}
        resent = self.calendar.sql("SELECT id::text FROM deliveries WHERE resends > 0")
        # A second copy only of what must arrive and whose first answer was lost.
        again = {key[:2]: n for key, n in copies.items() if n > 1}
        assert sum(again.values()) - len(again) <= len(resent), (again, resent)
        assert all(row["id"] in self.doubtful for row in resent)


# Ten minutes on two quiet cores.
@pytest.mark.timeout(2400)
def test_every_message_ends_once_and_nobody_is_told_twice(calendar: Calendar) -> None:
    for user_id, fields in PEOPLE.items():
        calendar.person(user_id, **{"email": None, **fields})
    services = calendar.services
    calendar.carriers = {
        "notifications.email": SmtpCarrier(services.settings),
        "notifications.telegram": TelegramCarrier(services.settings),
    }
    Messages.calendar = calendar
    run_state_machine_as_test(
        Messages,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
