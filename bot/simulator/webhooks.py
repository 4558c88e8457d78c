"""Calls our own webhooks as Twilio does: signed, for each message written and each receipt."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import httpx
import phonenumbers
import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from twilio.request_validator import RequestValidator

from bot.simulator.network import Status, reply, under_way
from bot.simulator.refusals import UNREACHED_NUMBERS
from data.models.simulator import SimulatorMessage
from outreach.errors import NotConfiguredError
from outreach.texts import gsm7_segments

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

API_VERSION: Final = "2010-04-01"
INBOUND_PATH: Final = "/webhooks/twilio/sms"
#: Twilio waits so long for a webhook, seconds.
PATIENCE: Final = 15.0
#: Between two steps of a message on its way, seconds.
MOMENT: Final = 0.3
#: A message of another process, or of a life before this one, is found after so long, seconds.
LOOK_AGAIN: Final = 3.0
AT_ONCE: Final = 8
BATCH: Final = 200
LONGEST_TROUBLE: Final = 300
NO_TWIML: Final = "12100 Document parse failure"


class Carrier:
    """Carries messages on their way and calls the webhooks (netværkets postbud).

    What is under way stands in the database only: whatever was not done when the process ended is
    done after its next start, so a webhook may be called twice, as with Twilio.
    """

    def __init__(self, runtime: Runtime, *, moment: float = MOMENT) -> None:
        """Take the runtime; nothing is carried before `run`.

        Args:
            runtime: its settings hold the account, the token and the address of the webhooks.
            moment: seconds between two steps of a message.

        Raises:
            NotConfiguredError: account or token is not set.
        """
        settings = runtime.settings
        if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
            raise NotConfiguredError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set")
        self._runtime = runtime
        self._moment = moment
        self.account_sid = settings.twilio_account_sid
        self._validator = RequestValidator(settings.twilio_auth_token.get_secret_value())
        self._inbound_url = f"{settings.public_url}{INBOUND_PATH}"
        self._outbound = asyncio.Event()
        self._inbound = asyncio.Event()
        self._stopping = False
        self._at_once = asyncio.Semaphore(AT_ONCE)

    def wake(self) -> None:
        """Say that something new is under way."""
        self._outbound.set()
        self._inbound.set()

    def stop(self) -> None:
        """Let `run` end once the calls it has begun are over."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Carry messages until stopped."""
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with (
            httpx.AsyncClient(timeout=PATIENCE, limits=limits, trust_env=False) as client,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(self._keep_on(self._send_on, self._outbound, client))
            tasks.create_task(self._keep_on(self._take_in, self._inbound, client))

    async def _keep_on(
        self,
        step: Callable[[httpx.AsyncClient], Awaitable[bool]],
        bell: asyncio.Event,
        client: httpx.AsyncClient,
    ) -> None:
        while not self._stopping:
            bell.clear()
            try:
                moved = await step(client)
            except (SQLAlchemyError, OSError) as fault:
                log.warning("simulator_stumbled", fault=type(fault).__name__)
                moved = False
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), self._moment if moved else LOOK_AGAIN)

    async def _send_on(self, client: httpx.AsyncClient) -> bool:
        """Take each message to a telephone one step further; tell whether there were any."""
        await asyncio.sleep(self._moment)
        async with self._runtime.transaction() as session:
            batch = await under_way(session, (Status.QUEUED, Status.SENT), BATCH)
        await self._each(self._advance(client, message) for message in batch)
        return bool(batch)

    async def _take_in(self, client: httpx.AsyncClient) -> bool:
        """Bring what telephones wrote to our webhook; one telephone's messages keep their order."""
        async with self._runtime.transaction() as session:
            batch = await under_way(session, (Status.RECEIVING,), BATCH)
        phones: dict[str, list[SimulatorMessage]] = {}
        for message in batch:
            phones.setdefault(message.from_number, []).append(message)
        await self._each(self._bring(client, messages) for messages in phones.values())
        return len(batch) == BATCH

    async def _each(self, works: Iterable[Awaitable[None]]) -> None:
        async def one(work: Awaitable[None]) -> None:
            async with self._at_once:
                await work

        await asyncio.gather(*(one(work) for work in works))

    async def _advance(self, client: httpx.AsyncClient, message: SimulatorMessage) -> None:
        status, error_code = next_step(message)
        trouble = None
        if message.status_callback:
            form = receipt_form(self.account_sid, message, status, error_code)
            trouble, _answer = await self._call(client, message.status_callback, form)
        await self._settle(message, status, trouble or message.trouble, error_code)

    async def _bring(self, client: httpx.AsyncClient, messages: list[SimulatorMessage]) -> None:
        for message in messages:
            form = inbound_form(self.account_sid, message)
            trouble, answer = await self._call(client, self._inbound_url, form)
            try:
                said = said_in(answer)
            except ET.ParseError:
                trouble, said = trouble or NO_TWIML, []
            status = Status.FAILED if trouble else Status.RECEIVED
            await self._settle(message, status, trouble, said=said)

    async def _call(
        self, client: httpx.AsyncClient, url: str, form: dict[str, str]
    ) -> tuple[str | None, str]:
        """Post a signed form; return what went wrong, if anything did, and the answer."""
        headers = {
            "X-Twilio-Signature": self._validator.compute_signature(url, form),
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        try:
            answer = await client.post(url, data=form, headers=headers)
        except httpx.HTTPError as fault:
            return f"11200 {type(fault).__name__}", ""
        if answer.is_success:
            return None, answer.text
        return f"{answer.status_code} {answer.text}"[:LONGEST_TROUBLE], ""

    async def _settle(
        self,
        message: SimulatorMessage,
        status: Status,
        trouble: str | None,
        error_code: int | None = None,
        *,
        said: Iterable[str] = (),
    ) -> None:
        async with self._runtime.transaction() as session:
            await session.execute(
                update(SimulatorMessage)
                .where(SimulatorMessage.sid == message.sid)
                .where(SimulatorMessage.status == message.status)
                .values(
                    status=status,
                    trouble=trouble,
                    error_code=error_code,
                    updated_at=self._runtime.clock.now(),
                )
            )
            for text in said:
                await reply(session, self._runtime, message, text)


def next_step(message: SimulatorMessage) -> tuple[Status, int | None]:
    """Return the status a message to a telephone has next, with the code if it got lost."""
    if message.status == Status.QUEUED:
        return Status.SENT, None
    error_code = UNREACHED_NUMBERS.get(message.to_number)
    return (Status.UNDELIVERED if error_code else Status.DELIVERED), error_code


def receipt_form(
    account_sid: str, message: SimulatorMessage, status: Status, error_code: int | None
) -> dict[str, str]:
    """Make the form of a delivery receipt (leveringskvittering).

    Source: Twilio, "Track the Message Status of Outbound Messages".
    """
    form = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "From": message.from_number,
        "MessageSid": message.sid,
        "MessageStatus": status.value,
        "SmsSid": message.sid,
        "SmsStatus": status.value,
        "To": message.to_number,
    }
    return form if error_code is None else form | {"ErrorCode": str(error_code)}


def inbound_form(account_sid: str, message: SimulatorMessage) -> dict[str, str]:
    """Make the form of an incoming message (indgående sms).

    Source: Twilio, "Twilio's Request to your Incoming Message Webhook URL".
    """
    form = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "Body": message.body,
        "From": message.from_number,
        "MessageSid": message.sid,
        "NumMedia": str(message.num_media),
        "NumSegments": str(segments(message.body)),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": Status.RECEIVED.value,
        "To": message.to_number,
    }
    for end, number in (("From", message.from_number), ("To", message.to_number)):
        form |= {f"{end}City": "", f"{end}State": "", f"{end}Zip": ""}
        form[f"{end}Country"] = _country(number)
    for index in range(message.num_media):
        form[f"MediaContentType{index}"] = "image/jpeg"
        form[f"MediaUrl{index}"] = _media_url(account_sid, message, index)
    return form


def segments(body: str) -> int:
    """Count the parts an SMS goes in; an empty one goes in one."""
    return max(1, gsm7_segments(body)[0])


def said_in(answer: str) -> list[str]:
    """Return the texts of a webhook's TwiML answer; nothing at all is allowed too.

    Raises:
        ParseError: the answer is not XML.
    """
    if not answer.strip():
        return []
    root = ET.fromstring(answer)  # noqa: S314 - our own program's answer, in a demo
    texts = ("".join(message.itertext()).strip() for message in root.iter("Message"))
    return [text for text in texts if text]


def _country(number: str) -> str:
    return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""


def _media_url(account_sid: str, message: SimulatorMessage, index: int) -> str:
    messages = f"https://api.twilio.com/{API_VERSION}/Accounts/{account_sid}/Messages"
    return f"{messages}/{message.sid}/Media/ME{index:032x}"
