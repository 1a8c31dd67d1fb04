"""What a person wants to be told, on which channel, and when not to be disturbed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from lib.domain.catalogue import CHANNELS, GROUPS, TYPES


@lru_cache(maxsize=1)
def timezones() -> frozenset[str]:
    """Every IANA name of this machine; reading them from the disk takes some 20 ms."""
    return frozenset(available_timezones())


def known_timezone(value: str) -> str:
    """An IANA zone name, unchanged. Raises ValueError for anything else."""
    if value not in timezones():
        raise ValueError("must be an IANA time zone such as Europe/Moscow")
    return value


Timezone = Annotated[str, AfterValidator(known_timezone)]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class QuietHours(BaseModel):
    """A daily window on the person's own clock, `HH:MM`. It may run over midnight; its end is not in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: ClockTime
    end: ClockTime

    @field_validator("end")
    @classmethod
    def _a_window_has_a_length(cls, end: str, info: Any) -> str:
        if end == info.data.get("start"):
            raise ValueError("must differ from start; to have no quiet hours, send null")
        return end

    def release(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """The instant at which this window ends, when `instant` lies in it; else None. Both aware, in UTC.

        An end that a clock change skips moves on by the hour that was skipped; of an end that happens
        twice, the later one holds: nobody is disturbed an hour early.
        """
        today = instant.astimezone(zone).date()
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        for day in (today - timedelta(days=1), today):
            opens = datetime.combine(day, start, zone).astimezone(UTC)
            last_day = day if start < end else day + timedelta(days=1)
            closes = latest(last_day, end, zone)
            if opens <= instant < closes:
                return closes
        return None


def latest(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant at which a clock in `zone` shows this time, in UTC; the later one when it does so twice.

    A time that a clock change skips counts as moved on by the hour that was skipped.
    """
    shown = datetime.combine(day, clock, zone)
    return max(shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


# When digests go out, on the person's own clock: after school, and on the evening before the new week.
DIGEST_TIME = time(18)
SUNDAY = 6


def digest_due(after: datetime, zone: ZoneInfo, every: Literal["daily", "weekly"]) -> datetime:
    """The first digest time later than `after`, in UTC: 18:00 each day, or 18:00 on Sundays."""
    day = after.astimezone(zone).date()
    while True:
        due = latest(day, DIGEST_TIME, zone)
        if due > after and (every == "daily" or day.weekday() == SUNDAY):
            return due
        day += timedelta(days=1)


def week_of(instant: datetime, zone: ZoneInfo) -> date:
    """The Monday of the week that this instant belongs to on a clock in `zone`."""
    day = instant.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


class ChannelChoice(BaseModel):
    """A switch a channel; an absent one leaves the wider rule in force."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: bool | None = None
    telegram: bool | None = None

    def of(self, channel: str) -> bool | None:
        value: bool | None = getattr(self, channel, None)
        return value


def _known(names: Mapping[str, Any], allowed: Any, what: str) -> Mapping[str, Any]:
    unknown = sorted(set(names) - set(allowed))
    if unknown:
        raise ValueError(f"unknown {what}: {', '.join(unknown)}; known: {', '.join(allowed)}")
    return names


class Preferences(BaseModel):
    """Everything at its default means: tell me everything, on every channel I have, at any hour.

    `min_interval_minutes` and `weekly_cap` count messages of one channel. What the cap keeps back goes into the
    next digest, or on Sunday evening when there is none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: Timezone | None = None
    quiet_hours: QuietHours | None = None
    digest: Literal["off", "daily", "weekly"] = "off"
    reminder_minutes: Literal[60, 30, 15, 5] | None = 60
    min_interval_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    weekly_cap: Annotated[int, Field(ge=1, le=1000)] | None = None
    groups: Mapping[str, ChannelChoice] = Field(default_factory=dict)
    types: Mapping[str, ChannelChoice] = Field(default_factory=dict)

    @field_validator("groups")
    @classmethod
    def _groups_exist(cls, value: Mapping[str, ChannelChoice]) -> Mapping[str, ChannelChoice]:
        return _known(value, GROUPS, "group")

    @field_validator("types")
    @classmethod
    def _types_exist(cls, value: Mapping[str, ChannelChoice]) -> Mapping[str, ChannelChoice]:
        return _known(value, TYPES, "type")

    @property
    def counts(self) -> bool:
        """Whether earlier messages matter for the next one."""
        return self.min_interval_minutes is not None or self.weekly_cap is not None

    def refusal(self, type_name: str, group: str, channel: str) -> str | None:
        """`type_off` or `group_off` when this is not wanted on that channel. A type's own switch wins."""
        own = self.types[type_name].of(channel) if type_name in self.types else None
        if own is not None:
            return None if own else "type_off"
        wider = self.groups[group].of(channel) if group in self.groups else None
        return "group_off" if wider is False else None

    def changed(self, patch: Mapping[str, Any]) -> "Preferences":
        """A merged copy (RFC 7396): objects are merged, null removes. Raises pydantic.ValidationError."""
        merged = _merge(self.stored(), patch)
        if "reminder_minutes" in patch:
            # Here null does not remove, it is a choice of its own: no reminder at all.
            merged["reminder_minutes"] = patch["reminder_minutes"]
        return Preferences.model_validate(merged)

    def stored(self) -> dict[str, Any]:
        """As it is kept: what was chosen, and always the lead time of reminders, where null is a choice."""
        return {
            **self.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
            "reminder_minutes": self.reminder_minutes,
        }

    def shown(self) -> dict[str, Any]:
        """As the API shows it: every group spelled out, a type only where it differs from its group.

        Sending it back changes nothing.
        """
        return {
            **self.model_dump(exclude={"groups", "types"}),
            "groups": {group: {c: self._group(group, c) for c in CHANNELS} for group in GROUPS},
            "types": {name: choice.model_dump(exclude_none=True) for name, choice in self.types.items()},
        }

    def _group(self, group: str, channel: str) -> bool:
        return group not in self.groups or self.groups[group].of(channel) is not False


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged
