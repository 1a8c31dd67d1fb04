"""Which rows are exported, and the statements that count and read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from functions.export_data.dataset import Dataset
from lib.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Facts:
    """How many rows there are, and between which instants everything in them lies (None without any)."""

    total: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of a dataset under conditions whose values are `%(name)s` in them."""

    dataset: Dataset
    conditions: tuple[str, ...]
    values: dict[str, Any]

    def facts(self, conn: Connection) -> Facts:
        """Counted in the same snapshot as the rows are read from later."""
        instants = ", ".join(self.dataset.instants)
        asked = f"count(*), min(least({instants})), max(greatest({instants}))"
        row = conn.exec_driver_sql(f"SELECT {asked} {self._from}", self.values).one()
        return Facts(int(row[0]), row[1], row[2])

    def rows(self, conn: Connection, expressions: Iterable[str]) -> str:
        """The statement that reads them in order, its values filled in: COPY takes none."""
        order = f"{self.dataset.at}, {self.dataset.key}"
        sql = f"SELECT {', '.join(expressions)} {self._from} ORDER BY {order}"
        cursor = conn.connection.cursor()
        try:
            filled: bytes = cursor.mogrify(sql, self.values)
        finally:
            cursor.close()
        return filled.decode()

    @property
    def _from(self) -> str:
        return f"FROM {self.dataset.source} WHERE {' AND '.join(self.conditions)}"


def selection(
    dataset: Dataset, period: Period | None, narrowed: Iterable[str], values: dict[str, Any]
) -> Selection:
    """The rows of a period (None: all, those without a date included), narrowed by further conditions."""
    wanted = [dataset.always, *narrowed]
    if period is None:
        return Selection(dataset, tuple(wanted), values)
    wanted += [f"{dataset.at} >= %(start)s", f"{dataset.at} < %(end)s"]
    return Selection(dataset, tuple(wanted), {**values, "start": period.start, "end": period.end})
