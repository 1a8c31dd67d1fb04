"""What the bot says by itself. Russian unless the person's Telegram speaks English."""

from collections.abc import Mapping
from typing import Literal

from lib.templates.buttons import label

Saying = Literal["help", "linked", "stale", "taken", "already", "over", "not_yours"]

WORDS: Mapping[str, Mapping[Saying, str]] = {
    "ru": {
        "help": "Здравствуйте! Я присылаю уведомления школы: о занятиях, домашних работах и оплате.\n\n"
        "Чтобы получать их здесь, откройте личный кабинет, включите Telegram и перейдите по ссылке.",
        "linked": "Готово! Теперь уведомления будут приходить сюда.",
        "stale": "Эта ссылка уже не действует. Получите новую в личном кабинете и откройте её в течение часа.",
        "taken": "Спасибо, ответ записан: «{answer}».",
        "already": "На это уже ответили: «{answer}».",
        "over": "Отвечать уже не нужно: занятие перенесли, отменили или оно началось.",
        "not_yours": "Эта кнопка больше не действует.",
    },
    "en": {
        "help": "Hello! I send the school's notifications: lessons, homework and payments.\n\n"
        "To get them here, open your account page, turn Telegram on and follow the link.",
        "linked": "Done! Notifications will come here from now on.",
        "stale": "This link no longer works. Get a new one on your account page and open it within the hour.",
        "taken": "Thank you, your answer is noted: “{answer}”.",
        "already": "This has been answered already: “{answer}”.",
        "over": "No answer is needed any more: the lesson was moved or called off, or has begun.",
        "not_yours": "This button no longer works.",
    },
}


def say(saying: Saying, language: str | None) -> str:
    """The sentence in the person's language; `language` is Telegram's code, such as `en` or `pt-br`."""
    return WORDS[_locale(language)][saying]


def reply_to(kind: Literal["taken", "already", "over"], answer: str, language: str | None) -> str:
    """What a tap on an answer is told."""
    return say(kind, language).format(answer=label(answer, _locale(language)))


def _locale(language: str | None) -> str:
    return "en" if (language or "").lower().startswith("en") else "ru"
