"""Making reports as a job makes them, with somebody's token, and asking for what should be in them."""

from typing import Any

from functions.generate_report import making
from functions.generate_report.asking import Ask
from lib.auth.tokens import mint
from tests.clients import Answer
from tests.integration.runtime.served import Served

ANALYTICS = "/api/v1/analytics"


def ask(school: Served, role: str = "admin", sub: str = "admin-1") -> Ask:
    """What that person may ask."""
    services = school["generate_report"].services
    return Ask(services.peers, mint(school.settings, role=role, sub=sub), services.db)


def made(school: Served, type_: str, format_: str, locale: str = "ru", **more: Any) -> making.Made:
    """A full report; `role` and `sub` say for whom, the rest are its parameters."""
    who = {name: more.pop(name) for name in ("role", "sub") if name in more}
    wanted = making.checked(type_, format_, more, locale)
    return making.make(wanted, ask(school, **who), nobody_waits)


def nobody_waits(percent: int, stage: str) -> None:
    """For who does not want to know how far it is."""
    assert (0 <= percent <= 100, stage != "") == (True, True)


def quick(school: Served, name: str, query: str = "", **who: str) -> Answer:
    """A quick report by its route."""
    return school["generate_report"].get(f"/api/v1/reports/quick/{name}?{query}", **who)


def told(school: Served, path: str, query: str, **who: str) -> dict[str, Any]:
    """What analytics answers."""
    answer = school["query_analytics"].get(f"{ANALYTICS}/{path}?{query}", **who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found
