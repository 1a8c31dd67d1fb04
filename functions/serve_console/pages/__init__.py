"""The API's description as a page: Swagger UI, which styles itself inline."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lib.runtime.function import Reply

HTML = "text/html; charset=utf-8"
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
NAMES = {"notification": "Уведомления", "analytics": "Аналитика", "bot": "Бот"}
_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
)


def docs(service: str) -> Reply:
    """Swagger UI over this service's document."""
    return _page("docs.html", service)


def _page(template: str, service: str) -> Reply:
    html = _environment.get_template(template).render(service=service, name=NAMES[service])
    return Reply(html.encode(), content_type=HTML, headers={"Content-Security-Policy": POLICY})
