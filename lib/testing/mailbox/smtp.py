"""The SMTP server: takes mail, keeps it durably, only then answers 250; scripted to fail at any stage."""

import asyncio
from collections.abc import Callable
from typing import Any, AnyStr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from lib.testing.mailbox import mail
from lib.testing.mailbox.ledger import Ledger
from lib.testing.mailbox.letters import Letters
from lib.testing.mailbox.script import MailFault, MailStage, Script
from lib.testing.mailbox.security import Security

_SIZE_LIMIT_BYTES = 25 * 1024 * 1024


class SmtpServer(SMTP):
    """One connection, with the faults of the script."""

    def __init__(
        self,
        letters: Letters,
        script: Script,
        ledger: Ledger,
        changed: Callable[[], None],
        loop: asyncio.AbstractEventLoop,
        security: Security,
    ) -> None:
        self._letters, self._script, self._ledger, self._changed = letters, script, ledger, changed
        self._security = security
        super().__init__(
            _Hooks(),
            data_size_limit=_SIZE_LIMIT_BYTES,
            enable_SMTPUTF8=True,
            hostname="mailbox.localhost",
            ident="local mailbox",
            loop=loop,
            authenticator=self._admitted if security.login else None,
            **security.options(),
        )

    def _admitted(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        result = self._security.admits(given)
        self._ledger.note("smtp", "signed_in" if result.success else "refused", stage="auth", by=mechanism)
        return result

    async def _handle_client(self) -> None:
        if await self._refused("connect") is None:
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if await self._refused("ehlo") is None:
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        if await self._refused("ehlo") is None:
            await super().smtp_HELO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if await self._refused("starttls") is None:
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if await self._refused("auth") is None:
            await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self._refused("data") is None:
            await super().smtp_DATA(arg)

    async def push(self, status: AnyStr) -> None:
        """Send an answer; 421 means that the server closes the connection, so it does."""
        await super().push(status)
        if status[:3] in ("421", b"421"):
            self._hang_up()

    async def begin(self, envelope: Envelope, address: str) -> str:
        """The answer to MAIL FROM."""
        if self._security.login and not (self.session and self.session.authenticated):
            return "530 5.7.0 Authentication required"
        self._ledger.note("smtp", "attempted", sender=address, tls=self._is_private or None)
        fault = await self._struck("mail")
        if fault is not None:
            return f"{fault.code} {fault.text}"
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def add(self, envelope: Envelope, address: str) -> str:
        """The answer to RCPT TO."""
        fault = await self._struck("rcpt", [address])
        if fault is not None:
            return f"{fault.code} {fault.text}"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def take(self, envelope: Envelope) -> str:
        """The answer to the final dot: 250 only when the message is durable."""
        raw = bytes(envelope.original_content or b"")
        recipients = [str(address) for address in envelope.rcpt_tos]
        facts = {"to": recipients, "message_id": mail.message_id(raw)}
        self._ledger.note("smtp", "received", **facts)
        fault = self._script.at_mail("dot", recipients)
        if fault is not None and not fault.action.startswith("accept_"):
            await self._act(fault, facts)
            return f"{fault.code} {fault.text}"
        malformed = mail.fault_of(raw)
        if malformed:
            self._ledger.note("smtp", "refused", stage="dot", code=554, reason=malformed, **facts)
            return f"554 5.6.0 {malformed}"
        # A client that hangs up now cancels this coroutine, but the message was received whole.
        await asyncio.shield(asyncio.ensure_future(self._keep(envelope, raw, facts)))
        if fault is not None:
            await self._act(fault, facts)
        return "250 2.0.0 kept"

    @property
    def _is_private(self) -> bool:
        return self.transport is not None and self.transport.get_extra_info("sslcontext") is not None

    async def _keep(self, envelope: Envelope, raw: bytes, facts: dict[str, Any]) -> None:
        item = await self._letters.keep(str(envelope.mail_from), facts["to"], raw)
        self._ledger.note("smtp", "accepted", mail=item["n"], **facts)
        self._changed()

    async def _refused(self, stage: MailStage) -> MailFault | None:
        fault = await self._struck(stage)
        if fault is not None:
            await self.push(f"{fault.code} {fault.text}")
            if stage == "connect":
                self._hang_up()
        return fault

    async def _struck(self, stage: MailStage, also: list[str] | None = None) -> MailFault | None:
        recipients = also or [str(address) for address in getattr(self.envelope, "rcpt_tos", [])]
        fault = self._script.at_mail(stage, recipients)
        if fault is not None:
            await self._act(fault, {"to": recipients or None})
        return fault

    async def _act(self, fault: MailFault, facts: dict[str, Any]) -> None:
        """Returns only when the fault's answer is to be given."""
        await asyncio.sleep(fault.delay)
        if fault.action == "answer":
            self._ledger.note("smtp", "refused", stage=fault.stage, code=fault.code, **facts)
            return
        if fault.action.endswith("drop"):
            self._ledger.note("smtp", "dropped", stage=fault.stage, **facts)
            if isinstance(self.transport, asyncio.Transport):
                self.transport.abort()
        else:
            self._ledger.note("smtp", "hung", stage=fault.stage, **facts)
        # Both end when the connection does: its loss cancels this coroutine.
        await asyncio.Event().wait()

    def _hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()


class _Hooks:
    """Where aiosmtpd looks for hooks. Apart from the server: it would call its own error hook endlessly."""

    async def handle_MAIL(  # noqa: N802
        self, server: SmtpServer, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        return await server.begin(envelope, address)

    async def handle_RCPT(  # noqa: N802
        self, server: SmtpServer, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        return await server.add(envelope, address)

    async def handle_DATA(  # noqa: N802
        self, server: SmtpServer, _session: Session, envelope: Envelope
    ) -> str:
        return await server.take(envelope)
