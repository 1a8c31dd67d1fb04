"""What the directory and the preferences take and answer."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lib.domain.preferences import Timezone
from lib.domain.shapes import Id, Instant


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _one_line(value: str) -> str:
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in value):
        raise ValueError("must not hold control characters")
    return value.strip()


Line = Annotated[str, Field(min_length=1, max_length=320), AfterValidator(_one_line)]
Email = Annotated[str, Field(max_length=320, pattern=r"^[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+$")]


class Channel(_Input):
    """Whether the channel may be used, and if not, the code of the reason."""

    state: Literal["on", "off"]
    reason: Annotated[str, Field(max_length=100)] | None = None


class Person(_Input):
    """The whole entry; what is left out is cleared, but for family ties and channels: those stay.

    `user_id` and `updated_at` may be sent back as they came.
    """

    user_id: Id | None = None
    role: Literal["admin", "tutor", "student", "parent"] | None = None
    name: Line | None = None
    email: Email | None = None
    telegram_chat_id: Id | None = None
    phone: Line | None = None
    locale: Annotated[str, Field(pattern=r"^[a-z]{2}([-_][A-Za-z]{2,4})?$")] | None = None
    timezone: Timezone | None = None
    active: bool = True
    parent_ids: Annotated[list[Id], Field(max_length=100)] | None = None
    child_ids: Annotated[list[Id], Field(max_length=1000)] | None = None
    channels: dict[Literal["email", "telegram"], Channel] | None = None
    updated_at: Instant | None = None


class PeopleQuery(_Input):
    """Whom to list: of one role, and of whom each word of `q` occurs in the name, the address or begins the id."""

    q: Annotated[str, Field(max_length=200)] | None = None
    role: Literal["admin", "tutor", "student", "parent"] | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=2000)


class Patch(_Input):
    """A merge patch of preferences (RFC 7396): what is left out stays, null goes back to the default."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Rehearsal(_Input):
    """The language of the sentences, and whether to list every outcome, not only what differs."""

    lang: Literal["ru", "en"] = "ru"
    details: bool = False
