"""Hands e-mail over to the municipality's mail server (SMTP), a connection a message."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import structlog
from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPResponseException

from data.models.conversations import MessageKind
from data.values.mail import SmtpServer, Wrap, mail_address
from outreach.errors import NotConfiguredError
from outreach.gateways.codes import WORDS
from outreach.gateways.mail_writing import write
from outreach.gateways.smtp_codes import Step, enhanced_in, word_for
from outreach.runtime import SendOutcome, SendResult

if TYPE_CHECKING:
    from data.municipalities.policy import Policies
    from data.settings import Settings
    from data.values.ids import MessageId
    from data.values.time import Clock
    from outreach.runtime import Parcel

log = structlog.get_logger(__name__)

#: For one question, and for the whole of one hand-over: the outbox waits no longer than a minute.
TIMEOUT: Final = timedelta(seconds=10)
WHOLE: Final = timedelta(seconds=30)
#: What goes by e-mail; whatever is about a case is said elsewhere.
NOTICES: Final = frozenset(
    {
        MessageKind.FIRST_CONTACT,
        MessageKind.NOTICE,
        MessageKind.PLAN_REMINDER,
        MessageKind.PLAN_MISSED,
    }
)


class SmtpMail:
    """The carrier of e-mail: the server at `MINDELIG_SMTP_URL`.

    Each message has its own connection: nothing is held open in the quiet hours, and when a line
    breaks there is no doubt which message was on it.
    """

    def __init__(
        self,
        settings: Settings,
        policies: Policies,
        clock: Clock,
        *,
        timeout: timedelta = TIMEOUT,
        trusting: ssl.SSLContext | None = None,
    ) -> None:
        """Take the address; nothing is connected before the first message.

        Args:
            settings: the server's address, ours, and the secret that seals the way to stop.
            policies: whom each municipality writes as.
            clock: for the date of a mail.
            timeout: for one question to the server.
            trusting: whose certificates are believed; those of the machine otherwise.

        Raises:
            NotConfiguredError: no server is set.
        """
        if settings.smtp_url is None:
            raise NotConfiguredError("MINDELIG_SMTP_URL is not set")
        self._server = SmtpServer.parse(settings.smtp_url.get_secret_value())
        self._settings, self._policies, self._clock = settings, policies, clock
        self._timeout = timeout.total_seconds()
        self._trusting = trusting or ssl.create_default_context()

    async def send(self, parcel: Parcel) -> SendOutcome:
        """Hand over one e-mail. It never raises for what the server or the network does."""
        policy = self._policies[parcel.municipality]
        sender = policy.senders.email
        if sender is None:
            return _outcome("our_account")
        if parcel.kind not in NOTICES:
            return _outcome("refused")
        try:
            to = mail_address(parcel.to)
        except ValueError:
            return _outcome("not_an_address")
        mail = write(self._settings, policy, sender, parcel, to, self._clock.now())
        refused = await self._hand_over(sender.bounces_to or sender.address, to, mail)
        reference = vendor_ref_of(parcel.message_id)
        return refused or SendOutcome(SendResult.ACCEPTED, vendor_ref=reference)

    async def _hand_over(self, sender: str, to: str, mail: bytes) -> SendOutcome | None:
        """Return why a mail was not taken, or none: lost after its text left, nobody knows."""
        server, step = self._connection(), Step.DOOR
        try:
            async with asyncio.timeout(WHOLE.total_seconds()):
                await server.connect()
                step = Step.SENDER
                await server.mail(sender)
                step = Step.RECIPIENT
                await server.rcpt(to)
                step = Step.CONTENT
                await server.data(mail)
        except SMTPResponseException as refusal:
            return _refusal(step, refusal)
        except (SMTPException, OSError, ValueError) as fault:
            return _fault(step, fault)
        finally:
            await _leave(server)
        return None

    def _connection(self) -> SMTP:
        there = self._server
        return SMTP(
            hostname=there.host,
            port=there.port,
            username=there.user,
            password=there.password,
            # Our own name: else it is asked of the name system, and all wait for the answer.
            local_hostname=urlsplit(self._settings.public_url).hostname,
            timeout=self._timeout,
            use_tls=there.wrap is Wrap.TLS,
            start_tls=there.wrap is Wrap.STARTTLS,
            tls_context=None if there.wrap is Wrap.NONE else self._trusting,
        )

    async def check(self) -> str:
        """Ask the server who it is and whether it knows our account; no mail is sent.

        Raises:
            OSError: it cannot be reached, is not who it says, or does not take our account.
        """
        server = self._connection()
        try:
            async with asyncio.timeout(WHOLE.total_seconds()):
                await server.connect()
        except SMTPResponseException as refusal:
            raise ConnectionError(f"answers {refusal.code}") from refusal
        except (SMTPException, OSError, ValueError) as fault:
            raise ConnectionError(f"cannot be used ({type(fault).__name__})") from fault
        finally:
            await _leave(server)
        return f"{self._server.host}:{self._server.port}, {self._server.wrap}"

    async def close(self) -> None:
        """Nothing is held open."""


def vendor_ref_of(message_id: MessageId) -> str:
    """Return the reference of a mail: our own id of it, which its Message-ID carries."""
    return f"mail:{message_id}"


async def _leave(server: SMTP) -> None:
    """Say goodbye, and let go whatever the answer is."""
    with suppress(SMTPException, OSError, TimeoutError):
        if server.is_connected:
            async with asyncio.timeout(1):
                await server.quit()
    server.close()


def _refusal(step: Step, refusal: SMTPResponseException) -> SendOutcome:
    word = word_for(step, refusal.code, refusal.message)
    log.warning(
        "mail_refused",
        step=step.value,
        code=refusal.code,
        enhanced=enhanced_in(refusal.message),
        word=word,
    )
    return _outcome(word)


def _fault(step: Step, fault: Exception) -> SendOutcome:
    log.warning("mail_not_handed_over", step=step.value, fault=type(fault).__name__)
    if step is Step.CONTENT:
        return SendOutcome(SendResult.UNKNOWN, error_code="connection_lost")
    # Not who it says it is, or it does not do what the setting asks for: an operator mends that.
    cannot = isinstance(fault, SMTPNotSupported | ValueError) or type(fault) is SMTPException
    is_ours = cannot or isinstance(fault.__cause__ or fault, ssl.SSLError)
    return _outcome("our_account" if is_ours else "vendor_down")


def _outcome(word: str) -> SendOutcome:
    return SendOutcome(WORDS[word].result, error_code=word)
