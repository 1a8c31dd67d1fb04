"""Why a person did, or did not, get a message: one sentence a person would say, for every reason code.

The same codes stand in the deliveries, the timeline and the metrics; the sentences stand only here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Sentence(NamedTuple):
    """The same said in Russian and in English."""

    ru: str
    en: str

    def in_(self, lang: str) -> str:
        return self.en if lang == "en" else self.ru


# What was decided before anything was sent.
_DECIDED = {
    "ok": Sentence("Ничто не мешало отправить сразу.", "Nothing stood in the way, so it was sent at once."),
    "scheduled": Sentence(
        "Отправка назначена на более позднее время.",
        "It was asked for at a later time and waits for it.",
    ),
    "quiet_hours": Sentence(
        "У получателя тихие часы: сообщение ждёт, пока они закончатся.",
        "The recipient has quiet hours: it waits for them to end.",
    ),
    "quiet_hours_too_long": Sentence(
        "Отправлено, несмотря на тихие часы: к их окончанию сообщение потеряло бы смысл.",
        "Sent in spite of quiet hours: by their end it would have been worthless.",
    ),
    "min_interval": Sentence(
        "Получатель просил писать не чаще, чем раз в заданное время: сообщение ждёт.",
        "The recipient asked for a minimum time between messages: it waits.",
    ),
    "min_interval_too_long": Sentence(
        "Отправлено раньше заданного промежутка между сообщениями: позже оно потеряло бы смысл.",
        "Sent before the minimum time between messages was over: later it would have been worthless.",
    ),
    "daily": Sentence(
        "Получатель собирает такие сообщения в ежедневную сводку.",
        "The recipient has such messages put into a daily digest.",
    ),
    "weekly": Sentence(
        "Получатель собирает такие сообщения в еженедельную сводку.",
        "The recipient has such messages put into a weekly digest.",
    ),
    "weekly_cap": Sentence(
        "Лимит сообщений на неделю исчерпан: это войдёт в сводку.",
        "The recipient's limit of messages a week is reached: this goes into the digest.",
    ),
    "weekly_cap_too_long": Sentence(
        "Отправлено сверх недельного лимита: до сводки сообщение потеряло бы смысл.",
        "Sent over the weekly limit: by the time of the digest it would have been worthless.",
    ),
    "family": Sentence(
        "У получателя несколько детей: несколько секунд ждём, не придёт ли то же о другом ребёнке.",
        "The recipient has several children: it waits some seconds for the same about another child.",
    ),
    "digest_off": Sentence(
        "Сообщение должно было войти в сводку, но от сводок в этом канале получатель отказался.",
        "It was to go into the digest, but the recipient has turned digests off on this channel.",
    ),
    "already_answered": Sentence(
        "На вопрос об этом занятии в семье уже ответили.",
        "Somebody in the family has already answered about this lesson.",
    ),
    "unknown_recipient": Sentence(
        "Этого человека нет в справочнике получателей.",
        "The recipient directory does not know this person.",
    ),
    "recipient_inactive": Sentence(
        "Учётная запись получателя отключена.",
        "The recipient's account is deactivated.",
    ),
    "duplicate": Sentence(
        "Об этом занятии получателю уже сообщали.",
        "The recipient had already been told of this lesson.",
    ),
    "type_off": Sentence(
        "Получатель отключил такие уведомления в этом канале.",
        "The recipient has turned this kind of message off on this channel.",
    ),
    "group_off": Sentence(
        "Получатель отключил всю эту группу уведомлений в этом канале.",
        "The recipient has turned this whole group of messages off on this channel.",
    ),
    "no_address": Sentence(
        "Неизвестно, куда писать: у получателя не указан адрес для этого канала.",
        "There is nowhere to send it: the recipient has no address for this channel.",
    ),
    "channel_off": Sentence(
        "Канал отключён: раньше сообщения по этому адресу не доходили или получатель от них отказался.",
        "The channel is off: earlier messages could not reach this address, or the recipient refused them.",
    ),
    "event_too_old": Sentence(
        "Событие дошло до нас слишком поздно: это была уже не новость.",
        "We learnt of the event too late for it to be news.",
    ),
    "lesson_passed": Sentence(
        "Занятие к этому времени уже началось.",
        "The lesson had already begun by then.",
    ),
    "lesson_called_off": Sentence(
        "Занятие к этому времени уже отменили.",
        "The lesson had been called off by then.",
    ),
    "expired": Sentence(
        "Срок сообщения истёк раньше, чем его удалось отправить.",
        "Its time ran out before it could be sent.",
    ),
    "restored": Sentence(
        "Система восстановлена из резервной копии: об этом могли сообщить до сбоя, поэтому повторно не отправлено.",
        "The system was restored from a backup: this may have been sent before it was lost, so it was not sent again.",
    ),
    "fenced": Sentence(
        "Ждёт: система восстановлена из резервной копии, отправку ещё не разрешил оператор.",
        "It is held: the system was restored from a backup and waits for the operator to allow sending.",
    ),
    "erased": Sentence(
        "Данные человека, которого касалось сообщение, удалены по требованию: оно не отправлено.",
        "The data of the person it concerned was erased on demand, so it was not sent.",
    ),
}

# What happened on the way.
_HAPPENED = {
    "sent": Sentence("Сообщение отправлено: сервер его принял.", "It was sent: the provider accepted it."),
    "sending": Sentence("Сообщение отправляется прямо сейчас.", "It is being sent right now."),
    "queued": Sentence(
        "Сообщение стоит в очереди на отправку.", "It is in the queue and will be sent shortly."
    ),
    "merged": Sentence(
        "Вошло в общее сообщение вместе с другими.",
        "It became a part of one message together with others.",
    ),
    "shown_answered": Sentence(
        "В отправленном сообщении показан ответ.",
        "The answer is shown in the message that was sent.",
    ),
    "nobody_else": Sentence(
        "Ответа нет, но передать вопрос больше некому.",
        "There is no answer, but nobody else to ask either.",
    ),
    "released": Sentence(
        "Ожидание закончилось: сообщение стоит в очереди на отправку.",
        "The wait is over: it is in the queue and will be sent shortly.",
    ),
    "gathered": Sentence(
        "Здесь собраны сообщения, которые ждали одного времени.",
        "It carries the messages that waited for the same moment.",
    ),
    "escalated": Sentence(
        "Первый адресат не ответил вовремя, поэтому сообщение отправлено и сюда.",
        "The first one asked did not answer in time, so it was sent here, too.",
    ),
    "cancelled": Sentence("Отправку отменили.", "It was cancelled before it was sent."),
    "lesson_changed": Sentence(
        "Напоминание отменено: занятие перенесли или отменили.",
        "The reminder was cancelled: the lesson was moved or called off.",
    ),
    "answer_lost": Sentence(
        "Связь прервалась, когда сервер уже мог принять сообщение: дошло ли оно, неизвестно.",
        "The connection broke when the provider may already have accepted it: whether it arrived is unknown.",
    ),
    "resend": Sentence(
        "Ответ сервера потерялся, а сообщение важное: отправляем ещё один раз.",
        "The provider's answer was lost and it must arrive: it is being sent once more.",
    ),
    "retry": Sentence(
        "Сервер пока не принял сообщение, позже попробуем ещё раз.",
        "The provider did not take it yet; we will try again later.",
    ),
    "paused": Sentence(
        "Канал временно приостановлен, отправим позже.",
        "The channel is paused for a while; it will be sent later.",
    ),
    "rate_plan": Sentence(
        "Провайдер принимает столько-то сообщений в секунду: это ждёт своей очереди.",
        "The provider takes only so many messages a second: this one waits for its turn.",
    ),
    "attempts_used_up": Sentence(
        "Все попытки отправить исчерпаны.",
        "Every attempt to send it has failed.",
    ),
    "address_refused": Sentence(
        "Почтовый сервер отказался принимать письма на этот адрес.",
        "The mail server refuses this address for good.",
    ),
    "message_refused": Sentence(
        "Сервер отказался принять это сообщение.",
        "The provider refuses this message for good.",
    ),
    "bot_blocked": Sentence(
        "Получатель заблокировал бота или удалил чат с ним.",
        "The recipient has blocked the bot or deleted the chat.",
    ),
    "chat_not_found": Sentence(
        "Telegram не знает такого чата: возможно, получатель ещё не написал боту.",
        "Telegram knows no such chat: the recipient may not have written to the bot yet.",
    ),
    "bad_address": Sentence("Адрес записан с ошибкой.", "The address is not a valid one."),
    "bad_content": Sentence(
        "Из данных события не получилось составить сообщение.",
        "The message could not be made from its data.",
    ),
    "fallback": Sentence(
        "В другом канале связаться не удалось, поэтому сообщение отправлено здесь.",
        "The other channel could not reach the recipient, so it was sent here.",
    ),
    "retried_by_hand": Sentence(
        "Отправку запустили заново вручную.",
        "Somebody asked for it to be sent again.",
    ),
    "erased_while_sent": Sentence(
        "Данные получателя удалили, когда сервер уже мог принять сообщение: дошло ли оно, неизвестно.",
        "The recipient's data was erased when the provider may already have accepted it: nobody knows if it arrived.",
    ),
    "files_missing": Sentence(
        "Сообщение дошло, но файлы к нему отправить не удалось.",
        "The message arrived, but its files could not be sent after it.",
    ),
    "bounced": Sentence(
        "Почтовый сервер принял письмо, но потом вернул его: доставить не удалось.",
        "The mail server accepted the letter and later returned it: it could not be delivered.",
    ),
    "server_delays": Sentence(
        "Почтовый сервер получателя пока не принимает письмо, наш почтовый сервер пробует дальше.",
        "The recipient's mail server does not take the letter yet; ours keeps trying.",
    ),
    "server_reports": Sentence(
        "Почтовый сервер сообщил, что стало с письмом дальше.",
        "The mail server told what became of the letter later.",
    ),
    "via_fallback": Sentence(
        "Отправлено через запасной почтовый сервер: основной не отвечал.",
        "It went through the second mail server: the first one was out.",
    ),
    "template_failed": Sentence(
        "Шаблон школы не подошёл к данным, поэтому отправлен встроенный.",
        "The school's own template did not suit the data, so the built-in one was sent.",
    ),
}

# Why there is nothing to show at all.
_NEVER = {
    "event_unknown": Sentence(
        "Такого события у нас нет: оно к нам не приходило.",
        "We have never received such an event.",
    ),
    "type_not_notified": Sentence(
        "О таких событиях никому не сообщают.",
        "Events of this type are not told to anybody.",
    ),
    "not_concerned": Sentence(
        "Это событие не касается этого человека.",
        "The event does not concern this person.",
    ),
    "not_processed": Sentence(
        "Событие записано, но ещё не разобрано.",
        "The event is recorded but not processed yet.",
    ),
}

SENTENCES: Mapping[str, Sentence] = MappingProxyType({**_DECIDED, **_HAPPENED, **_NEVER})

RULE_NAMES: Mapping[str, Sentence] = MappingProxyType(
    {
        "is_news": Sentence("событие свежее", "the event is news"),
        "known": Sentence("получатель есть в справочнике", "the recipient is known"),
        "active": Sentence("учётная запись действует", "the account is active"),
        "first_time": Sentence("об этом ещё не сообщали", "it was not told before"),
        "lesson_stands": Sentence("занятие не отменено", "the lesson was not called off"),
        "lesson_ahead": Sentence("занятие ещё впереди", "the lesson is still ahead"),
        "still_open": Sentence("ответа на вопрос ещё нет", "it has not been answered yet"),
        "still_fresh": Sentence("срок сообщения не истёк", "its time has not run out"),
        "wanted": Sentence("такие уведомления включены", "this kind of message is wanted"),
        "reachable": Sentence("адрес указан", "there is an address"),
        "channel_on": Sentence("канал работает", "the channel is on"),
        "quiet_hours": Sentence("тихие часы не мешают", "quiet hours do not stand in the way"),
    }
)

_FALLBACK = Sentence("Причина не записана.", "No reason was recorded.")


def sentence(reason: str | None, lang: str = "ru") -> str:
    """One sentence for a reason code, in `ru` or `en`. A code from a newer version gets a general one."""
    return SENTENCES.get(reason or "", _FALLBACK).in_(lang)


def chain(passed: tuple[str, ...] | list[str], lang: str = "ru") -> list[str]:
    """The rules that were passed, named in order."""
    return [RULE_NAMES[name].in_(lang) for name in passed if name in RULE_NAMES]
