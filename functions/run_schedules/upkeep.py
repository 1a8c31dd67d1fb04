"""Once a day: the log's coming months are made before their first event arrives, and old receipts go."""

from datetime import datetime

from sqlalchemy import Connection, text

from lib.db import bot_updates, sign_in_links
from lib.db.schedule import claim_slots

MONTHS_AHEAD = 2
# Nobody asks for the proof of a figure after this; the log, which holds it, stays.
OLD_RECEIPTS = text("DELETE FROM receipts WHERE created_at < now() - interval '2 years'")


def keep_up(conn: Connection, now: datetime) -> None:
    """Do it, unless it was done today (UTC)."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if claim_slots(conn, [("upkeep", midnight)]):
        conn.execute(text("SELECT make_event_months(:ahead)"), {"ahead": MONTHS_AHEAD})
        conn.execute(OLD_RECEIPTS)
        sign_in_links.forget_old(conn)
        bot_updates.forget_old(conn)
