"""The list of commands that Telegram shows, in BotFather's words for it."""

DESCRIPTIONS = {
    "ru": {
        "notifications": "Уведомления: что присылать, когда и куда",
        "analytics": "Статистика: уроки, оплата, успехи",
        "language": "Язык · Language",
        "help": "Что я умею",
        "unlink": "Отключить уведомления в этом чате",
    },
    "en": {
        "notifications": "Notifications: what to send, when and where",
        "analytics": "Statistics: lessons, payments, progress",
        "language": "Language · Язык",
        "help": "What I can do",
        "unlink": "Stop notifications in this chat",
    },
}
