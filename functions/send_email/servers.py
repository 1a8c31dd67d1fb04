"""The mail servers that a letter can go through, in the order in which they are asked."""

from dataclasses import dataclass, field

from lib.runtime.settings import Settings

PRIMARY = "primary"
FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where it is, how to sign in, and in whose name to write; `name` is a code for timelines and pauses."""

    name: str
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    use_tls: bool
    sender: str


def servers_of(settings: Settings) -> tuple[MailServer, ...]:
    """None, one or two."""
    s = settings
    primary = MailServer(
        PRIMARY, s.email_host, s.email_port, s.email_username, s.email_password, s.email_use_tls, s.email_from
    )
    fallback = MailServer(
        FALLBACK,
        s.email_fallback_host,
        s.email_fallback_port,
        s.email_fallback_username,
        s.email_fallback_password,
        s.email_fallback_use_tls,
        s.email_fallback_from or s.email_from,
    )
    return tuple(each for each in (primary, fallback) if each.host)
