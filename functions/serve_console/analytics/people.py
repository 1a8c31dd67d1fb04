"""Names for the ids in an answer, by one query of the directory.

An id that analytics put into its answer is in the visitor's row scope, so its name may be shown. An id that only the
address names is not asked for: whoever types one learns nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from lib.runtime import naming
from lib.runtime.call import Call


class Names:
    """What the directory calls people."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    def __call__(self, user_id: str) -> str:
        """The name; the id where none is known."""
        return self._known.get(user_id, user_id)

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._known


def names(call: Call, *answers: Any) -> Names:
    """Of everybody in these answers."""
    return of_ids(call, naming.ids_in(*answers))


def of_ids(call: Call, ids: Iterable[str]) -> Names:
    """Of people whom the visitor is known to see."""
    with call.db.connect() as conn:
        return Names(naming.of_ids(conn, ids))
