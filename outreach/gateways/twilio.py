"""Sends SMS through Twilio, and asks Twilio what it has sent."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from outreach.gateways.twilio_door import (
    FAULTS,
    TIMEOUT,
    Door,
    RefusedError,
    client,
    outcome_of,
)
from outreach.runtime import Erased, ReceivedRecord, SendOutcome, SendResult, SentRecord

if TYPE_CHECKING:
    from datetime import datetime

    import aiohttp
    from twilio.rest.api.v2010.account.message import MessageInstance

    from data.settings import Settings
    from data.values.phone import PhoneNumber

STATUS_PATH = "/webhooks/twilio/status"

#: Twilio gives at most 1,000 a page; a pair of numbers with more pages than this is no pair.
PAGE_SIZE = 1000
MOST_PAGES = 10
#: What Twilio says of a message it does not know, and of one that is still on its way.
NO_SUCH = 404
NOT_YET = frozenset({400, 409})
#: Twilio puts this before the text of a trial account's messages.
TRIAL_PREFIX = "Sent from your Twilio trial account - "


class TwilioSms:
    """The `SmsGateway` that is Twilio, or whatever stands at `MINDELIG_TWILIO_API_URL`."""

    def __init__(self, settings: Settings, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        """Take the account; nothing is connected before the first message.

        Raises:
            NotConfiguredError: account or token is not set.
        """
        self._door = Door(settings.twilio_api_url, timeout)
        self._client = client(settings, self._door)
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
        except FAULTS as fault:
            return outcome_of(fault)
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
        except FAULTS as fault:
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
        except FAULTS as fault:
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

    async def erase(self, vendor_ref: str) -> Erased | None:
        """Let Twilio forget what one message says; none: Twilio does not do it yet.

        Source: Twilio's API description, UpdateMessage: `Body` "set to an empty string to redact".

        Raises:
            OSError: Twilio cannot be asked now.
        """
        try:
            shown = await self._client.messages(vendor_ref).update_async(body="")
        except RefusedError as refusal:
            if refusal.status == NO_SUCH:
                return Erased.GONE
            if refusal.status in NOT_YET:
                return None
            raise ConnectionError(f"Twilio cannot be asked: {refusal}") from refusal
        except FAULTS as fault:
            raise ConnectionError(f"Twilio cannot be asked: {type(fault).__name__}") from fault
        return None if shown.body else Erased.EMPTY

    async def check(self) -> str:
        """Ask Twilio for the account, for `mindelig doctor`; return its status.

        Raises:
            OSError: Twilio cannot be reached, or does not know account and token.
        """
        try:
            account = await self._client.api.v2010.accounts(
                str(self._client.account_sid)
            ).fetch_async()
        except FAULTS as fault:
            reason = str(fault) if isinstance(fault, RefusedError) else type(fault).__name__
            raise ConnectionError(f"Twilio cannot be asked: {reason}") from fault
        return str(account.status)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._door.close()


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
