"""Which templates there are."""

from collections.abc import Iterator
from typing import Any

from lib.domain.catalogue import CHANNELS, TYPES
from lib.templates.engine import FILES, LOCALES, VERSION
from lib.templates.variables import of_type


def catalogue() -> Iterator[dict[str, Any]]:
    """Every built-in template: name, type, group, channel, locale, version, variables."""
    for kind in TYPES.values():
        for channel in CHANNELS:
            for locale in LOCALES:
                yield {
                    "name": kind.name,
                    "type": kind.name,
                    "group": kind.group,
                    "channel": channel,
                    "locale": locale,
                    "version": VERSION,
                    "built_in": True,
                    "variables": variables_of(kind.name),
                }


def variables_of(type_name: str) -> list[dict[str, Any]]:
    """The variables of a type as the API shows them."""
    return [{"name": v.name, "kind": v.kind, "required": v.required} for v in of_type(type_name)]


def source(name: str, channel: str, locale: str) -> str:
    """The text of a built-in template."""
    return (FILES / locale / channel / f"{name}.j2").read_text(encoding="utf-8")
