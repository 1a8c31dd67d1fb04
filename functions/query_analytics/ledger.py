"""The lessons that students bought and the lessons that were charged, read for matching."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, text

from functions.query_analytics.question import Filters
from lib.db.balances import CHARGED, PAYMENTS
from lib.domain.money import after_refunds, first_part, reached

CONCERNED = text(
    "SELECT student_id FROM lessons WHERE tutor_id = :tutor AND student_id IS NOT NULL "
    "UNION SELECT student_id FROM payments WHERE tutor_id = :tutor ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A payment: `lessons` and `net` are what is left of it after refunds, `used` how many lessons are used up and
    `spent` what those cost."""

    payment_id: str
    student_id: str
    tutor_id: str | None
    subject: str | None
    currency: str
    paid_at: datetime
    lessons: int
    net: Decimal
    used: int
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What is paid and not used; with `spent` it makes the net amount."""
        return self.net - self.spent


@dataclass(frozen=True, slots=True)
class Account:
    """A student's lessons, whoever taught them: bought (after refunds), given as a gift, charged."""

    bought: int = 0
    given: int = 0
    taken: int = 0

    @property
    def balance(self) -> int:
        """Lessons left; below zero when lessons were charged that nobody paid for."""
        return self.bought + self.given - self.taken


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that is paid, in the order of payment, and each student's account."""

    purchases: tuple[Purchase, ...]
    accounts: dict[str, Account]


def students_concerned(conn: Connection, filters: Filters) -> list[str] | None:
    """Whose accounts a question needs; None for everybody's. A tutor's students are matched as a whole."""
    if filters.student_ids is not None:
        return sorted(filters.student_ids)
    if filters.tutor_id is None:
        return None
    return [row.student_id for row in conn.execute(CONCERNED, {"tutor": filters.tutor_id})]


def read(conn: Connection, students: Sequence[str] | None) -> Ledger:
    """The ledger of some students, or of all."""
    asked = {"students": None if students is None else list(students)}
    paid: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in conn.execute(PAYMENTS, asked):
        paid[row.student_id].append(row)
    charged = {row.student_id: (int(row.taken), int(row.given)) for row in conn.execute(CHARGED, asked)}
    purchases: list[Purchase] = []
    accounts: dict[str, Account] = {}
    for name in sorted({*paid, *charged}):
        taken, given = charged.get(name, (0, 0))
        bought = _purchases(paid[name], units=max(0, taken - given))
        accounts[name] = Account(sum(one.lessons for one in bought), given, taken)
        purchases += bought
    return Ledger(tuple(purchases), accounts)


def _purchases(rows: Sequence[Row[Any]], units: int) -> list[Purchase]:
    """One student's, in the order of payment; `units` are the lessons that gifts do not cover."""
    net = [after_refunds(row.lessons, row.amount, row.refunded, row.currency) for row in rows]
    used = reached((lessons for lessons, _ in net), units)
    return [_purchase(row, *left, n) for row, left, n in zip(rows, net, used, strict=True)]


def _purchase(row: Row[Any], lessons: int, net: Decimal, used: int) -> Purchase:
    return Purchase(
        row.payment_id,
        row.student_id,
        row.tutor_id,
        row.subject,
        row.currency,
        row.paid_at,
        lessons,
        net,
        used,
        first_part(net, used, lessons, row.currency),
    )
