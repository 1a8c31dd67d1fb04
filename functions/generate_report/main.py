"""Writes reports.

Routes: GET /api/v1/reports/types, GET /api/v1/reports/quick/{lesson, payment, user, material, homework}. Figures and
charts come from the other functions, asked with the caller's own token.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from functions.generate_report import making
from functions.generate_report.asking import Ask
from functions.generate_report.jobs import routes
from functions.generate_report.reports.catalogue import QUICK, REPORTS
from functions.generate_report.reports.report import Report
from functions.generate_report.wanted import FORMATS, PARAMETERS
from functions.generate_report.words.sentences import SENTENCES
from functions.generate_report.writers.pdf import warm
from lib.errors import not_found
from lib.runtime import metrics
from lib.runtime.function import Call, Function, Reply

app = Function("generate_report")
app.on_start(warm)
MEDIA = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/html",
    "text/csv",
)
# What a browser shows; the others it keeps as files.
SHOWN = ("pdf", "html")
# A page of ours holds no script and needs nothing from anywhere.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


class QuickQuery(BaseModel):
    """The last `days` days, today included; `excel` is `xlsx`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int = Field(default=7, ge=1, le=92)
    format: Literal["pdf", "xlsx", "excel", "html", "csv"] = "pdf"
    locale: Literal["ru", "en"] | None = None


class ReportType(BaseModel):
    """A report that can be asked for; `quick` ones also at once, of the last days."""

    name: str
    title: str
    formats: list[str]
    parameters: list[str]
    required: list[str]
    roles: list[str]
    quick: bool


class ReportTypes(BaseModel):
    """All of them."""

    items: list[ReportType]


@app.get("/api/v1/reports/types", answer=ReportTypes, summary="Which reports there are")
def types(call: Call) -> Reply:
    """Name, formats, parameters, and who may."""
    return Reply(ReportTypes(items=[_type(each, call.settings.default_locale) for each in REPORTS.values()]))


def _type(report: Report, locale: str) -> ReportType:
    fields = PARAMETERS[report.name].model_fields
    return ReportType(
        name=report.name,
        title=SENTENCES[f"report.{report.name}"][locale == "en"],
        formats=list(FORMATS),
        parameters=[field.alias or name for name, field in fields.items()],
        required=[field.alias or name for name, field in fields.items() if field.is_required()],
        roles=list(report.roles),
        quick=report.name in QUICK,
    )


@app.get("/api/v1/reports/quick/<name>", query=QuickQuery, produces=MEDIA, summary="A short report, at once")
def quick(call: Call, query: QuickQuery, name: str) -> Reply:
    """The file itself, of what the caller may see."""
    if name not in QUICK:
        raise not_found(f"There is no quick report of that name; there are {', '.join(QUICK)}.")
    locale = query.locale or call.settings.default_locale
    wanted = making.quick(making.checked(name, query.format, {"days": query.days}, locale))
    with metrics.REPORTS.labels(name, wanted.format).time():
        made = making.make(wanted, Ask(call.peers, call.token, call.db), _nobody_waits)
    shown = "inline" if wanted.format in SHOWN else "attachment"
    headers = {
        "Content-Disposition": f'{shown}; filename="{made.filename}"',
        "Cache-Control": "private, no-store",
    }
    if wanted.format == "html":
        headers["Content-Security-Policy"] = POLICY
    return Reply(made.data, content_type=made.media_type, headers=headers)


def _nobody_waits(percent: int, stage: str) -> None:
    """A quick report is there before anybody could ask how far it is."""


routes.declare(app)
generate_report = app.target
