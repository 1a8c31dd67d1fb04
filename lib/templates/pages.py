"""The few pages that people see in a browser without signing in."""

from lib.templates.rendering import environment


def page(name: str, locale: str, **values: str) -> str:
    """A whole HTML page in `ru` or `en`."""
    context = {**values, "locale": locale, "layout": "layouts/page.html"}
    return environment().get_template(f"{locale}/page/{name}.html").render(context)
