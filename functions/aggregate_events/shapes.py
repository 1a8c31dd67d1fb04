"""What the event door answers."""

from pydantic import BaseModel


class Rejected(BaseModel):
    """The event at `index` of the batch was refused, and why."""

    index: int
    reason: str


class Taken(BaseModel):
    """How many events were new, how many were known, and which were refused."""

    accepted: int
    duplicates: int
    rejected: list[Rejected]
