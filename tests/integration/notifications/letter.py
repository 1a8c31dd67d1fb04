"""A letter as a carrier is given it, without the road before it."""

from datetime import UTC, datetime

from lib.domain.catalogue import TYPES
from lib.domain.outcomes import Letter

LETTER = Letter(
    delivery_id="01a20554-9c06-78de-b12d-706e76870ee8",
    user_id="sasha",
    kind=TYPES["custom"],
    address="sasha@example.com",
    subject="Привет",
    text="Привет",
    html="<p>Привет</p>",
    message_id="<a.b@school.example>",
    date=datetime(2026, 11, 25, tzinfo=UTC),
)


def dot() -> None:
    """A point of no return at which nothing has to be written down."""
