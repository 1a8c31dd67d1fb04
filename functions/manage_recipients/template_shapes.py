"""What the templates take."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.manage_recipients.shapes import Line
from lib.domain.catalogue import TYPES
from lib.domain.own_templates import Own
from lib.domain.preferences import Timezone

LONGEST_SOURCE = 64_000
Channel = Literal["email", "telegram"]
Locale = Literal["ru", "en"]
Written = Annotated[str, Field(min_length=1, max_length=LONGEST_SOURCE)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TemplateQuery(_Input):
    """Filters of the list of templates."""

    channel: Channel | None = None
    locale: Locale | None = None
    limit: int = Field(default=200, ge=1, le=200)
    cursor: int | None = Field(default=None, ge=1)


class Theme(_Input):
    """How the gallery looks; `auto` is as the reader's system does."""

    theme: Literal["auto", "light", "dark"] = "auto"


class Preview(_Input):
    """What to render with; the sample data when `data` is left out.

    `version` is another than the one in use, 0 the built-in one. `source`, or the forms, is a draft, for an admin.
    """

    channel: Channel = "email"
    locale: Locale = "ru"
    data: dict[str, Any] | None = None
    role: Literal["admin", "tutor", "student", "parent"] = "student"
    name: Line | None = None
    timezone: Timezone | None = None
    version: int | None = Field(default=None, ge=0)
    source: Written | None = None
    subject: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    text: Written | None = None
    html: Written | None = None

    @property
    def draft(self) -> dict[str, str]:
        """What was written, by the field it was written in."""
        written = {name: getattr(self, name) for name in ("source", "subject", "text", "html")}
        return {name: text for name, text in written.items() if text is not None}


class NewTemplate(_Input):
    """A new version. `name` is a built-in type, which it replaces for everybody, or a name of its own; then `type`
    says which variables it may use.

    Either `source`, which begins with `{% extends layout %}` and fills its blocks for every form of the channel,
    or the forms: `subject`, `text` and `html` for e-mail; `html`, and `text` if it is not to be made of it, for
    Telegram.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    type: str | None = None
    channel: Channel
    locale: Locale
    source: Written | None = None
    subject: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    text: Written | None = None
    html: Written | None = None

    @model_validator(mode="after")
    def _of_a_known_type(self) -> Self:
        if self.name in TYPES and self.type not in (None, self.name):
            raise ValueError(f"{self.name} is a built-in type: leave type out, or take another name")
        if self.kind not in TYPES:
            raise ValueError(f"give type, one of: {', '.join(TYPES)}")
        if TYPES[self.kind].gathers:
            raise ValueError("a digest is put together of other messages: its template cannot be replaced")
        return self

    @model_validator(mode="after")
    def _written_one_way(self) -> Self:
        needed = {"email": {"subject", "text", "html"}, "telegram": {"html"}}[self.channel]
        given = {name for name in ("subject", "text", "html") if getattr(self, name) is not None}
        if self.source is not None and given:
            raise ValueError("give either source or the forms, not both")
        if self.source is None and not needed <= given:
            raise ValueError(f"give source, or {', '.join(sorted(needed))}")
        if self.channel == "telegram" and self.subject is not None:
            raise ValueError("a Telegram message has no subject")
        return self

    @property
    def kind(self) -> str:
        """The type whose variables it may use."""
        return self.type or self.name

    @property
    def own(self) -> Own:
        """The same for the domain; the version is counted when it is saved."""
        written = {name: getattr(self, name) for name in ("source", "subject", "text", "html")}
        return Own(self.name, self.kind, self.channel, self.locale, 0, **written)


class Rollback(_Input):
    """Which variant goes back to which version; to the one before when `to_version` is left out.

    `built_in` true, or version 0, is the template that came with the system.
    """

    channel: Channel
    locale: Locale
    to_version: int | None = Field(default=None, ge=0)
    built_in: bool = False
