"""What a page's address asks for: the period, the step, the filters. Every control of a page is a change of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

PRESETS = ("7", "30", "90")
USUAL_DAYS = 30
FILTERS = ("subject", "tutor_id", "student_id")
STEPS = ("day", "week", "month")
# In this order they stand in an address: the same question always has the same one.
NAMES = ("days", "period", "from", "to", "granularity", *FILTERS, "compare")
Params = dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """`given` is what the address says, without what is not ours; `today` is the school's day."""

    path: str
    given: Mapping[str, str]
    today: date

    def url(self, path: str | None = None, **changes: str | None) -> str:
        """The address with some of it changed; None takes away."""
        kept = {**self.given, **{name.removesuffix("_"): value for name, value in changes.items()}}
        pairs = [(name, kept[name]) for name in NAMES if kept.get(name)]
        pairs += [(name, value) for name, value in kept.items() if name not in NAMES and value]
        return (path or self.path) + (f"?{urlencode(pairs)}" if pairs else "")

    def over(self, preset: str) -> str:
        """The address for another period: `7`, `30`, `90` or `month`."""
        own: dict[str, str | None] = {"from": None, "to": None, "days": None, "period": None}
        own |= {"period": "month"} if preset == "month" else {"days": preset}
        return self.url(**own)

    def at(self, path: str, **only: str) -> "Asked":
        """The same question at another page; `only` narrows it."""
        return replace(self, path=path, given={**self.given, **only})

    @property
    def preset(self) -> str:
        """Which of the offered periods it is; `own` for any other."""
        if self.given.get("from") or self.given.get("to"):
            return "own"
        if self.given.get("period") == "month":
            return "month"
        days = self.given.get("days", str(USUAL_DAYS))
        return days if days in PRESETS else "own"

    @property
    def compares(self) -> bool:
        """Whether the previous period is shown beside this one."""
        return self.given.get("compare") != "off"

    @property
    def filters(self) -> Params:
        """Those that are set."""
        return {name: self.given[name] for name in FILTERS if self.given.get(name)}

    @property
    def period(self) -> Params:
        """As analytics takes it."""
        if self.given.get("from") or self.given.get("to"):
            return {name: self.given[name] for name in ("from", "to") if self.given.get(name)}
        if self.given.get("period") == "month":
            return {"from": self.today.replace(day=1).isoformat(), "to": self.today.isoformat()}
        return {"days": self.given.get("days") or str(USUAL_DAYS)}

    @property
    def params(self) -> Params:
        """The whole question as analytics takes it, without `compare`."""
        step = self.given.get("granularity")
        return {**self.period, **({"granularity": step} if step else {}), **self.filters}


def asked(path: str, query: Mapping[str, str], now: datetime, zone: str) -> Asked:
    """An address's question. What it asks wrongly, analytics says."""
    given = {name: query[name] for name in NAMES if query.get(name)}
    return Asked(path, given, now.astimezone(ZoneInfo(zone)).date())
