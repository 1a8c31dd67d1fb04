"""A type, a channel and a person → the words that are sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment

from lib.domain.catalogue import TYPES
from lib.templates.fitting import fitted
from lib.templates.formats import FILTERS, joined
from lib.templates.headers import header_line
from lib.templates.values import typed

FILES = Path(__file__).parent / "files"
LOCALES = ("ru", "en")
VERSION = 1

# The forms of each channel, and the layout's ending: `.html` is escaped, the rest is plain text.
_LAYOUTS = {
    ("email", "subject"): "layouts/email.subject",
    ("email", "text"): "layouts/email.txt",
    ("email", "html"): "layouts/email.html",
    ("telegram", "markup"): "layouts/telegram.html",
    ("telegram", "text"): "layouts/telegram.txt",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who will read it: their language, clock, and role in the school."""

    locale: str
    zone: ZoneInfo
    role: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a message needs that is neither its data nor its reader."""

    now: datetime
    currency: str = "RUB"
    unsubscribe_url: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """E-mail: all three. Telegram: `html` is its own subset, `text` the same without markup, no subject."""

    subject: str | None
    text: str
    html: str


def known_locale(*wishes: str | None) -> str:
    """The first wish that there is a translation for (`ru-RU` counts as `ru`), else Russian."""
    for wish in wishes:
        language = (wish or "").replace("_", "-").partition("-")[0].lower()
        if language in LOCALES:
            return language
    return LOCALES[0]


def _source(name: str) -> str | None:
    """`ru/email/custom.html` and `ru/email/custom.txt` are one file: only the escaping differs."""
    path = FILES / name
    if not name.startswith("layouts/"):
        path = path.with_suffix(".j2")
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _load(name: str) -> str:
    source = _source(name)
    if source is None:
        raise TemplateNotFound(name)
    return source


@lru_cache(maxsize=1)
def environment() -> SandboxedEnvironment:
    """One for the process: compiled templates are kept in it, and it holds nothing of a person."""
    from jinja2 import FunctionLoader

    made = SandboxedEnvironment(
        loader=FunctionLoader(_load),
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name and name.endswith(".html")),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=1000,
    )
    made.filters.update(FILTERS)
    made.globals["joined"] = joined
    return made


def render(
    type_name: str, channel: str, reader: Reader, data: Mapping[str, Any], around: Surroundings
) -> Rendered:
    """The message in the reader's language, with times on the reader's clock.

    Raises:
        BadInput: 422, when the data lacks something, is of the wrong kind, or would break a mail header.
    """
    values = typed(type_name, data)
    if channel == "telegram":
        html = fitted(values, lambda fit: _form(type_name, channel, "markup", reader, fit, around))
        return Rendered(None, _form(type_name, channel, "text", reader, values, around), html)
    return Rendered(
        subject=header_line(_form(type_name, channel, "subject", reader, values, around)),
        text=_form(type_name, channel, "text", reader, values, around),
        html=_form(type_name, channel, "html", reader, values, around),
    )


def _form(
    type_name: str,
    channel: str,
    form: str,
    reader: Reader,
    values: Mapping[str, Any],
    around: Surroundings,
) -> str:
    layout = _LAYOUTS[channel, form]
    ending = "html" if layout.endswith(".html") else "txt"
    parts: Any = environment().get_template(f"layouts/parts.{channel}.{ending}").make_module({"form": form})
    context = {
        **values,
        "reader": reader,
        "now": around.now,
        "currency": values.get("currency") or around.currency,
        "unsubscribe_url": around.unsubscribe_url,
        "group": TYPES[type_name].group,
        "form": form,
        "layout": layout,
        "base": lambda family: f"{reader.locale}/{family}.{ending}",
        "fact": parts.fact,
        "action": parts.action,
        "link": parts.link,
    }
    name = f"{reader.locale}/{channel}/{type_name}.{ending}"
    return _tidy(environment().get_template(name).render(context), form)


def _tidy(text: str, form: str) -> str:
    """Blocks that stay empty leave gaps: at most one blank line, no trailing spaces."""
    if form == "html":
        return text
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines)
