"""What the bot says by itself. Russian unless the person's Telegram speaks English."""

from collections.abc import Mapping
from typing import Literal

Saying = Literal["help", "linked", "stale"]

WORDS: Mapping[str, Mapping[Saying, str]] = {
    "ru": {
        "help": "Здравствуйте! Я присылаю уведомления школы: о занятиях, домашних работах и оплате.\n\n"
        "Чтобы получать их здесь, откройте личный кабинет, включите Telegram и перейдите по ссылке.",
        "linked": "Готово! Теперь уведомления будут приходить сюда.",
        "stale": "Эта ссылка уже не действует. Получите новую в личном кабинете и откройте её в течение часа.",
    },
    "en": {
        "help": "Hello! I send the school's notifications: lessons, homework and payments.\n\n"
        "To get them here, open your account page, turn Telegram on and follow the link.",
        "linked": "Done! Notifications will come here from now on.",
        "stale": "This link no longer works. Get a new one on your account page and open it within the hour.",
    },
}


def say(saying: Saying, language: str | None) -> str:
    """The sentence in the person's language; `language` is Telegram's code, such as `en` or `pt-br`."""
    return WORDS["en" if (language or "").lower().startswith("en") else "ru"][saying]
