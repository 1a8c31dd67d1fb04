"""The few pages that people see in a browser without signing in."""

from collections.abc import Mapping, Sequence
from typing import Any

from lib.templates.engine import environment


def page(name: str, locale: str, **values: str) -> str:
    """A whole HTML page in `ru` or `en`."""
    context = {**values, "locale": locale, "layout": "layouts/page.html"}
    return environment().get_template(f"{locale}/page/{name}.html").render(context)


def gallery(sections: Sequence[Mapping[str, Any]], theme: str) -> str:
    """The page of all messages; a section for each language: locale, name, messages.

    `theme` is `light` or `dark` whatever the reader's system says, or `auto`.
    """
    return environment().get_template("layouts/gallery.html").render(sections=sections, theme=theme)
