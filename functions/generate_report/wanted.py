"""Which report is wanted, checked before any work is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lib.domain.events import field_errors
from lib.domain.parameters import Day
from lib.domain.periods import Granularity
from lib.domain.shapes import Id
from lib.errors import BadInput

Locale = Literal["ru", "en"]
FORMATS = ("pdf", "xlsx", "html", "csv")
# What people call a workbook.
ALIASES = {"excel": "xlsx"}


class Common(BaseModel):
    """What every report may be asked about: `from` and `to` are local days in `tz`, both included; or `days`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    days: int | None = Field(default=None, ge=1, le=3660)
    tz: str | None = Field(default=None, max_length=60)
    granularity: Granularity | None = None


class Filtered(Common):
    """With the filters that figures have."""

    tutor_id: Id | None = None
    student_id: Id | None = None
    subject: str | None = Field(default=None, max_length=200)


class OfPeople(Common):
    """Logins have a user, and neither subject nor lesson."""

    tutor_id: Id | None = None
    student_id: Id | None = None


class OfStudent(Common):
    """One student's report."""

    student_id: Id
    subject: str | None = Field(default=None, max_length=200)


class OfTutor(Common):
    """One tutor's report."""

    tutor_id: Id
    subject: str | None = Field(default=None, max_length=200)


PARAMETERS: dict[str, type[Common]] = {
    "lesson": Filtered,
    "payment": Filtered,
    "user": OfPeople,
    "material": Filtered,
    "homework": Filtered,
    "student": OfStudent,
    "tutor": OfTutor,
    "comprehensive": Filtered,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """`parameters` are those of analytics, as texts and numbers; `quick` is the short one that is made at once."""

    type: str
    format: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    locale: Locale = "ru"
    quick: bool = False


def checked(type_: str, format_: str, parameters: Mapping[str, Any], locale: str = "ru") -> Wanted:
    """What is wanted, or BadInput: no such type, format, parameter or language, or one that is missing."""
    shape = PARAMETERS.get(type_)
    if shape is None:
        raise BadInput(f"type must be one of {', '.join(PARAMETERS)}.")
    kind = ALIASES.get(format_, format_)
    if kind not in FORMATS:
        raise BadInput(f"format must be one of {', '.join(FORMATS)}.")
    if locale not in ("ru", "en"):
        raise BadInput("locale must be one of ru, en.")
    try:
        given = shape.model_validate(dict(parameters))
    except ValidationError as error:
        raise BadInput("The parameters of the report are wrong.", errors=field_errors(error)) from None
    if given.days is not None and (given.first or given.last):
        raise BadInput("Give either days, or from and to.")
    return Wanted(
        type_, kind, given.model_dump(mode="json", by_alias=True, exclude_none=True), cast(Locale, locale)
    )
