"""«Открыть на сайте»: a link that signs the person in, once, within ten minutes."""

from urllib.parse import urlsplit

from functions.answer_telegram.talking.screen import Screen
from functions.answer_telegram.talking.visit import Visit
from lib.db import sign_in_links
from lib.domain.outcomes import Button

FIGURES = "a"


def screen(visit: Visit, *back: str) -> Screen:
    """Made when it is asked for: a link in every menu would be old before anybody presses it."""
    with visit.call.db.begin() as conn:
        code = sign_in_links.make(conn, visit.me.user_id)
    settings = visit.call.settings
    # From the figures to the figures, from anywhere else to the messages.
    base = settings.analytics_url if back[:1] == (FIGURES,) else settings.public_url
    url = f"{base.rstrip('/')}/sign-in/{code}"
    speech = visit.speech
    rows: list[tuple[Button, ...]] = [(visit.button(speech.plain("back"), *back),)]
    if _reachable(url):
        rows.insert(0, (Button(speech.plain("site.open"), url=url),))
        return Screen(speech.html("site"), tuple(rows))
    return Screen(f'{speech.html("site")}\n\n<a href="{url}">{url}</a>', tuple(rows))


def _reachable(url: str) -> bool:
    """Telegram refuses a button that leads to this machine; a word without a dot is such a name."""
    host = urlsplit(url).hostname or ""
    return "." in host and not host.startswith("127.")
