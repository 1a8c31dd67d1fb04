"""Writes reports.

Routes: GET /api/v1/reports/types, GET /api/v1/reports/quick/lesson. Figures and charts come from the other
functions, asked with the caller's own token.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from functions.generate_report import lesson
from lib.runtime import metrics
from lib.runtime.function import Call, Function, Reply

app = Function("generate_report")
ROLES = ("admin", "tutor", "student", "parent", "service")


class QuickQuery(BaseModel):
    """The last `days` days, today included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int = Field(default=7, ge=1, le=92)
    format: Literal["pdf"] = "pdf"
    locale: Literal["ru", "en"] | None = None


class ReportType(BaseModel):
    """A report that can be asked for."""

    name: str
    title: str
    formats: list[str]
    parameters: list[str]
    roles: list[str]


class ReportTypes(BaseModel):
    """All of them."""

    items: list[ReportType]


@app.get("/api/v1/reports/types", answer=ReportTypes, summary="Which reports there are")
def types(call: Call) -> Reply:
    """Name, formats, parameters, and who may."""
    title = {"ru": "Отчёт об уроках", "en": "Lesson report"}[call.settings.default_locale]
    parameters = sorted(QuickQuery.model_fields)
    only = ReportType(name="lesson", title=title, formats=["pdf"], parameters=parameters, roles=list(ROLES))
    return Reply(ReportTypes(items=[only]))


@app.get(
    "/api/v1/reports/quick/lesson",
    query=QuickQuery,
    produces=("application/pdf",),
    summary="The lesson report, at once",
)
def quick_lesson(call: Call, query: QuickQuery) -> Reply:
    """The file itself."""
    with metrics.REPORTS.labels("lesson", query.format).time():
        document = lesson.report(call, days=query.days, locale=query.locale or call.settings.default_locale)
    name = f"lessons-{query.days}d.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Reply(document, content_type="application/pdf", headers=headers)


generate_report = app.target
