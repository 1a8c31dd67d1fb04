"""What can be asked of an export."""

from typing import Any, Literal

from pydantic import Field

from lib.domain.parameters import Parameters

Format = Literal["csv", "xlsx", "json", "ndjson"]
Locale = Literal["ru", "en"]


class ExportQuery(Parameters):
    """The common parameters; times are on the clock of `tz`, headers of csv and xlsx in `locale`."""

    format: Format = "csv"
    locale: Locale | None = None

    @property
    def open_ended(self) -> bool:
        """Whether no period is asked for."""
        return self.first is None and self.last is None and self.days is None

    def plain_filters(self) -> dict[str, Any]:
        """The filters that are not about people."""
        return {"subject": self.subject}


class EventExportQuery(ExportQuery):
    """Also by event type; `subject` is the event's own."""

    type: str | None = Field(default=None, max_length=200)

    def plain_filters(self) -> dict[str, Any]:
        """Subject and type."""
        return {"subject": self.subject, "type": self.type}
