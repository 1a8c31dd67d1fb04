"""Who asks: people of each role that the directory knows, and a token for each."""

import os
import random
from dataclasses import dataclass
from typing import Any

import urllib3

from lib.auth.tokens import mint
from lib.runtime.settings import Settings, load

NOTIFICATIONS = os.environ.get("LOAD_NOTIFICATIONS_URL", "http://127.0.0.1:8006")
ANALYTICS = os.environ.get("LOAD_ANALYTICS_URL", "http://127.0.0.1:8007")
ROLES = ("tutor", "parent", "student")


class NobodyThere(Exception):
    """The system that is to be loaded does not answer, or knows nobody of a role."""


@dataclass(frozen=True)
class Person:
    """Someone with a token of two hours."""

    user_id: str
    role: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request of theirs carries."""
        return {"Authorization": f"Bearer {self.token}"}


class Directory:
    """The people of a running system, read once."""

    def __init__(self) -> None:
        self._settings: Settings = load()
        self.admin = self._person("admin-1", "admin")
        self.platform = self._person("load", "service")
        self._people = {role: self._listed(role) for role in ROLES}

    def anyone(self, role: str) -> Person:
        """One of them by chance."""
        return random.choice(self._people[role])

    def _person(self, user_id: str, role: str) -> Person:
        return Person(user_id, role, mint(self._settings, role=role, sub=user_id, ttl_seconds=7200))

    def _listed(self, role: str) -> list[Person]:
        found = self._ask(f"{NOTIFICATIONS}/api/v1/recipients?role={role}&limit=200")
        if not found:
            raise NobodyThere(
                f"The directory knows nobody who is a {role}: load demonstration data first (make run)."
            )
        return [self._person(each["user_id"], role) for each in found]

    def _ask(self, url: str) -> list[dict[str, Any]]:
        try:
            answer = urllib3.request("GET", url, headers=self.admin.headers, timeout=10.0, retries=False)
        except urllib3.exceptions.HTTPError as error:
            raise NobodyThere(
                f"{url} does not answer ({type(error).__name__}): is the system running?"
            ) from None
        if answer.status != 200:
            raise NobodyThere(
                f"{url} answers {answer.status}: does JWT_SECRET_KEY here say what it says there?"
            )
        return list(answer.json()["items"])


def lesson(number: str, student: str, tutor: str, at: str) -> list[dict[str, Any]]:
    """A lesson's life as the platform tells it: planned, then held and marked."""
    planned = {
        "lesson_id": number,
        "student_id": student,
        "tutor_id": tutor,
        "starts_at": at,
        "subject": "math",
    }
    marked = {"lesson_id": number, "attendance_status": "attended", "student_rating": 5}
    common = {"specversion": "1.0", "source": "load", "subject": number, "time": at}
    return [
        common | {"id": f"{number}/planned", "type": "lesson.created", "data": planned},
        common | {"id": f"{number}/marked", "type": "lesson.attendance_marked", "data": marked},
    ]
