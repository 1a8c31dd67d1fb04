"""Where in /analytics somebody is: a topic, a period, and for a parent a child. All of it stands in each button."""

from dataclasses import dataclass, replace

from functions.answer_telegram.analytics.topics import DAYS, TOPICS, Topic, of_role
from functions.answer_telegram.talking.visit import Visit
from lib.db import recipients
from lib.domain.audience import Recipient
from lib.errors import not_found

USUAL_DAYS = 30
ALL = "-"


@dataclass(frozen=True, slots=True)
class Place:
    """`child` is one of `children`, or None: all of them, or not a parent at all."""

    topic: Topic
    days: int
    child: Recipient | None
    children: tuple[Recipient, ...]

    def act(self, visit: Visit) -> tuple[str, ...]:
        """As a button says it."""
        mark = visit.seals.mark(self.child.user_id) if self.child else ALL
        return self.topic.name, str(self.days), mark

    def at(self, **changes: object) -> "Place":
        """The same but for something."""
        return replace(self, **changes)  # type: ignore[arg-type]  # fields of this very class


def place(visit: Visit, name: str = "", days: str = "", mark: str = ALL) -> Place:
    """Read afresh from a button. Raises BadInput (404) for what this role or family has not (any more)."""
    topics = of_role(visit.role)
    topic = TOPICS.get(name) if name else topics[0]
    period = int(days) if days else USUAL_DAYS
    if topic not in topics or topic is None or period not in DAYS:
        raise not_found()
    children = _children(visit)
    found = [each for each in children if visit.seals.mark(each.user_id) == mark]
    if mark != ALL and not found:
        raise not_found()
    child = found[0] if found else None
    if "{student_id}" in topic.path and visit.role == "parent" and child is None:
        if not children:
            raise not_found()
        child = children[0]
    return Place(topic, period, child, children)


def _children(visit: Visit) -> tuple[Recipient, ...]:
    if visit.role != "parent":
        return ()
    with visit.call.db.connect() as conn:
        found = recipients.by_ids(conn, visit.me.child_ids)
    known = (found.get(each) or Recipient(each) for each in visit.me.child_ids)
    return tuple(sorted(known, key=lambda each: (each.name or each.user_id, each.user_id)))
