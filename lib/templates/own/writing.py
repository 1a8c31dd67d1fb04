"""A template of the school → the words. Only the worker runs this: see `sandbox`."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

from jinja2 import FunctionLoader
from jinja2.sandbox import SandboxedEnvironment

from lib.domain.own_templates import Own
from lib.errors import BadInput
from lib.templates.engine import FILES, WHOLE, Shape, build, context, load, tidy
from lib.templates.fitting import LIMIT, fitted, visible_length
from lib.templates.headers import header_line
from lib.templates.model import Reader, Rendered, Surroundings
from lib.templates.own import limits, markup
from lib.templates.values import typed
from lib.templates.variables import texts_of

# The name under which a traceback shows what was written.
WRITTEN = "<written>"


class Loader(FunctionLoader):
    """The built-in files, plus what was written under the names of its fields."""

    def __init__(self) -> None:
        super().__init__(self._find)
        self.own: Own | None = None

    def _find(self, name: str) -> str | tuple[str, str, Callable[[], bool]]:
        field = name.partition(".")[0]
        text = self.own.texts.get(field) if self.own else None
        return load(name) if text is None else (text, f"{WRITTEN}{field}", lambda: True)


@lru_cache(maxsize=1)
def warm() -> SandboxedEnvironment:
    """One for the worker, with all that templates build on compiled; what is not there shows as nothing."""
    made = build(Loader())
    made.finalize = lambda value: "" if value is None else value
    for path in (*FILES.glob("layouts/*"), *FILES.glob("*/*.j2")):
        folder = path.parent.name
        for name in (path.name,) if folder == "layouts" else (f"{path.stem}.html", f"{path.stem}.txt"):
            made.get_template(f"{folder}/{name}")
    return made


def environment(own: Own) -> SandboxedEnvironment:
    """The same with `own` in it, once in the life of a process."""
    made = warm()
    cast(Loader, made.loader).own = own
    return made


def written(own: Own, reader: Reader, data: Mapping[str, Any], around: Surroundings) -> Rendered:
    """The message.

    Raises BadInput (422) for data that does not fit the type, Unsendable, and whatever the template raises.
    """
    made_by = environment(own)
    values = typed(own.type, data)

    def form(name: str, shown: Mapping[str, Any] = values) -> str:
        return _form(made_by, own, WHOLE[own.channel, name], reader, shown, around)

    if own.channel == "telegram":
        html = fitted(values, texts_of(own.type), lambda shorter: form("markup", shorter))
        _require_fit(html)
        return Rendered(None, form("text") if own.text is not None else markup.plain(html), html)
    return Rendered(_subject(form("subject")), form("text"), form("html"))


def _require_fit(html: str) -> None:
    for shown, wrong in markup.complaints(html):
        raise Unsendable(wrong, shown)
    if visible_length(html) > LIMIT:
        raise Unsendable(f"the message has more than {LIMIT} characters")
    if not html.strip():
        raise Unsendable("nothing is left to send")


def _subject(text: str) -> str:
    try:
        line = header_line(text)
    except BadInput:
        raise Unsendable("the subject must be one line, without control characters", "subject") from None
    if not line:
        raise Unsendable("the subject is empty", "subject")
    return line


class Unsendable(Exception):
    """A provider would refuse the outcome. `shown` is the piece of it to look for."""

    def __init__(self, wrong: str, shown: str | None = None) -> None:
        super().__init__(wrong)
        self.shown = shown


def _form(
    made_by: SandboxedEnvironment,
    own: Own,
    shape: Shape,
    reader: Reader,
    values: Mapping[str, Any],
    around: Surroundings,
) -> str:
    field = "source" if own.source is not None else FIELDS[shape.form]
    template = made_by.get_template(f"{field}.{shape.ending}")
    limit = limits.LETTER if shape.form == "html" else limits.OTHER + _length(values)
    size, pieces = 0, []
    for piece in template.generate(context(own.type, shape, reader, values, around)):
        size += len(piece.encode())
        if size > limit:
            raise Unsendable(f"the {shape.form} is larger than {limit // 1000} KB")
        pieces.append(piece)
    return tidy("".join(pieces), shape.form)


# Which field is written for which form, when there is no `source` for all of them.
FIELDS: Mapping[str, str] = {"subject": "subject", "text": "text", "html": "html", "markup": "html"}


def _length(values: Mapping[str, Any]) -> int:
    return sum(len(value.encode()) for value in values.values() if isinstance(value, str))
