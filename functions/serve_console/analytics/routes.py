"""The routes of the analytics pages; `home` is what `/` shows on the analytics port."""

from functions.serve_console.analytics import (
    chart_pages,
    families,
    filters,
    leaks,
    library,
    receipts,
    reports,
    rows,
    student,
)
from functions.serve_console.analytics.catalogue import PAGES
from functions.serve_console.analytics.home import home
from functions.serve_console.web.navigation import STAFF
from functions.serve_console.web.routes import form, page
from lib.runtime.function import Function

__all__ = ["declare", "home"]


def declare(app: Function) -> None:
    """Declare them all; the fixed paths come before those with a name."""
    library.declare(app)
    page(app, "/pages/filters")(filters.show)
    page(app, "/pages/leaks", roles=STAFF)(leaks.show)
    page(app, "/pages/charts/<name>")(chart_pages.show)
    page(app, "/pages/rows/<family>")(rows.show)
    page(app, "/pages/students/<student_id>")(student.show)
    page(app, "/pages/receipts/<receipt_id>")(receipts.show)
    form(app, "/pages/receipts/<receipt_id>/verify")(receipts.verify)
    page(app, "/pages/reports")(reports.show)
    form(app, "/pages/reports")(reports.order)
    page(app, "/pages/reports/<report_id>")(reports.job)
    form(app, "/pages/reports/<report_id>/end")(reports.end)
    form(app, "/pages/subscriptions")(reports.subscribe)
    form(app, "/pages/subscriptions/<subscription_id>/end")(reports.unsubscribe)
    for each in PAGES.values():
        page(app, f"/pages/{each.name}", roles=each.roles)(families.handler(each))
