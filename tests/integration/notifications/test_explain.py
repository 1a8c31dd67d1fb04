"""Why somebody did, or did not, get a message: each situation in Russian and in English."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.notifications.calendar import Calendar

Json = dict[str, Any]
EVENT: Json = {"event_id": "e-1"}


def event(
    calendar: Calendar, kind: str = "homework.graded", *, id: str = "e-1", ago: float = 0, **data: Any
) -> None:
    """Something that happened `ago` hours before, to sasha unless told otherwise."""
    calendar.event(
        {
            "specversion": "1.0",
            "id": id,
            "source": "test",
            "type": kind,
            "time": (calendar.at - timedelta(hours=ago)).isoformat(),
            "data": {
                "homework_id": f"h-{id}",
                "student_id": "sasha",
                "subject": "Физика",
                "score": "5",
                **data,
            },
        }
    )


def lesson(calendar: Calendar, kind: str = "lesson.created", *, hours: float = 24, **rest: Any) -> None:
    starts_at = calendar.later(hours=hours).isoformat()
    event(calendar, kind, lesson_id="l-1", tutor_id="olga", starts_at=starts_at, **rest)


def wish(calendar: Calendar, **wishes: Any) -> None:
    calendar.ok("PATCH", "/api/v1/preferences/sasha", wishes)


def ask(calendar: Calendar, **rest: Any) -> Json:
    body = {"type": "custom", "user_id": "sasha", "data": {"message": "Привет"}, **rest}
    return {"notification_id": calendar.ok("POST", "/api/v1/notifications", body)["id"]}


def nothing(_: Calendar) -> Json:
    return EVENT


def about_another(calendar: Calendar) -> Json:
    calendar.person("petya")
    event(calendar, student_id="petya")
    return EVENT


def not_told_to_anybody(calendar: Calendar) -> Json:
    calendar.call("POST", "/none", function="manage_recipients")
    event(calendar, "user.login", user_id="sasha")
    return EVENT


def not_in_the_directory(calendar: Calendar) -> Json:
    event(calendar, student_id="nobody")
    calendar.go(calendar.later(minutes=1))
    return {**EVENT, "user_id": "nobody"}


def inactive(calendar: Calendar) -> Json:
    calendar.person("sasha", active=False)
    event(calendar)
    return EVENT


def type_off(calendar: Calendar) -> Json:
    wish(calendar, types={"homework_graded": {"email": False, "telegram": False}})
    event(calendar)
    return EVENT


def group_off(calendar: Calendar) -> Json:
    wish(calendar, groups={"homework": {"email": False, "telegram": False}})
    event(calendar)
    return EVENT


def no_address(calendar: Calendar) -> Json:
    calendar.person("sasha", email=None)
    event(calendar)
    return EVENT


def held(calendar: Calendar) -> Json:
    wish(calendar, quiet_hours={"start": "11:00", "end": "14:00"})
    event(calendar)
    return EVENT


def sent_after_quiet_hours(calendar: Calendar) -> Json:
    held(calendar)
    calendar.go(calendar.later(hours=3))
    return EVENT


def merged(calendar: Calendar) -> Json:
    wish(calendar, digest="daily")
    event(calendar)
    event(calendar, id="e-2")
    calendar.go(calendar.later(hours=12))
    return EVENT


def waits_for_the_digest(calendar: Calendar) -> Json:
    wish(calendar, digest="weekly")
    event(calendar)
    return EVENT


def over_the_cap(calendar: Calendar) -> Json:
    wish(calendar, weekly_cap=1)
    event(calendar, id="e-0")
    event(calendar)
    return EVENT


def too_soon_after_another(calendar: Calendar) -> Json:
    wish(calendar, min_interval_minutes=60)
    event(calendar, id="e-0")
    event(calendar)
    return EVENT


def by_mail_because_telegram_refuses(calendar: Calendar) -> Json:
    calendar.person("sasha", telegram_chat_id=77)
    calendar.office.script(chats=[{"chat_id": 77, "state": "blocked"}])
    asked = ask(calendar, channels=["telegram"])
    calendar.go(calendar.later(minutes=1))
    return asked


def old_news(calendar: Calendar) -> Json:
    event(calendar, ago=30)
    return EVENT


def expired(calendar: Calendar) -> Json:
    asked = ask(calendar, expires_at=calendar.later(minutes=5).isoformat())
    calendar.set(calendar.later(minutes=6))
    calendar.send_all()
    return asked


def lesson_begun(calendar: Calendar) -> Json:
    lesson(calendar, hours=-0.5)
    return EVENT


def answer_lost(calendar: Calendar) -> Json:
    calendar.office.script(smtp=[{"stage": "dot", "action": "accept_and_drop"}])
    asked = ask(calendar)
    calendar.send_all()
    return asked


def refused_address(calendar: Calendar) -> Json:
    calendar.office.script(smtp=[{"stage": "rcpt", "code": 550, "text": "5.1.1 no such user"}])
    asked = ask(calendar, fallback="none")
    calendar.send_all()
    return asked


def tried_in_vain(calendar: Calendar) -> Json:
    calendar.office.script(smtp=[{"stage": "rcpt", "code": 451, "count": None}])
    asked = ask(calendar)
    calendar.go(calendar.later(hours=6))
    return asked


def waits_for_another_try(calendar: Calendar) -> Json:
    calendar.office.script(smtp=[{"stage": "rcpt", "code": 451}])
    asked = ask(calendar)
    calendar.send_all()
    return asked


def cancelled(calendar: Calendar) -> Json:
    asked = ask(calendar, send_at=calendar.later(hours=1).isoformat())
    calendar.ok("POST", f"/api/v1/notifications/{asked['notification_id']}/cancel")
    return asked


def scheduled(calendar: Calendar) -> Json:
    return ask(calendar, send_at=calendar.later(hours=1).isoformat())


def unsubscribed(calendar: Calendar) -> Json:
    wish(calendar, digest="daily", groups={"digests": {"email": False, "telegram": False}})
    event(calendar)
    return EVENT


def sent(calendar: Calendar) -> Json:
    event(calendar)
    calendar.send_all()
    return EVENT


def in_the_queue(calendar: Calendar) -> Json:
    event(calendar)
    return EVENT


SITUATIONS: tuple[tuple[Callable[[Calendar], Json], bool, str, str], ...] = (
    (nothing, False, "Такого события у нас нет", "We have never received such an event"),
    (about_another, False, "не касается этого человека", "does not concern this person"),
    (not_told_to_anybody, False, "никому не сообщают", "not told to anybody"),
    (not_in_the_directory, False, "нет в справочнике", "does not know this person"),
    (inactive, False, "отключена", "deactivated"),
    (type_off, False, "отключил такие уведомления", "turned this kind of message off"),
    (group_off, False, "отключил всю эту группу", "turned this whole group"),
    (no_address, False, "не указан адрес", "no address"),
    (held, False, "тихие часы", "quiet hours"),
    (held, False, "14.09.2026 в 14:00", "on 14 Sep 2026 at 14:00"),
    (sent_after_quiet_hours, True, "письмом 14.09.2026 в 14:00", "by e-mail on 14 Sep 2026 at 14:00"),
    (
        sent_after_quiet_hours,
        True,
        "До этого ждало: у получателя тихие часы",
        "Before that it waited: the recipient has",
    ),
    (
        merged,
        True,
        "Вошло в общее сообщение (всего в нём: 2). Отправлено письмом",
        "a part of one message (with 2",
    ),
    (waits_for_the_digest, False, "еженедельную сводку", "weekly digest"),
    (waits_for_the_digest, False, "20.09.2026 в 18:00", "on 20 Sep 2026 at 18:00"),
    (over_the_cap, False, "Лимит сообщений на неделю исчерпан", "limit of messages a week is reached"),
    (too_soon_after_another, False, "не чаще", "minimum time between messages"),
    (by_mail_because_telegram_refuses, True, "Отправлено письмом", "Sent by e-mail"),
    (
        by_mail_because_telegram_refuses,
        True,
        "Не получилось в Telegram: получатель заблокировал бота",
        "It could not be sent on Telegram: the recipient has blocked the bot",
    ),
    (old_news, False, "слишком поздно", "too late for it to be news"),
    (expired, False, "Срок сообщения истёк", "Its time ran out"),
    (lesson_begun, False, "уже началось", "had already begun"),
    (answer_lost, False, "дошло ли оно, неизвестно", "whether it arrived is unknown"),
    (refused_address, False, "отказался принимать письма на этот адрес", "refuses this address for good"),
    (tried_in_vain, False, "Все попытки отправить исчерпаны", "Every attempt to send it has failed"),
    (waits_for_another_try, False, "позже попробуем ещё раз", "we will try again later"),
    (cancelled, False, "Отправку отменили", "It was cancelled"),
    (scheduled, False, "14.09.2026 в 13:00", "on 14 Sep 2026 at 13:00"),
    (unsubscribed, False, "от сводок в этом канале получатель отказался", "turned digests off"),
    (sent, True, "Отправлено письмом 14.09.2026 в 12:00", "Sent by e-mail on 14 Sep 2026 at 12:00"),
    (in_the_queue, False, "стоит в очереди", "in the queue"),
)


@pytest.mark.parametrize(
    ("situation", "got_it", "russian", "english"),
    SITUATIONS,
    ids=[f"{s[0].__name__}-{n}" for n, s in enumerate(SITUATIONS)],
)
def test_it_is_explained_in_both_languages(
    calendar: Calendar, situation: Callable[[Calendar], Json], got_it: bool, russian: str, english: str
) -> None:
    calendar.person("sasha")
    query = {"user_id": "sasha", **situation(calendar)}
    for lang, words in (("ru", russian), ("en", english)):
        answer = calendar.ok("GET", "/api/v1/notifications/explain", query_string={**query, "lang": lang})
        assert words in answer["explanation"], answer
        assert answer["got_it"] is got_it
        assert "{" not in answer["explanation"]
