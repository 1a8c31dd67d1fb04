"""What the analytics pages say."""

from functions.serve_console.analytics.words import charts_en, charts_ru, en, reports_en, reports_ru, ru
from functions.serve_console.analytics.words.payers import PAYERS

WORDS = {
    "ru": {**ru.WORDS, **charts_ru.WORDS, **reports_ru.WORDS},
    "en": {**en.WORDS, **charts_en.WORDS, **reports_en.WORDS},
}
FAMILY_WORDS = {locale: {**WORDS[locale], **PAYERS[locale]} for locale in WORDS}
