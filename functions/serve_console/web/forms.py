"""What a browser sends: the query of an address, the fields of a form, and where a form came from."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from lib.errors import BadInput
from lib.runtime.call import Call

MOST_FIELDS = 500
FORM = "application/x-www-form-urlencoded"


class Fields(Mapping[str, str]):
    """Names with one or several texts each; `[name]` and `get` give the first, without spaces around it."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._values = {name: [text.strip() for text in texts] for name, texts in values.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def __iter__(self):  # type: ignore[no-untyped-def]  # the names, as a mapping's
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def getlist(self, name: str) -> list[str]:
        """All texts of a name, in order; none when it was not sent."""
        return list(self._values.get(name, ()))

    def to_dict(self) -> dict[str, str]:
        """The first text of each name."""
        return {name: texts[0] for name, texts in self._values.items()}


Query = Fields
Form = Fields


def query_of(call: Call) -> Query:
    """The address' query. Raises BadInput (400) for an endless one."""
    return _parsed(urlsplit(call.url).query)


def form_of(call: Call) -> Form:
    """The form's fields. Raises BadInput (403) when another site's page sent it, (400, 415) when it is none."""
    require_own_page(call)
    kind = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if call.raw and kind != FORM:
        raise BadInput("Send the form's fields as application/x-www-form-urlencoded.", status=415)
    try:
        return _parsed(call.raw.decode())
    except UnicodeDecodeError:
        raise BadInput("The form is not UTF-8.") from None


def require_own_page(call: Call) -> None:
    """A form's request must come from a page of ours. Raises BadInput (403).

    The session's cookie is SameSite=Lax already; this is the second lock, by the headers that browsers set and no page
    can: https://owasp.org/www-community/attacks/csrf, https://www.w3.org/TR/fetch-metadata/.
    """
    site, origin = call.headers.get("Sec-Fetch-Site"), call.headers.get("Origin")
    hosts = {call.headers.get("X-Forwarded-Host"), call.headers.get("Host")} - {None}
    if site is not None and site != "same-origin":
        raise BadInput("This form was sent from another site's page.", status=403)
    if site is None and origin is not None and urlsplit(origin).netloc not in hosts:
        raise BadInput("This form was sent from another site's page.", status=403)


def own_path(wanted: str) -> str:
    """A path of ours to go on to; the front page instead of anything that could lead elsewhere."""
    parts = urlsplit(wanted)
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if plain and not parts.scheme and not parts.netloc and "\\" not in wanted else "/"


def _parsed(text: str) -> Fields:
    try:
        return Fields(parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise BadInput("These are too many fields.") from None
