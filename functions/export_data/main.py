"""Exports as streams of any size, within the caller's row scope.

Routes: GET /api/v1/exports/{lessons, payments, users, materials, homework, events, notifications}.
"""

from functions.export_data import exporting
from functions.export_data.asked import EventExportQuery, ExportQuery
from functions.export_data.datasets.events import EVENTS
from functions.export_data.datasets.homework import HOMEWORK
from functions.export_data.datasets.lessons import LESSONS
from functions.export_data.datasets.materials import MATERIALS
from functions.export_data.datasets.notifications import NOTIFICATIONS
from functions.export_data.datasets.payments import PAYMENTS
from functions.export_data.datasets.users import USERS
from functions.export_data.scoping import own_only
from lib.runtime.function import Call, Function, Reply

app = Function("export_data")
FORMATS = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/json",
    "application/x-ndjson",
)


@app.get("/api/v1/exports/lessons", query=ExportQuery, produces=FORMATS, summary="Lessons as a table")
def export_lessons(call: Call, query: ExportQuery) -> Reply:
    """Every lesson that starts in the period. `X-Total-Count` says how many rows follow; a stream that breaks
    off is not ended in order, so that half a file never looks whole."""
    return exporting.export(call, query, LESSONS)


@app.get("/api/v1/exports/payments", query=ExportQuery, produces=FORMATS, summary="Payments as a table")
def export_payments(call: Call, query: ExportQuery) -> Reply:
    """Every payment by the day it was processed on, else failed or refunded."""
    return exporting.export(call, query, PAYMENTS)


@app.get("/api/v1/exports/homework", query=ExportQuery, produces=FORMATS, summary="Homework as a table")
def export_homework(call: Call, query: ExportQuery) -> Reply:
    """Every piece of homework of each student by the day it was assigned on, else first heard of."""
    return exporting.export(call, query, HOMEWORK)


@app.get("/api/v1/exports/materials", query=ExportQuery, produces=FORMATS, summary="Materials as a table")
def export_materials(call: Call, query: ExportQuery) -> Reply:
    """The register of materials: of a period those created in it, without one all of them. A tutor's own; a
    student's or a child's are those they have opened."""
    return exporting.export(call, query, MATERIALS)


@app.get("/api/v1/exports/users", query=ExportQuery, produces=FORMATS, summary="Users as a table")
def export_users(call: Call, query: ExportQuery) -> Reply:
    """The register of users: of a period those registered in it, without one all of them. A tutor's own students,
    a parent's own children, and oneself."""
    return exporting.export(call, query, USERS)


@app.get(
    "/api/v1/exports/events",
    query=EventExportQuery,
    produces=FORMATS,
    roles=("admin",),
    summary="The event log as a table",
)
def export_events(call: Call, query: EventExportQuery) -> Reply:
    """Every event that happened in the period."""
    return exporting.export(call, query, EVENTS)


@app.get(
    "/api/v1/exports/notifications", query=ExportQuery, produces=FORMATS, summary="Notifications as a table"
)
def export_notifications(call: Call, query: ExportQuery) -> Reply:
    """What became of each message planned in the period: everybody's for an admin, one's own for anybody else."""
    return exporting.export(call, query, NOTIFICATIONS, own_only)


export_data = app.target
