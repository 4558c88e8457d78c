"""A real mail server (aiosmtpd) on loopback, which takes, refuses and hangs up as a story says."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HANG_UP = "hang up"
SAY_NOTHING = "say nothing"
USER, PASSWORD = "mindelig", "open sesame"


@dataclass
class Mailbox:
    """The server's handler: `answers` says what a command gets instead of yes."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Envelope] = field(default_factory=list)
    #: By which account each was handed over, and whether the way was encrypted.
    accounts: list[str | None] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str,
        responses: list[str],
    ) -> list[str]:  # fmt: skip
        """Greet."""
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a sender."""
        envelope.mail_from = address
        return await self._answer("MAIL", server)

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient."""
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take what a mail says, and perhaps keep quiet about it."""
        if not self.answers.get("DATA", "2").startswith(("4", "5")):
            self.taken.append(envelope)
            self.accounts.append(session.auth_data)
            self.encrypted.append(_line(server).get_extra_info("sslcontext") is not None)
        return await self._answer("DATA", server)

    async def _answer(self, command: str, server: SMTP) -> str:
        wanted = self.answers.get(command, "250 OK")
        if wanted == HANG_UP:
            _line(server).abort()
        if wanted == SAY_NOTHING:
            await asyncio.Event().wait()
        return wanted


def _line(server: SMTP) -> asyncio.Transport:
    return cast("asyncio.Transport", server.transport)


def _account(
    _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any
) -> AuthResult:
    known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False, auth_data=USER if known else None)


@asynccontextmanager
async def mail_server(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    has_accounts: bool = False,
) -> AsyncIterator[Mailbox]:
    """Serve on a free port in the story's own loop, and end with it."""
    box, loop, open_ones = Mailbox(), asyncio.get_running_loop(), set[SMTP]()

    def connected() -> SMTP:
        box.connections += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of accounts in the open: loopback only
            one = SMTP(
                box,
                hostname="mail.test",
                loop=loop,
                tls_context=starttls,
                require_starttls=starttls is not None,
                authenticator=_account if has_accounts else None,
                auth_required=has_accounts,
                auth_require_tls=False,
                enable_SMTPUTF8=False,
            )
        open_ones.add(one)
        return one

    server = await loop.create_server(connected, "127.0.0.1", 0, ssl=tls)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        for one in open_ones:
            if one.transport is not None:
                _line(one).abort()
            if one._handler_coroutine is not None:
                one._handler_coroutine.cancel()
        await asyncio.gather(
            *(one._handler_coroutine for one in open_ones if one._handler_coroutine),
            return_exceptions=True,
        )


@dataclass(frozen=True)
class Certificate:
    """A certificate for this machine's loopback, its owner's side and its believers'."""

    serving: ssl.SSLContext
    believing: ssl.SSLContext


def certificate(folder: Path) -> Certificate:
    """Make a certificate nobody but the story believes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    since = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=3))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    pem = made.public_bytes(serialization.Encoding.PEM)
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + pem
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    return Certificate(serving, ssl.create_default_context(cadata=pem.decode()))
