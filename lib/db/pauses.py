"""Channels that must not be used for a while, for every process at once."""

from datetime import datetime

from sqlalchemy import Connection, text

PAUSE = text(
    "INSERT INTO channel_pauses (channel, paused_until, reason) "
    "VALUES (:channel, now() + make_interval(secs => :seconds), :reason) "
    "ON CONFLICT (channel) DO UPDATE SET reason = excluded.reason, "
    "paused_until = greatest(channel_pauses.paused_until, excluded.paused_until) RETURNING paused_until"
)
PAUSED = text("SELECT paused_until FROM channel_pauses WHERE channel = :channel AND paused_until > now()")


def pause(conn: Connection, channel: str, seconds: float, reason: str) -> datetime:
    """Stop a whole channel for so long; returns until when. A longer pause that is on already stays."""
    values = {"channel": channel, "seconds": seconds, "reason": reason}
    until: datetime = conn.execute(PAUSE, values).scalar_one()
    return until


def paused_until(conn: Connection, channel: str) -> datetime | None:
    """Until when the channel is paused; None when it is not."""
    until: datetime | None = conn.execute(PAUSED, {"channel": channel}).scalar_one_or_none()
    return until
