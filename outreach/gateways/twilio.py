"""Sends SMS through Twilio, and asks Twilio what it has sent."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, override
from urllib.parse import urlencode, urlsplit

import aiohttp
import structlog
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from outreach.errors import NotConfiguredError
from outreach.gateways.twilio_codes import Teaches, code_of
from outreach.runtime import ReceivedRecord, SendOutcome, SendResult, SentRecord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from twilio.rest.api.v2010.account.message import MessageInstance

    from data.settings import Settings
    from data.values.phone import PhoneNumber

log = structlog.get_logger(__name__)

STATUS_PATH = "/webhooks/twilio/status"

#: Twilio answers well under a second; the total is also the longest a batch waits for one message.
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5, sock_connect=5)
#: Twilio gives at most 1,000 a page; a pair of numbers with more pages than this is no pair.
PAGE_SIZE = 1000
MOST_PAGES = 10
#: The answer was lost on its way through a gateway of theirs: the message may have been taken.
ANSWER_LOST = frozenset({502, 504})
LONGEST_WAIT = timedelta(hours=24)
ONE_SECOND = timedelta(seconds=1)
#: Twilio puts this before the text of a trial account's messages.
TRIAL_PREFIX = "Sent from your Twilio trial account - "

#: The SDK logs numbers and queries at "info"; nobody shall ever see that.
_SILENT = logging.getLogger("mindelig.twilio.sdk")
_SILENT.disabled = True


class _RefusedError(Exception):
    """Twilio said no; unlike the SDK's own exception it keeps Retry-After, and no number."""

    def __init__(self, status: int, code: str | None, retry_after: timedelta | None) -> None:
        super().__init__(f"HTTP {status}, code {code}")
        self.status, self.code, self.retry_after = status, code, retry_after


#: All that can go wrong between us and an answer; the SDK trips over strange JSON in its own ways.
_FAULTS = (
    aiohttp.ClientError,
    OSError,
    TwilioException,
    _RefusedError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)


class _Door(AsyncTwilioHttpClient):  # type: ignore[misc]  # no types are shipped
    """The SDK's way out, with our address, time-outs, open connections, and no second tries."""

    def __init__(self, base_url: str, timeout: aiohttp.ClientTimeout) -> None:
        super().__init__(pool_connections=False, logger=_SILENT)
        self._base_url, self._timeout = base_url, timeout
        self._connections: aiohttp.ClientSession | None = None

    @override
    async def request(
        self,
        method: str,
        url: str,
        *,
        params: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_rest: object,
    ) -> Response:
        """Send one request.

        Raises:
            _RefusedError: any answer that is not a success.
        """
        async with self._open().request(
            method.upper(),
            self._moved(url),
            params=params,
            data=urlencode(data, doseq=True) if data else None,
            headers=(headers or {}) | _basic(auth),
            allow_redirects=False,
        ) as answer:
            text = await answer.text(errors="replace")
            if not 200 <= answer.status < 300:  # noqa: PLR2004
                raise _RefusedError(answer.status, _code_in(text), _wait_asked(answer.headers))
            return Response(answer.status, text, dict(answer.headers))

    def _moved(self, url: str) -> str:
        """Keep path and query, whatever host the SDK has in mind (its TWILIO_EDGE, say)."""
        parts = urlsplit(url)
        return f"{self._base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def _open(self) -> aiohttp.ClientSession:
        """Open the connections at the first use: there is no event loop before."""
        if self._connections is None or self._connections.closed:
            self._connections = aiohttp.ClientSession(timeout=self._timeout)
        return self._connections

    @override
    async def close(self) -> None:
        """Let go of the connections."""
        if self._connections is not None:
            await self._connections.close()


class TwilioSms:
    """The `SmsGateway` that is Twilio, or whatever stands at `MINDELIG_TWILIO_API_URL`."""

    def __init__(self, settings: Settings, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        """Take the account; nothing is connected before the first message.

        Raises:
            NotConfiguredError: account or token is not set.
        """
        if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
            raise NotConfiguredError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set")
        self._door = _Door(settings.twilio_api_url, timeout)
        self._client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            http_client=self._door,
        )
        self._receipts_to = f"{settings.public_url}{STATUS_PATH}"

    async def send(
        self, sender: PhoneNumber, to: PhoneNumber, body: str, *, message_id: str | None = None
    ) -> SendOutcome:
        """Hand over one SMS. It never raises for what Twilio or the network does.

        The address for receipts carries our own id, so that a receipt that comes before this
        answer, or instead of it, still finds its message.
        """
        receipts_to = f"{self._receipts_to}?m={message_id}" if message_id else self._receipts_to
        try:
            taken = await self._client.messages.create_async(
                from_=sender.e164, to=to.e164, body=body, status_callback=receipts_to
            )
        except _FAULTS as fault:
            return _outcome_of(fault)
        if not taken.sid:
            return SendOutcome(SendResult.UNKNOWN, error_code="no_reference")
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=taken.sid)

    async def sent_to(
        self, sender: PhoneNumber, to: PhoneNumber, since: datetime
    ) -> list[SentRecord]:
        """List what was sent from `sender` to `to` since an instant, oldest first.

        Twilio can filter by `DateSent`, but by whole days, and a message still in its queue has
        none: all messages between the two numbers are read, and judged by when they were made.

        Raises:
            OSError: Twilio cannot be asked now.
        """
        try:
            listed = await self._listed(to=to.e164, from_=sender.e164)
            records = [_record(message) for message in listed]
        except _FAULTS as fault:
            raise ConnectionError(f"Twilio cannot be asked: {type(fault).__name__}") from fault
        recent = [record for record in records if record.created_at >= since]
        return sorted(recent, key=lambda record: record.created_at)

    async def received(self, ours: PhoneNumber, since: datetime) -> list[ReceivedRecord]:
        """List what came in to `ours` since an instant, oldest first.

        Raises:
            OSError: Twilio cannot be asked now.
        """
        try:
            # By whole days at Twilio; a day more does no harm.
            listed = await self._listed(to=ours.e164, date_sent_after=since - timedelta(days=1))
            records = [_received(message) for message in listed if message.direction == "inbound"]
        except _FAULTS as fault:
            raise ConnectionError(f"Twilio cannot be asked: {type(fault).__name__}") from fault
        recent = [record for record in records if record.created_at >= since]
        return sorted(recent, key=lambda record: record.created_at)

    async def _listed(self, **filters: str | datetime) -> list[MessageInstance]:
        page = await self._client.messages.page_async(page_size=PAGE_SIZE, **filters)
        found: list[MessageInstance] = []
        for _ in range(MOST_PAGES):
            found.extend(page)
            following = await page.next_page_async()
            if following is None:
                return found
            page = following
        raise ConnectionError("the list of messages does not end")

    async def check(self) -> str:
        """Ask Twilio for the account, for `mindelig doctor`; return its status.

        Raises:
            OSError: Twilio cannot be reached, or does not know account and token.
        """
        try:
            account = await self._client.api.v2010.accounts(
                str(self._client.account_sid)
            ).fetch_async()
        except _FAULTS as fault:
            reason = str(fault) if isinstance(fault, _RefusedError) else type(fault).__name__
            raise ConnectionError(f"Twilio cannot be asked: {reason}") from fault
        return str(account.status)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._door.close()


def _outcome_of(fault: Exception) -> SendOutcome:
    """Say what became of a message whose hand-over failed."""
    match fault:
        case _RefusedError():
            return _refusal(fault)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            # No connection, so not a byte of the message has left.
            return SendOutcome(SendResult.REFUSED_FOR_NOW, error_code="no_connection")
        case asyncio.TimeoutError():
            return SendOutcome(SendResult.UNKNOWN, error_code="no_answer")
        case ValueError() | TypeError() | AttributeError() | LookupError():
            # A success that is not Twilio's JSON: somebody took it, and we cannot tell who.
            return SendOutcome(SendResult.UNKNOWN, error_code="strange_answer")
        case _:
            return SendOutcome(SendResult.UNKNOWN, error_code="connection_lost")


def _refusal(fault: _RefusedError) -> SendOutcome:
    if fault.status in ANSWER_LOST:
        return SendOutcome(SendResult.UNKNOWN, error_code=f"http_{fault.status}")
    error_code = fault.code or f"http_{fault.status}"
    if fault.status == 429 or fault.status >= 500:  # noqa: PLR2004
        result, teaches = SendResult.REFUSED_FOR_NOW, Teaches.NOTHING
    elif fault.status in {401, 403}:
        result, teaches = SendResult.REFUSED_FOR_NOW, Teaches.OUR_FAULT
    else:
        code = code_of(fault.code)
        result, teaches = code.result, code.teaches
    if teaches is Teaches.OUR_FAULT:
        log.error("twilio_refuses_us", error_code=error_code, http_status=fault.status)
    return SendOutcome(result, error_code=error_code, retry_after=fault.retry_after)


def _record(message: MessageInstance) -> SentRecord:
    vendor_ref, made_at = _reference(message)
    return SentRecord(
        vendor_ref=vendor_ref,
        to=message.to or "",
        body=(message.body or "").removeprefix(TRIAL_PREFIX),
        status=str(message.status or ""),
        created_at=made_at,
    )


def _received(message: MessageInstance) -> ReceivedRecord:
    vendor_ref, made_at = _reference(message)
    return ReceivedRecord(
        vendor_ref=vendor_ref,
        sender=message.from_ or "",
        body=message.body or "",
        media_count=int(message.num_media or 0),
        created_at=made_at,
    )


def _reference(message: MessageInstance) -> tuple[str, datetime]:
    """Read what every message of Twilio's list has.

    Raises:
        ValueError: it has not.
    """
    made_at = message.date_created or message.date_sent
    if not message.sid or made_at is None:
        raise ValueError("a message without reference or time")
    return message.sid, made_at if made_at.tzinfo else made_at.replace(tzinfo=UTC)


def _basic(auth: tuple[str, str] | None) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {}


def _code_in(text: str) -> str | None:
    """Find Twilio's own code in an answer, if it is Twilio's."""
    try:
        answer: Any = json.loads(text)
        code = answer.get("code")
    except (ValueError, AttributeError):
        return None
    return str(code) if isinstance(code, int) else None


def _wait_asked(headers: Mapping[str, str]) -> timedelta | None:
    """Read Retry-After in seconds, one at least; a date, or more than a day, nobody means."""
    asked = headers.get("Retry-After", "")
    if not asked.isascii() or not asked.isdigit():
        return None
    return max(ONE_SECOND, min(timedelta(seconds=int(asked[:9])), LONGEST_WAIT))
