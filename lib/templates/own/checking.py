"""A template as it is about to be saved: read, then rendered for everybody and with the worst of data."""

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from jinja2 import TemplateNotFound, UndefinedError

from lib.domain.own_templates import Own
from lib.errors import BadInput, FieldError
from lib.templates.model import Reader, Rendered, Surroundings
from lib.templates.own import reading
from lib.templates.own.writing import WRITTEN, Unsendable, environment, written
from lib.templates.variables import barest, sample, texts_of

ROLES = ("student", "parent", "tutor", "admin")
# A tag that nobody writes: where it comes through as a tag, typed text can break the markup.
INTRUDER = "<x-intruder>"
_PLAIN_TAG = re.compile(r"</?(?:b|i|u|s|em|strong|a|p|br|div|span|ul|ol|li|h\d|img|table|code|pre)\b[^<>]*>")


def complaints(own: Own, reader: Reader, around: Surroundings) -> list[FieldError]:
    """Everything that is wrong with it; of what only shows when it is rendered, the first."""
    found = list(reading.complaints(own, environment(own)))
    return found or list(_rendered(own, reader, around))


def _rendered(own: Own, reader: Reader, around: Surroundings) -> Iterator[FieldError]:
    for role, (with_what, data) in product(ROLES, _datas(own)):
        whom = replace(reader, role=role)
        try:
            made = written(own, whom, data, around)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a template may raise anything
            line = line_of(own, error)
            yield reading.complaint(*line, f"{sentence(error)} ({with_what}, for a {role})")
            return
        wrong = list(_outcome(own, made))
        if wrong:
            yield from wrong
            return


def _datas(own: Own) -> Iterator[tuple[str, dict[str, Any]]]:
    full = sample(own.type, own.locale)
    yield "with all data", full
    yield "with no data", barest(own.type, own.locale)
    yield "with tags in the data", {**full, **_hostile(own, full)}


def _hostile(own: Own, full: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: f"{full[name]} {INTRUDER} & co"
        for name in texts_of(own.type)
        if name not in ("currency", "answer")
    }


def _outcome(own: Own, made: Rendered) -> Iterator[FieldError]:
    if INTRUDER in made.html:
        wrong = "what people type gets into the markup as it stands; leave out |safe and autoescape"
        yield reading.complaint(*find(own, r"\|\s*safe|autoescape"), wrong)
    elif own.channel == "email" and (tag := _PLAIN_TAG.search(made.text)):
        wrong = f"{tag[0]} would be shown in the text part; write {{% if form == 'html' %}} around it"
        yield reading.complaint(*find(own, re.escape(tag[0])), wrong)


def sentence(error: Exception) -> str:
    """What went wrong while rendering."""
    if isinstance(error, BadInput):
        return "; ".join(each["msg"] for each in error.errors) or error.detail
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name} to build on"
    if isinstance(error, Unsendable | UndefinedError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def line_of(own: Own, error: Exception) -> tuple[str, int | None]:
    """(field, line) of what was written, where the error came from."""
    if isinstance(error, Unsendable) and own.texts.get(error.shown or ""):
        return str(error.shown), 1
    if isinstance(error, Unsendable) and error.shown:
        return find(own, re.escape(error.shown))
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(WRITTEN):
            return frame.filename.removeprefix(WRITTEN), frame.lineno
    return next(iter(own.texts)), None


def find(own: Own, pattern: str) -> tuple[str, int | None]:
    """(field, line) where the pattern stands in what was written."""
    for field, text in own.texts.items():
        found = re.search(pattern, text)
        if found:
            return field, text.count("\n", 0, found.start()) + 1
    return next(iter(own.texts)), None
