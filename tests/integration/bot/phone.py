"""The bot as people use it: they write and press at the double, and what they did goes the whole way."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from functions.answer_telegram.polling import Poller
from lib.telegram.bot import bot_of
from lib.testing.mailbox.office import PostOffice
from tests.integration.runtime.served import Served

Json = dict[str, Any]
QUEUES = {"telegram.updates": "answer_telegram", "notifications.telegram": "send_telegram"}
DUE = "DELETE FROM outbox WHERE routing_key = :queue AND due_at <= now() RETURNING body, content_type, id"
EVENT = "application/cloudevents+json"


class Phone:
    """Everybody's. `webhook` False: updates are fetched."""

    def __init__(self, served: Served, office: PostOffice, *, webhook: bool = False) -> None:
        self.served, self.office, self.webhook = served, office, webhook
        bot = bot_of(served.settings.bot_token, served.settings.telegram_api_url)
        self.poller = Poller(served["answer_telegram"].services.db, bot)

    def say(self, chat: int, words: str) -> list[Json]:
        """Somebody writes; the messages that came of it."""
        before = len(self.office.telegram())
        self._go(self.office.say(chat, words))
        return self.office.telegram()[before:]

    def press(self, message: Json, data: str) -> Json:
        """Somebody presses a button; the message as it is then."""
        self._go(self.office.press(message["n"], data))
        return self.again(message)

    def forge(self, message: Json, data: str, chat: int | None = None) -> Json:
        """Somebody sends what no button says; the message as it is then."""
        self._go(self.office.update(callback_query=self.query(message, data, chat)))
        return self.again(message)

    def query(self, message: Json, data: str, chat: int | None = None) -> Json:
        """A press as Telegram tells it."""
        where = dict(message["message"])
        if chat is not None:
            where["chat"] = {"id": chat, "type": "private"}
        person = {"id": where["chat"]["id"], "is_bot": False, "first_name": "X", "language_code": "ru"}
        name = f"forged-{len(self.office.ledger())}"
        return {"id": name, "from": person, "message": where, "chat_instance": "1", "data": data}

    def again(self, message: Json) -> Json:
        """The same message as it stands now."""
        return next(each for each in self.office.telegram() if each["n"] == message["n"])

    def _go(self, update: Json) -> None:
        if self.webhook:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.served.settings.telegram_webhook_secret}
            answer = self.served["answer_telegram"].post(
                "/telegram/webhook", json=update, role="", headers=headers
            )
            assert (answer.status_code, answer.data) == (200, b""), answer.text
        else:
            self.poller.once(wait_s=1)
        self.work()

    def work(self) -> list[int]:
        """Everything that is due in the bot's queue and the sender's, once; the statuses."""
        return [
            self.deliver(queue, row["body"], row["content_type"])
            for queue in QUEUES
            for row in self.waiting(queue)
        ]

    def waiting(self, queue: str) -> Sequence[Mapping[str, Any]]:
        """What is due, in order, and no longer in the outbox."""
        with self.served["answer_telegram"].services.db.begin() as conn:
            rows = [dict(row) for row in conn.execute(text(DUE), {"queue": queue}).mappings()]
        return sorted(rows, key=lambda row: row["id"])

    def deliver(self, queue: str, body: str, content_type: str = EVENT) -> int:
        """One message of a queue to its function; the status."""
        answer = self.served[QUEUES[queue]].message(body.encode(), content_type)
        return answer.status_code

    def sql(self, statement: str, **values: Any) -> Sequence[Mapping[str, Any]]:
        """Rows of a statement, committed."""
        with self.served["answer_telegram"].services.db.begin() as conn:
            result = conn.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def preferences(self) -> Sequence[Mapping[str, Any]]:
        """Everybody's, as they are kept."""
        return self.sql("SELECT user_id, body FROM preferences ORDER BY user_id")

    def pressed(self, what: str = "accepted") -> int:
        """How many presses the bot answered."""
        calls = self.office.ledger("telegram", what)
        return sum(call["method"].lower() == "answercallbackquery" for call in calls)


def carried(message: Json) -> list[str]:
    """What its buttons carry."""
    return [key["callback_data"] for row in message["buttons"] for key in row if "callback_data" in key]


def buttons(message: Json) -> dict[str, str]:
    """What each button says → what it carries; of several that say the same, the last."""
    keys = (key for row in message["buttons"] for key in row if "callback_data" in key)
    return {key["text"]: key["callback_data"] for key in keys}


def act(message: Json, name: str) -> str:
    """What the button carries that does this."""
    return next(data for data in carried(message) if data.split(".")[3].startswith(name))


def button(message: Json, words: str) -> str:
    """What the button carries whose text holds these words."""
    found = [data for text, data in buttons(message).items() if words in text]
    assert found, f"no button {words!r} among {list(buttons(message))}"
    return found[0]
