"""The routes of reports that are made later, and the queue that they are made from."""

from sqlalchemy import Connection

from functions.generate_report.jobs import doors, ordering, subscription_routes, sweeping, views, working
from functions.generate_report.jobs.shapes import ReportJob, ReportPage, ReportRequest, ReportsQuery
from lib.errors import Permanent
from lib.queue import outbox
from lib.runtime import reporting
from lib.runtime.function import Call, Function, Message, Reply

BASE = views.BASE
ANYBODY = ("admin", "tutor", "student", "parent", "service")


def declare(app: Function) -> None:
    """Declare them all; the fixed paths come before those with an id."""
    app.post(
        BASE,
        body=ReportRequest,
        answer=ReportJob,
        roles=ANYBODY,
        status=202,
        write=True,
        summary="Ask for a report that is made in a moment",
    )(ask_for_report)
    app.get(BASE, query=ReportsQuery, answer=ReportPage, roles=ANYBODY, summary="One's reports")(list_reports)
    app.get(f"{BASE}/<report_id>", answer=ReportJob, roles=ANYBODY, summary="How far a report is")(
        show_report
    )
    app.delete(
        f"{BASE}/<report_id>",
        answer=ReportJob,
        roles=ANYBODY,
        write=True,
        summary="Cancel a report, or delete its file",
    )(end_report)
    app.get(
        f"{BASE}/<report_id>/download",
        status=302,
        roles=ANYBODY,
        summary="The finished file, by a signed link",
    )(fetch_report)
    app.get(f"{doors.FILES}/<token>", open=True, produces=FILE, summary="A file by its signed link")(
        serve_file
    )
    app.get(f"{doors.LETTER_FILES}/<token>", open=True, produces=FILE, summary="A file by its signed link")(
        serve_file_of_letter
    )
    app.get(
        f"{doors.LETTER_BASE}/<token>", open=True, status=302, summary="A report by the link of a letter"
    )(open_from_letter)
    subscription_routes.declare(app)
    app.on_queue(reporting.QUEUE)(consume)


FILE = ("application/octet-stream",)


def ask_for_report(call: Call, body: ReportRequest, conn: Connection) -> Reply:
    """Checked and durable when answered. The same wish of the same figures gives the same report, `reused`.

    It is made with the rights of whoever asks, looked up at the time it is made.
    """
    row, new = ordering.place(conn, call, body)
    return Reply(views.shown(row, reused=not new), 202, headers={"Location": f"{BASE}/{row.id}"})


def list_reports(call: Call, query: ReportsQuery) -> Reply:
    """Newest first: one's own; everybody's for an admin."""
    with call.db.connect() as conn:
        return Reply(views.page(conn, call.principal, query))


def show_report(call: Call, report_id: str) -> Reply:
    """Progress in percent, the stage, and why it failed if it did."""
    with call.db.connect() as conn:
        return Reply(views.shown(views.found(conn, call.principal, report_id)))


def end_report(call: Call, conn: Connection, report_id: str) -> Reply:
    """What is not finished is cancelled; a finished file ends and is deleted. Doing it twice is the same."""
    row = views.found(conn, call.principal, report_id)
    if doors.ended(conn, row):
        outbox.add(conn, [reporting.sweep(str(row.id))])
    return Reply(views.shown(views.found(conn, call.principal, report_id)))


def fetch_report(call: Call, report_id: str) -> Reply:
    """Sends on to a link that lives for five minutes; 409 while it is not ready, 410 when it is not kept any more."""
    with call.db.connect() as conn:
        row = views.found(conn, call.principal, report_id)
    return doors.download(call, row)


def serve_file(call: Call, token: str) -> Reply:
    """Whoever has the link gets the file, for five minutes and as long as the report is kept."""
    return doors.served(call, token)


def serve_file_of_letter(call: Call, token: str) -> Reply:
    """The same on the port that letters name."""
    return doors.served(call, token)


def open_from_letter(call: Call, token: str) -> Reply:
    """Sends on to a fresh link to the file; a page says so when there is none any more."""
    return doors.opened_from_letter(call, token)


def consume(call: Call, message: Message) -> None:
    """One report to make, or files to delete."""
    event = message.event()
    if event.get("source") != outbox.SOURCE:
        raise Permanent("bad_message", "Reports are asked for at POST /api/v1/reports.")
    match event.get("type"):
        case reporting.REQUESTED:
            working.work(call, views.as_uuid(str(event["data"].get("report_id"))))
        case reporting.SWEEP:
            sweeping.sweep(call, whole=event["data"].get("whole") is True)
        case _:
            raise Permanent("bad_message", "The message asks for no report.")
