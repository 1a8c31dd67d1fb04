"""A payment's state. One payment_id is one payment, however many times it is reported."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from lib.domain.events import Event
from lib.domain.rollups import ACTIVITY, PAYMENTS, Contribution, contribution

DEFAULT_CURRENCY = "RUB"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount at an instant."""

    at: datetime
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """The latest report of a payment, its failure if it failed, and every refund of it; `lessons` is how many
    it buys."""

    payment_id: str
    student_id: str
    currency: str = DEFAULT_CURRENCY
    tutor_id: str | None = None
    method: str | None = None
    subject: str | None = None
    lessons: int | None = None
    processed: Money | None = None
    failed: Money | None = None
    refunds: tuple[Money, ...] = field(default=())


def fold(events: Iterable[Event], payment: Payment | None = None) -> Payment | None:
    """Events of one payment, in their own order, after the state so far → its state; None when there are none."""
    for event in events:
        data, money = event.data, Money(event.time, Decimal(event.data["amount"]))
        payment = payment or Payment(str(data["payment_id"]), str(data["student_id"]))
        payment = replace(
            payment,
            currency=data.get("currency") or payment.currency,
            tutor_id=data.get("tutor_id") or payment.tutor_id,
            method=data.get("method") or payment.method,
            subject=data.get("subject") or payment.subject,
        )
        match event.type:
            case "payment.processed":
                payment = replace(
                    payment,
                    processed=money,
                    student_id=str(data["student_id"]),
                    lessons=data.get("lessons") or payment.lessons,
                )
            case "payment.failed":
                payment = replace(payment, failed=money)
            case "payment.refunded":
                payment = replace(payment, refunds=(*payment.refunds, money))
    return payment


def contributions(payment: Payment | None) -> Iterator[Contribution]:
    """Revenue on the day of the payment, refunds on theirs."""
    if payment is None:
        return
    names = (payment.tutor_id, payment.student_id, payment.currency, payment.method)
    if payment.processed:
        at, amount = payment.processed.at, payment.processed.amount
        yield contribution(PAYMENTS, at, *names, payments=1, revenue=amount)
        yield contribution(ACTIVITY, at, payment.student_id, actions=1)
    if payment.failed:
        yield contribution(PAYMENTS, payment.failed.at, *names, failed=1)
    for refund in payment.refunds:
        yield contribution(PAYMENTS, refund.at, *names, refunds=1, refunded=refund.amount)
