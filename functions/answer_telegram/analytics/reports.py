"""«📄 Отчёт»: a quick report as a document; the menu stays where it is."""

import re

from functions.answer_telegram.analytics.place import place
from functions.answer_telegram.talking.reply import Reply
from functions.answer_telegram.talking.visit import Visit
from lib.domain.outcomes import Attachment
from lib.errors import not_found

FILENAME = re.compile(r'filename="([^"]+)"')


def send(visit: Visit, name: str, days: str, mark: str, kind: str) -> Reply:
    """Of everything that this reader may see: a quick report knows no single child."""
    here = place(visit, name, days, mark)
    if here.topic.report is None:
        raise not_found()
    speech = visit.speech
    path = f"/api/v1/reports/quick/{here.topic.report}"
    made = visit.ask("generate-report", path, days=here.days, format=kind, locale=speech.locale)
    headers = {header.lower(): value for header, value in made.headers.items()}
    named = FILENAME.search(headers.get("content-disposition", ""))
    filename = named[1] if named else f"{here.topic.report}.{kind}"
    file = Attachment(filename, headers.get("content-type", "application/octet-stream"), made.data)
    caption = speech.html(
        "report.caption",
        report=speech.plain(f"report.name.{here.topic.report}"),
        period=speech.plain(f"days.{here.days}"),
    )
    if len(here.children) > 1:
        caption += "\n" + speech.html("board.all_children")
    return Reply(file=file, caption=caption)
