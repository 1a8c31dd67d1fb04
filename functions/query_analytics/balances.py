"""How many lessons students have left, as far as the caller may see what they rest on."""

from typing import Any

from sqlalchemy import Connection, text

from functions.query_analytics import ledger
from functions.query_analytics.ledger import Account
from functions.query_analytics.question import Filters

OF_TUTOR = text(
    "SELECT c.student_id, sum(greatest(c.lessons, 0)) AS taken, sum(greatest(-c.lessons, 0)) AS given "
    "FROM charges c JOIN lessons l ON l.lesson_id = c.lesson_id WHERE l.tutor_id = :tutor "
    "AND c.student_id = ANY(CAST(:students AS text[])) GROUP BY c.student_id ORDER BY c.student_id"
)


def accounts(conn: Connection, filters: Filters) -> dict[str, Account]:
    """Accounts by student. For a tutor: what was paid to and charged for that tutor, nothing of the others."""
    students = ledger.students_concerned(conn, filters)
    known = ledger.read(conn, students)
    if filters.tutor_id is None:
        return known.accounts
    asked = {"tutor": filters.tutor_id, "students": students}
    found = {
        row.student_id: Account(0, int(row.given), int(row.taken)) for row in conn.execute(OF_TUTOR, asked)
    }
    for one in known.purchases:
        if one.tutor_id == filters.tutor_id:
            before = found.get(one.student_id, Account())
            found[one.student_id] = Account(before.bought + one.lessons, before.given, before.taken)
    return found


def total(conn: Connection, filters: Filters) -> dict[str, Any]:
    """The sum over the students asked about."""
    found = accounts(conn, filters).values()
    return shown(
        Account(sum(a.bought for a in found), sum(a.given for a in found), sum(a.taken for a in found))
    )


def shown(account: Account) -> dict[str, Any]:
    """`lessons` is what is left: bought after refunds, and given, less what was charged."""
    return {
        "bought": account.bought,
        "given": account.given,
        "charged": account.taken,
        "lessons": account.balance,
    }
