"""The small types that every payload is built from: ids, instants, money."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, StringConstraints

# numeric in PostgreSQL takes far more; nothing a school charges or grades does.
LARGEST = Decimal("1e12")
# A grade or an amount finer than this is a fault of arithmetic at the sender, not a figure.
DECIMAL_PLACES = 9


def as_id(value: Any) -> Any:
    """External ids are taken as given, integers included: 7 and "7" are the same user."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else value


def as_decimal(value: Any) -> Decimal:
    """A JSON number or a decimal string → Decimal. Raises ValueError for anything else, NaN included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("must be a decimal number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("must be a decimal number") from None
    if not number.is_finite() or abs(number) > LARGEST:
        raise ValueError(f"must be a finite number of at most {LARGEST:f}")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > DECIMAL_PLACES:
        raise ValueError(f"must have at most {DECIMAL_PLACES} decimal places")
    return number


def in_utc(value: datetime) -> datetime:
    """An instant with a zone → the same in UTC. Raises ValueError without a zone: it would be a guess."""
    if value.tzinfo is None:
        raise ValueError("must carry a time zone (RFC 3339, for example 2026-09-01T17:00:00+03:00)")
    return value.astimezone(UTC)


def instant_text(value: datetime) -> str:
    """RFC 3339 in UTC with a trailing Z; microseconds only when there are any."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _no_zero_byte(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain a zero byte")
    return value


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def _an_instant_text(value: Any) -> Any:
    """Numbers are refused: 1700000000 may mean seconds or milliseconds, and has no zone."""
    if isinstance(value, str | datetime):
        return value
    raise ValueError("must be an RFC 3339 text")


Id = Annotated[
    str,
    BeforeValidator(as_id),
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_no_zero_byte),
]
Number = Annotated[Decimal, BeforeValidator(as_decimal), PlainSerializer(_plain, return_type=str)]
Instant = Annotated[
    datetime,
    BeforeValidator(_an_instant_text),
    AfterValidator(in_utc),
    PlainSerializer(instant_text, return_type=str),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
