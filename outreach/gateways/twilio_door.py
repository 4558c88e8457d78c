"""Twilio's door: the SDK's way out, and what became of what went through it."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
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
from outreach.runtime import SendOutcome, SendResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.settings import Settings

log = structlog.get_logger(__name__)

#: Twilio answers well under a second; the total is also the longest a batch waits for one message.
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5, sock_connect=5)
#: The answer was lost on its way through a gateway of theirs: the message may have been taken.
ANSWER_LOST = frozenset({502, 504})
LONGEST_WAIT = timedelta(hours=24)
ONE_SECOND = timedelta(seconds=1)

#: The SDK logs numbers and queries at "info"; nobody shall ever see that.
_SILENT = logging.getLogger("mindelig.twilio.sdk")
_SILENT.disabled = True


class RefusedError(Exception):
    """Twilio said no; unlike the SDK's own exception it keeps Retry-After, and no number."""

    def __init__(self, status: int, code: str | None, retry_after: timedelta | None) -> None:
        super().__init__(f"HTTP {status}, code {code}")
        self.status, self.code, self.retry_after = status, code, retry_after


#: All that can go wrong between us and an answer; the SDK trips over strange JSON in its own ways.
FAULTS = (
    aiohttp.ClientError,
    OSError,
    TwilioException,
    RefusedError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)


class Door(AsyncTwilioHttpClient):  # type: ignore[misc]  # no types are shipped
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
            RefusedError: any answer that is not a success.
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
                raise RefusedError(answer.status, _code_in(text), _wait_asked(answer.headers))
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


def client(settings: Settings, door: Door) -> Client:
    """Return the SDK's client of our account, behind the door; nothing is connected yet.

    Raises:
        NotConfiguredError: account or token is not set.
    """
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
        raise NotConfiguredError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set")
    return Client(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        http_client=door,
    )


def outcome_of(fault: Exception) -> SendOutcome:
    """Say what became of a message whose hand-over failed."""
    match fault:
        case RefusedError():
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


def _refusal(fault: RefusedError) -> SendOutcome:
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
