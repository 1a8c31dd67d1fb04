"""Faults that a test orders in advance: which request is answered how, and how often."""

from dataclasses import dataclass
from typing import Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

MailStage = Literal["connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot"]
MailAction = Literal["answer", "hang", "drop", "accept_and_drop", "accept_and_hang"]
BotAction = Literal["answer", "hang", "drop", "delay"]
ChatState = Literal["open", "blocked", "unknown", "migrated"]


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    count: int | None = Field(default=1, ge=1, description="how many requests it hits; null = all")
    skip: int = Field(default=0, ge=0, description="how many matching requests pass before it")


class MailFault(_Fault):
    """What the SMTP server does at a stage; `delay` (seconds) comes before the action."""

    stage: MailStage
    action: MailAction = "answer"
    code: int = Field(default=451, ge=200, le=599)
    text: str = "4.3.0 scripted"
    recipient: str | None = None
    delay: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _only_a_whole_message_can_be_accepted(self) -> Self:
        if self.action.startswith("accept_") and self.stage != "dot":
            raise ValueError("a message can be accepted at stage dot only")
        return self


class BotFault(_Fault):
    """What the Bot API does with a call; `when` says whether the call takes effect first.

    With `closes`, every call is answered 429 until the `retry_after` of this one is over.
    """

    action: BotAction = "answer"
    when: Literal["before", "after"] = "before"
    method: str | None = None
    chat_id: int | None = None
    status: int = Field(default=500, ge=200, le=599)
    description: str = "Internal Server Error"
    retry_after: int | None = None
    closes: bool = False
    migrate_to_chat_id: int | None = None
    delay: float = Field(default=0.0, ge=0)


class BotLimits(BaseModel):
    """How many calls that send are taken, by arrival, in any rolling second or minute."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_second: int = Field(default=30, ge=1)
    per_chat_second: int = Field(default=1, ge=1)
    per_group_minute: int = Field(default=20, ge=1)


class ChatSetting(BaseModel):
    """How a chat stands towards the bot, until it is set otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chat_id: int
    state: ChatState
    migrate_to_chat_id: int | None = None


class ScriptOrder(BaseModel):
    """The body of `POST /script`: faults to add, chats to set, limits to keep from now on, and whether to
    forget earlier ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    smtp: list[MailFault] = []
    bot_api: list[BotFault] = []
    chats: list[ChatSetting] = []
    limits: BotLimits | None = None
    replace: bool = False


F = TypeVar("F", MailFault, BotFault)


@dataclass
class _Armed(Generic[F]):
    fault: F
    seen: int = 0
    used: int = 0

    def strikes(self) -> bool:
        self.seen += 1
        if self.seen <= self.fault.skip:
            return False
        if self.fault.count is not None and self.used >= self.fault.count:
            return False
        self.used += 1
        return True


class Script:
    """The faults still to come, looked up by the servers at every request."""

    def __init__(self) -> None:
        self._mail: list[_Armed[MailFault]] = []
        self._bot: list[_Armed[BotFault]] = []
        self._chats: dict[int, ChatSetting] = {}
        self.limits: BotLimits | None = None

    def order(self, order: ScriptOrder) -> None:
        """Add what is ordered after what is already there; the first fault that strikes wins."""
        if order.replace:
            self.clear()
        self._mail += [_Armed(fault) for fault in order.smtp]
        self._bot += [_Armed(fault) for fault in order.bot_api]
        self._chats.update({setting.chat_id: setting for setting in order.chats})
        self.limits = order.limits or self.limits

    def clear(self) -> None:
        """Forget every fault, every chat's state and the limits."""
        self._mail, self._bot, self._chats, self.limits = [], [], {}, None

    def at_mail(self, stage: MailStage, recipients: list[str]) -> MailFault | None:
        """The fault for this stage of a transaction with these recipients, used up by the look."""
        for armed in self._mail:
            fault = armed.fault
            if fault.stage != stage or (fault.recipient and fault.recipient not in recipients):
                continue
            if armed.strikes():
                return fault
        return None

    def at_call(self, method: str, chat_id: int | None) -> BotFault | None:
        """The fault for this call, used up by the look; method names are case-insensitive."""
        for armed in self._bot:
            fault = armed.fault
            if fault.method and fault.method.lower() != method.lower():
                continue
            if fault.chat_id is not None and fault.chat_id != chat_id:
                continue
            if armed.strikes():
                return fault
        return None

    def chat(self, chat_id: int) -> ChatSetting:
        """How the chat stands; every chat is open unless ordered otherwise."""
        return self._chats.get(chat_id) or ChatSetting(chat_id=chat_id, state="open")

    def report(self) -> dict[str, list[dict[str, object]]]:
        """What is ordered and how often each fault has struck."""
        return {
            "smtp": [{**armed.fault.model_dump(), "used": armed.used} for armed in self._mail],
            "bot_api": [{**armed.fault.model_dump(), "used": armed.used} for armed in self._bot],
            "chats": [setting.model_dump() for setting in self._chats.values()],
            "limits": [self.limits.model_dump()] if self.limits else [],
        }
