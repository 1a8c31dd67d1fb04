"""The data of a notification → the typed values that its templates see."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from lib.domain.catalogue import TYPES
from lib.domain.shapes import as_decimal, in_utc
from lib.errors import BadInput, FieldError
from lib.templates.headers import header_line
from lib.templates.variables import Kind, Variable, of_type

# Longer texts of events are cut; whoever asks directly is told instead.
LONGEST_TEXT = 20_000
# Those that subjects are made of.
SUBJECT_VARIABLES = ("title", "subject")


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        raise ValueError("must be a text")
    text = str(value).strip()
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _instant(value: Any) -> datetime:
    if not isinstance(value, str | datetime):
        raise ValueError("must be an RFC 3339 time with a zone")
    return in_utc(value if isinstance(value, datetime) else datetime.fromisoformat(value))


def _number(value: Any) -> int | Decimal:
    number = as_decimal(value)
    return int(number) if number == number.to_integral_value() else number


def _url(value: Any) -> str:
    url = _text(value)
    if urlsplit(url).scheme not in ("http", "https") or len(url) > 2000:
        raise ValueError("must be an http or https address")
    return url


def _messages(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        raise ValueError("must be a list of at least one message, {type, data}")
    return value


_READ: Mapping[Kind, Callable[[Any], Any]] = {
    "text": _text,
    "instant": _instant,
    "number": _number,
    "url": _url,
    "messages": _messages,
}


def _given(variable: Variable, data: Mapping[str, Any]) -> Any:
    for name in (variable.name, *variable.aliases):
        if data.get(name) not in (None, ""):
            return data[name]
    return None


def typed(type_name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Every variable of the type, None where the data has none. What the type does not know is left out.

    Raises:
        BadInput: 422, naming each value that is missing or of the wrong kind.
    """
    values: dict[str, Any] = {}
    wrong: list[FieldError] = []
    for variable in of_type(type_name):
        given = _given(variable, data)
        values[variable.name] = None
        if given is None:
            if variable.required:
                wrong.append({"loc": f"data.{variable.name}", "msg": "is required"})
            continue
        try:
            values[variable.name] = _READ[variable.kind](given)
        except ValueError as error:
            wrong.append({"loc": f"data.{variable.name}", "msg": str(error)})
    if wrong:
        raise BadInput("The data does not fit the type's template.", status=422, errors=wrong)
    return values


def check(type_name: str, data: Mapping[str, Any]) -> None:
    """Whether a message can be made of the data, as far as that does not depend on who reads it.

    Raises BadInput (422).
    """
    values = typed(type_name, data)
    for variable in of_type(type_name):
        if variable.kind != "messages" and len(str(_given(variable, data) or "")) > LONGEST_TEXT:
            wrong: FieldError = {
                "loc": f"data.{variable.name}",
                "msg": f"has more than {LONGEST_TEXT} characters",
            }
            raise BadInput("The data does not fit the type's template.", status=422, errors=[wrong])
    for item in values.get("items") or ():
        _check_part(item)
    for name in SUBJECT_VARIABLES:
        if values.get(name):
            header_line(values[name])


def _check_part(item: Mapping[str, Any]) -> None:
    kind = TYPES.get(str(item.get("type")))
    if kind is None or kind.gathers or not isinstance(item.get("data"), dict):
        wrong: FieldError = {
            "loc": "data.items",
            "msg": "each must be {type, data} of a type that is no digest",
        }
        raise BadInput("The data does not fit the type's template.", status=422, errors=[wrong])
    check(kind.name, item["data"])
