"""The routes of regular reports."""

from sqlalchemy import Connection

from functions.generate_report.jobs import subscribing, views
from functions.generate_report.jobs.subscription_shapes import (
    Subscription,
    SubscriptionPage,
    SubscriptionRequest,
    SubscriptionsQuery,
)
from lib.db import report_subscriptions
from lib.runtime.function import Call, Function, Reply

BASE = f"{views.BASE}/subscriptions"
PEOPLE = ("admin", "tutor", "student", "parent")


def declare(app: Function) -> None:
    """Declare them all."""
    app.post(
        BASE,
        body=SubscriptionRequest,
        answer=Subscription,
        roles=PEOPLE,
        status=201,
        write=True,
        summary="Have a report regularly",
    )(subscribe_to_report)
    app.get(
        BASE, query=SubscriptionsQuery, answer=SubscriptionPage, roles=PEOPLE, summary="One's regular reports"
    )(list_subscriptions)
    app.get(f"{BASE}/<subscription_id>", answer=Subscription, roles=PEOPLE, summary="One regular report")(
        show_subscription
    )
    app.delete(
        f"{BASE}/<subscription_id>", answer=Subscription, roles=PEOPLE, write=True, summary="No more of it"
    )(end_subscription)


def subscribe_to_report(call: Call, body: SubscriptionRequest, conn: Connection) -> Reply:
    """Of the last full week or month, made with the reader's own rights of that time, to their own address."""
    return Reply(subscribing.subscribe(conn, call, body), 201)


def list_subscriptions(call: Call, query: SubscriptionsQuery) -> Reply:
    """Newest first: one's own; everybody's for an admin."""
    with call.db.connect() as conn:
        return Reply(subscribing.listed(conn, call.principal, query))


def show_subscription(call: Call, subscription_id: str) -> Reply:
    """With the next time it is due."""
    with call.db.connect() as conn:
        return Reply(subscribing.shown(subscribing.found(conn, call.principal, subscription_id)))


def end_subscription(call: Call, conn: Connection, subscription_id: str) -> Reply:
    """What was made already stays as it is. Doing it twice is the same."""
    row = subscribing.found(conn, call.principal, subscription_id)
    report_subscriptions.end(conn, str(row.id))
    return Reply(subscribing.shown(subscribing.found(conn, call.principal, subscription_id)))
