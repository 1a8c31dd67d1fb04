"""Dead letters."""

from functions.serve_console.web.words import Dictionary

WORDS: Dictionary = {
    "ru": {
        "dead_title": "Отложенные сообщения",
        "dead_lead": "То, что не удалось обработать. Устраните причину и верните сообщение в очередь.",
        "dead_caption": "Отложенные сообщения, новые сверху",
        "dead_empty": "Ничего не отложено",
        "dead_empty_hint": "Все сообщения обработаны.",
        "queue": "Очередь",
        "reason": "Причина",
        "parked": "Отложено",
        "body_of": "Содержимое",
        "replay": "Отправить ещё раз",
        "replayed": "Сообщение снова в очереди «{queue}».",
        "queue_notifications.events": "События для уведомлений",
        "queue_notifications.email": "Письма",
        "queue_notifications.telegram": "Telegram",
        "queue_analytics.events": "События для аналитики",
        "queue_reports.requested": "Отчёты",
    },
    "en": {
        "dead_title": "Dead letters",
        "dead_lead": "What could not be handled, and why. Mend the cause, then send it to its queue once more.",
        "dead_caption": "Dead letters, newest first",
        "dead_empty": "Nothing is put aside",
        "dead_empty_hint": "Every message has been handled.",
        "queue": "Queue",
        "reason": "Reason",
        "parked": "Put aside",
        "body_of": "Body",
        "replay": "Send once more",
        "replayed": "The message is in the queue {queue} again.",
        "queue_notifications.events": "Events for notifications",
        "queue_notifications.email": "E-mail",
        "queue_notifications.telegram": "Telegram",
        "queue_analytics.events": "Events for analytics",
        "queue_reports.requested": "Reports",
    },
}
