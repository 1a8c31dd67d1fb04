"""What became of a message, told in one or two sentences with the facts of the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from lib.domain.explain import Sentence, sentence
from lib.domain.outcomes import WAITING
from lib.domain.timing import GATHERED

ON: Mapping[str, Sentence] = MappingProxyType(
    {"email": Sentence("письмом", "by e-mail"), "telegram": Sentence("в Telegram", "on Telegram")}
)
_SENT = Sentence(
    "Отправлено {on} {at}: сервер принял сообщение.", "Sent {on} {at}: the provider accepted it."
)
_GOES_OUT = Sentence("Отправка {at}.", "It goes out {at}.")
_WAITED = Sentence("До этого ждало: {why}", "Before that it waited: {why}")
_INSTEAD = Sentence("Не получилось {on}: {why}", "It could not be sent {on}: {why}")
_PART = Sentence(
    "Вошло в общее сообщение (всего в нём: {parts}).",
    "It became a part of one message (with {parts} in all).",
)
_WAITING_STATES = ("held", "planned")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class Told:
    """The facts. `decided` is the reason of the first decision; `carrier` the message that this became a part
    of, with its number of `parts`; `failed`: the channels on which it was tried before, with their reasons;
    `also`: codes of what else is worth saying; `fenced`: nothing is sent at all.
    """

    channel: str
    state: str
    reason: str | None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    decided: str | None = None
    carrier: "Told | None" = None
    parts: int = 0
    failed: tuple[tuple[str, str | None], ...] = ()
    also: tuple[str, ...] = ()
    fenced: bool = False


def account(told: Told, zone: ZoneInfo, lang: str = "ru") -> str:
    """The sentences, with times on a clock in `zone`."""
    if told.fenced and told.state in WAITING:
        return sentence("fenced", lang)
    if told.state in _WAITING_STATES and told.due_at:
        return (
            f"{sentence(told.reason, lang)} {_GOES_OUT.in_(lang).format(at=moment(told.due_at, zone, lang))}"
        )
    if told.carrier is not None:
        part = _PART.in_(lang).format(parts=told.parts)
        return f"{part} {account(told.carrier, zone, lang)}"
    if told.state == "sent" and told.finished_at:
        return " ".join(_sent(told, zone, lang))
    if told.state in ("sending", "sent"):
        return sentence(told.state, lang)
    if told.state == "queued" and told.reason in ("ok", "fallback"):
        return sentence("queued", lang)
    return sentence(told.reason, lang)


def _sent(told: Told, zone: ZoneInfo, lang: str) -> list[str]:
    at = moment(told.finished_at, zone, lang) if told.finished_at else ""
    words = [_SENT.in_(lang).format(on=ON[told.channel].in_(lang), at=at)]
    if told.decided in GATHERED or told.decided == "scheduled":
        words.append(_WAITED.in_(lang).format(why=_lower(sentence(told.decided, lang))))
    elif told.decided not in (None, "ok"):
        words.append(sentence(told.decided, lang))
    for channel, reason in told.failed:
        words.append(_INSTEAD.in_(lang).format(on=ON[channel].in_(lang), why=_lower(sentence(reason, lang))))
    return [*words, *(sentence(code, lang) for code in told.also)]


def moment(instant: datetime, zone: ZoneInfo, lang: str) -> str:
    """«14.09.2026 в 08:00», "on 14 Sep 2026 at 08:00"."""
    local = instant.astimezone(zone)
    if lang == "en":
        return f"on {local.day} {_MONTHS[local.month - 1]} {local:%Y at %H:%M}"
    return f"{local:%d.%m.%Y в %H:%M}"


def _lower(words: str) -> str:
    """As the second half of a sentence; a name such as Telegram keeps its capital."""
    return words if words.startswith("Telegram") else words[:1].lower() + words[1:]
