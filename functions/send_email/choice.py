"""Which mail server is asked first, and what is remembered of one that failed."""

import structlog
from sqlalchemy import Engine

from functions.send_email.servers import MailServer
from lib.db import mail_servers
from lib.errors import Temporary

# How long a server that failed is passed over, and how long the one letter that tries it again may take.
PASSED_OVER_S = 60.0
TRIAL_S = 30.0
log = structlog.get_logger()


class Choice:
    """The servers of one letter. With a single server there is no choice, and nothing is looked up."""

    def __init__(self, servers: tuple[MailServer, ...], engine: Engine | None) -> None:
        self._engine = engine if len(servers) > 1 else None
        self._standing = self._standing_of(servers[0])
        self.order = servers[1:] + servers[:1] if self._standing == "passed_over" else servers
        self._first = servers[0]

    def _standing_of(self, server: MailServer) -> mail_servers.Standing:
        if self._engine is None:
            return "good"
        with self._engine.begin() as conn:
            return mail_servers.look(conn, server.name, TRIAL_S)

    def failed(self, server: MailServer, problem: Temporary) -> None:
        """Everybody passes the first server over for a while. The last resort is always asked."""
        if self._engine is None or server is not self._first:
            return
        log.warning("mail server passed over", server=server.name, why=problem.detail)
        with self._engine.begin() as conn:
            mail_servers.pass_over(conn, server.name, PASSED_OVER_S, "out_of_reach")

    def works(self, server: MailServer) -> None:
        """It took a letter up to the dot, or refused this very one."""
        if self._engine is None or server is not self._first or self._standing == "good":
            return
        log.info("mail server works again", server=server.name)
        with self._engine.begin() as conn:
            mail_servers.trust(conn, server.name)
