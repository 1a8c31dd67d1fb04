"""One template, one form of a channel → text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, FunctionLoader, StrictUndefined, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment

from lib.domain.catalogue import TYPES
from lib.templates.buttons import label
from lib.templates.formats import FILTERS, joined
from lib.templates.model import Reader, Surroundings

FILES = Path(__file__).parent / "files"
LOCALES = ("ru", "en")
VERSION = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the blocks of a template are laid out: a form of a channel, whole or as a part of a digest.

    A layout whose name ends in `.html` is escaped, the rest is plain text. `parts` are the files of macros; a
    later one replaces what an earlier one offers.
    """

    channel: str
    form: str
    layout: str
    parts: tuple[str, ...]

    @property
    def ending(self) -> str:
        """Of the name under which a template is compiled: with it comes the escaping."""
        return "html" if self.layout.endswith(".html") else "txt"


SUBJECT = Shape("email", "subject", "layouts/email.subject", ("layouts/parts.email.txt",))
WHOLE = {
    ("email", "subject"): SUBJECT,
    ("email", "text"): Shape("email", "text", "layouts/email.txt", ("layouts/parts.email.txt",)),
    ("email", "html"): Shape("email", "html", "layouts/email.html", ("layouts/parts.email.html",)),
    ("telegram", "markup"): Shape(
        "telegram", "markup", "layouts/telegram.html", ("layouts/parts.telegram.html",)
    ),
    ("telegram", "text"): Shape("telegram", "text", "layouts/telegram.txt", ("layouts/parts.telegram.txt",)),
}
_COMPACT = {("email", "html"): ("layouts/item.parts.email.html",)}
ITEM = {
    key: replace(
        shape,
        layout=shape.layout.replace("layouts/", "layouts/item."),
        parts=shape.parts + _COMPACT.get(key, ()),
    )
    for key, shape in WHOLE.items()
    if shape.form != "subject"
}


def _source(name: str) -> str | None:
    """`ru/email/custom.html` and `ru/email/custom.txt` are one file: only the escaping differs."""
    path = FILES / name
    if not name.startswith("layouts/"):
        path = path.with_suffix(".j2")
    return path.read_text(encoding="utf-8") if path.is_file() else None


def load(name: str) -> str:
    """The text of a template by its name. Raises TemplateNotFound."""
    source = _source(name)
    if source is None:
        raise TemplateNotFound(name)
    return source


@lru_cache(maxsize=1)
def environment() -> SandboxedEnvironment:
    """One for the process: compiled templates are kept in it, and it holds nothing of a person."""
    return build(FunctionLoader(load))


def build(loader: BaseLoader) -> SandboxedEnvironment:
    """An environment with the filters and globals that every template may use."""
    made = SandboxedEnvironment(
        loader=loader,
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


def write(
    name: str, shape: Shape, reader: Reader, values: Mapping[str, Any], around: Surroundings, **more: Any
) -> str:
    """The form of the built-in template `name` in the reader's language; `more` is added to its context."""
    found = environment().get_template(f"{reader.locale}/{shape.channel}/{name}.{shape.ending}")
    return tidy(found.render({**context(name, shape, reader, values, around), **more}), shape.form)


def context(
    type_name: str, shape: Shape, reader: Reader, values: Mapping[str, Any], around: Surroundings
) -> dict[str, Any]:
    """Everything a template of this type may use."""
    urls = around.answer_urls or {}
    return {
        **values,
        "reader": reader,
        "now": around.now,
        "currency": values.get("currency") or around.currency,
        "unsubscribe_url": around.unsubscribe_url,
        "answers": [{"label": label(each, reader.locale), "url": url} for each, url in urls.items()],
        "group": TYPES[type_name].group,
        "form": shape.form,
        "layout": shape.layout,
        "base": lambda family: f"{reader.locale}/{family}.{shape.ending}",
        **_macros(shape),
    }


def _macros(shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in shape.parts:
        module = environment().get_template(name).make_module({"form": shape.form})
        found |= {macro: getattr(module, macro) for macro in MACROS if hasattr(module, macro)}
    return found


# What the files of parts offer every template.
MACROS = ("fact", "action", "link", "answer_row", "listing")


def tidy(text: str, form: str) -> str:
    """Blocks that stay empty leave gaps: at most one blank line, no trailing spaces."""
    if form == "html":
        return text
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines)
