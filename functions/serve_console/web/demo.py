"""Who can be entered as with a click on a local run.

Only where tokens are signed with the development key, which is published: anybody could sign in there anyway.
"""

from collections.abc import Sequence

from sqlalchemy import text

from lib.auth.secrets import DEVELOPMENT_KEY
from lib.auth.sessions import ROLES
from lib.db import recipients
from lib.domain.audience import Recipient
from lib.errors import not_found
from lib.runtime.call import Call

HEAD = "admin-1"
# Those whose pages have most on them: the busiest tutor and student, the parent of most children.
BUSIEST = text(
    "(SELECT tutor_id AS user_id FROM lessons WHERE tutor_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) "
    "UNION ALL (SELECT user_id FROM recipients WHERE role = 'parent' AND active "
    "ORDER BY cardinality(child_ids) DESC, user_id LIMIT 1) "
    "UNION ALL (SELECT student_id FROM lessons WHERE student_id IS NOT NULL "
    "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1)"
)


def people(call: Call) -> Sequence[Recipient]:
    """One person of each role, the head first; nobody unless this is a local run."""
    if not _local(call):
        return ()
    with call.db.connect() as conn:
        ids = list(conn.execute(BUSIEST).scalars())
        found = recipients.by_ids(conn, [HEAD, *ids])
    head = found.pop(HEAD, None) or Recipient(HEAD, role="admin")
    return [head, *(found[each] for each in ids if each in found and found[each].role in ROLES)]


def require(call: Call, user_id: str) -> Recipient:
    """One of them. Raises BadInput (404) for anybody else, and where this is no local run."""
    for person in people(call):
        if person.user_id == user_id:
            return person
    raise not_found()


def _local(call: Call) -> bool:
    settings = call.settings
    return settings.environment != "production" and settings.jwt_secret_key == DEVELOPMENT_KEY
