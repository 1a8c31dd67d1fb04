"""Exports as streams of any size, within the caller's row scope.

Routes: GET /api/v1/exports/lessons?format=csv.
"""

from typing import Literal
from zoneinfo import ZoneInfo

from functions.export_data import lessons
from functions.export_data.cells import chunks
from functions.export_data.stream import Stream
from lib.domain.parameters import Parameters
from lib.runtime.function import Call, Function, Reply
from lib.runtime.row_scope import scope

CSV = "text/csv; charset=utf-8"
app = Function("export_data")


class ExportQuery(Parameters):
    """The common parameters; times are written in `tz`."""

    format: Literal["csv"] = "csv"


@app.get("/api/v1/exports/lessons", query=ExportQuery, produces=("text/csv",), summary="Lessons as a table")
def export_lessons(call: Call, query: ExportQuery) -> Reply:
    """Every lesson of the period. `X-Total-Count` says how many rows follow; a stream that breaks off is
    not ended in order, so that half a file never looks whole."""
    period = query.period(default_tz=call.settings.school_timezone, now=call.now)
    conn = call.db.connect().execution_options(isolation_level="REPEATABLE READ")
    try:
        tutor_id, student_ids = scope(conn, call).filters(
            tutor_id=query.tutor_id, student_id=query.student_id
        )
        wanted = lessons.conditions(period.start, period.end, tutor_id, student_ids, query.subject)
        total = lessons.count(conn, wanted)
    except BaseException:
        conn.close()
        raise

    pieces = chunks(lessons.HEADER, lessons.rows(conn, wanted), ZoneInfo(period.tz))
    name = f"lessons-{period.first}-{period.last}.csv"
    headers = {"X-Total-Count": str(total), "Content-Disposition": f'attachment; filename="{name}"'}
    return Reply(Stream(conn, pieces), content_type=CSV, headers=headers)


export_data = app.target
