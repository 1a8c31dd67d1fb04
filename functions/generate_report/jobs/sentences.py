"""Why a report was not made: a sentence for whoever asked, in the report's language."""

REASONS: dict[str, dict[str, str]] = {
    "inactive": {
        "ru": "Отчёт не сделан: учётная запись того, кто его запросил, отключена.",
        "en": "The report was not made: the account of whoever asked for it is switched off.",
    },
    "not_allowed": {
        "ru": "Отчёт не сделан: к этим данным больше нет доступа.",
        "en": "The report was not made: these data may not be seen any more.",
    },
    "refused": {
        "ru": "Отчёт не сделан: такой запрос выполнить нельзя. {detail}",
        "en": "The report was not made: what was asked for is impossible. {detail}",
    },
    "crashed": {
        "ru": "Отчёт не сделан: три попытки оборвались. Возможно, данных слишком много; выберите период короче.",
        "en": "The report was not made: three tries broke off. There may be too much data; take a shorter period.",
    },
    "unforeseen": {
        "ru": "Отчёт не сделан: три попытки закончились ошибкой. Она записана в журнал, мы разберёмся.",
        "en": "The report was not made: three tries ended with an error. It was logged and will be looked into.",
    },
    "away": {
        "ru": "Отчёт не сделан: нужные для него службы не отвечали целый час. Запросите его позже.",
        "en": "The report was not made: services it needs did not answer for an hour. Ask for it again later.",
    },
    "not_stored": {
        "ru": "Отчёт сделан, но сохранить его не удалось: хранилище отказало в доступе. Сообщите администратору.",
        "en": "The report was made but could not be kept: the storage refused it. Please tell the administrator.",
    },
}


def sentence(reason: str, locale: str, detail: str = "") -> str:
    """One of the reasons above, in `ru` or `en`."""
    return REASONS[reason][locale].format(detail=detail).strip()
