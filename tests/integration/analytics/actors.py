"""Everybody who may ask, and some who may not: two families of two tutors, the school, strangers."""

from dataclasses import dataclass

from lib.auth.tokens import mint
from lib.runtime.settings import Settings

SIDES = ("alpha", "beta")


@dataclass(frozen=True)
class Actor:
    """Somebody who asks. `side` is the family whose rows are theirs; None: everybody's, or nobody's."""

    name: str
    role: str = ""
    sub: str = ""
    side: str | None = None
    scopes: tuple[str, ...] = ()
    token: str | None = None

    def header(self, settings: Settings) -> dict[str, str]:
        token = self.token
        if self.role:
            token = mint(settings, role=self.role, sub=self.sub, scopes=self.scopes)
        return {"Authorization": f"Bearer {token}"} if token else {}


ACTORS = (
    Actor("nobody"),
    Actor("a forger", token="eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwicm9sZSI6ImFkbWluIn0."),
    Actor("an admin", "admin", "a-1"),
    Actor("a service", "service", "svc"),
    Actor("a service of another kind", "service", "svc", scopes=("notifications:write",)),
    *(Actor(f"tutor {side}", "tutor", f"t-{side}", side) for side in SIDES),
    *(Actor(f"student {side}", "student", f"s-{side}", side) for side in SIDES),
    *(Actor(f"parent {side}", "parent", f"p-{side}", side) for side in SIDES),
    Actor("a parent without children", "parent", "p-nobody", "nobody"),
)
SEES_ALL = ("admin", "service")
