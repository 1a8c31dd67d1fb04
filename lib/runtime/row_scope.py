"""The caller's row scope: the pure rule of `lib.domain.access`, with the directory asked for a parent's children."""

from sqlalchemy import Connection, text

from lib.domain.access import Scope, scope_of
from lib.runtime.call import Call


def scope(conn: Connection, call: Call, service_scope: str = "analytics:read") -> Scope:
    """Which rows the caller may see. Raises BadInput (403)."""

    def children() -> list[str]:
        row = conn.execute(
            text("SELECT child_ids FROM recipients WHERE user_id = :id"), {"id": call.principal.sub}
        ).first()
        return list(row.child_ids) if row else []

    who = call.principal
    return scope_of(who.role, who.sub, service_may=who.may(service_scope), children=children)
