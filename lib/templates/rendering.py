"""A type, a channel and a person → the words that are sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.domain.own_templates import Own
from lib.templates import digests
from lib.templates.engine import FILES, LOCALES, SUBJECT, VERSION, WHOLE, environment, write
from lib.templates.fitting import fitted
from lib.templates.headers import header_line
from lib.templates.model import Reader, Rendered, Surroundings
from lib.templates.own.limits import Tripped
from lib.templates.own.sandbox import SANDBOX, Failed
from lib.templates.values import typed
from lib.templates.variables import texts_of

__all__ = [
    "FILES",
    "LOCALES",
    "VERSION",
    "Reader",
    "Rendered",
    "Surroundings",
    "environment",
    "known_locale",
    "render",
]


def known_locale(*wishes: str | None) -> str:
    """The first wish that there is a translation for (`ru-RU` counts as `ru`), else Russian."""
    for wish in wishes:
        language = (wish or "").replace("_", "-").partition("-")[0].lower()
        if language in LOCALES:
            return language
    return LOCALES[0]


def render(
    type_name: str,
    channel: str,
    reader: Reader,
    data: Mapping[str, Any],
    around: Surroundings,
    *,
    own: Own | None = None,
) -> Rendered:
    """The message in the reader's language, with times on the reader's clock.

    `own` is what the school wrote for this; when it fails, the built-in template of the type is used, and
    `Rendered.fell_back` says why.

    Raises:
        BadInput: 422, when the data lacks something, is of the wrong kind, or would break a mail header.
    """
    if own is None:
        return _built_in(type_name, channel, reader, data, around)
    try:
        return SANDBOX.render(own, replace(reader, locale=own.locale), data, around)
    except (Failed, Tripped) as error:
        made = _built_in(own.type, channel, reader, data, around)
        return replace(made, fell_back=f"{own.name} version {own.version}: {error}")


def _built_in(
    type_name: str, channel: str, reader: Reader, data: Mapping[str, Any], around: Surroundings
) -> Rendered:
    if type_name == "digest":
        return digests.render(channel, reader, data, around)
    values = typed(type_name, data)

    def written(form: str, shown: Mapping[str, Any] = values) -> str:
        return write(type_name, WHOLE[channel, form], reader, shown, around)

    if channel == "telegram":
        html = fitted(values, texts_of(type_name), lambda shorter: written("markup", shorter))
        return Rendered(None, written("text"), html)
    return Rendered(
        subject=header_line(write(type_name, SUBJECT, reader, values, around)),
        text=written("text"),
        html=written("html"),
    )
