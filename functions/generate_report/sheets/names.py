"""Names of sheets: what Excel allows, each once."""

import re

LONGEST = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
# A name that Excel keeps for itself.
RESERVED = "history"


class Names:
    """Those given so far, as Excel compares them."""

    def __init__(self) -> None:
        self._given: set[str] = {RESERVED}

    def new(self, title: str) -> str:
        """A name like the title that no sheet has yet."""
        plain = FORBIDDEN.sub(" ", title).strip(" '") or "—"
        name, number = plain[:LONGEST].strip(" '"), 1
        while name.lower() in self._given:
            number += 1
            end = f" {number}"
            name = plain[: LONGEST - len(end)].strip(" '") + end
        self._given.add(name.lower())
        return name
