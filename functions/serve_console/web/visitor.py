"""Who looks at a page: from the session's cookie, the directory and what was chosen in the page's head."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from werkzeug.http import parse_cookie

from lib.auth.sessions import COOKIE
from lib.auth.tokens import NOBODY, Principal, verify
from lib.db import preferences, recipients
from lib.domain.audience import Recipient
from lib.runtime.call import Call

LOCALES = ("ru", "en")
THEMES = ("auto", "light", "dark")
LANGUAGE_COOKIE, THEME_COOKIE = "repitbot_language", "repitbot_theme"


@dataclass(frozen=True, slots=True)
class Visitor:
    """`token` is the bearer token to pass on; `name` is the id when the directory knows none; the clock is `zone`."""

    principal: Principal
    token: str
    name: str
    locale: str
    theme: str
    zone: ZoneInfo

    @property
    def signed_in(self) -> bool:
        """Whether anybody did."""
        return bool(self.token)


def anybody(call: Call) -> Visitor:
    """A visitor of a page that needs no sign-in."""
    locale, theme = _chosen(call, None)
    return Visitor(NOBODY, "", "", locale, theme, ZoneInfo(call.settings.school_timezone))


def visitor_of(call: Call) -> Visitor:
    """Who is signed in. Raises BadInput (401) when nobody is, or no longer."""
    token = parse_cookie(call.headers.get("Cookie", "")).get(COOKIE, "")
    principal = verify(token, call.settings)
    with call.db.connect() as conn:
        person = recipients.get(conn, principal.sub)
        own_zone = preferences.get(conn, principal.sub).timezone
    locale, theme = _chosen(call, person)
    zone = own_zone or (person and person.timezone) or call.settings.school_timezone
    name = (person and person.name) or principal.sub
    return Visitor(principal, token, name, locale, theme, ZoneInfo(zone))


def _chosen(call: Call, person: Recipient | None) -> tuple[str, str]:
    cookies = parse_cookie(call.headers.get("Cookie", ""))
    wished = (cookies.get(LANGUAGE_COOKIE), person and person.locale, _accepted(call))
    locale = next((each for each in wished if each in LOCALES), call.settings.default_locale)
    theme = cookies.get(THEME_COOKIE, "auto")
    return locale, theme if theme in THEMES else "auto"


def _accepted(call: Call) -> str | None:
    """English only for a browser that names it before any Russian: a school's people mostly read Russian."""
    first = call.headers.get("Accept-Language", "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") and call.settings.default_locale == "en" else None
