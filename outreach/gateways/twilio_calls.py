"""Places calls through Twilio, which listens whether a person or a machine answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from outreach.gateways.twilio_door import FAULTS, TIMEOUT, Door, client, outcome_of
from outreach.runtime import SendOutcome, SendResult

if TYPE_CHECKING:
    import aiohttp

    from data.settings import Settings
    from data.values.phone import PhoneNumber

#: Where Twilio asks what to say once somebody, or something, has answered …
ANSWERED_PATH: Final = "/webhooks/twilio/voice/out"
#: … and tells what became of the call.
ENDED_PATH: Final = "/webhooks/twilio/voice/out/status"
#: It waits for the end of a voicemail's greeting, so that what we say stands after the tone.
LISTENS_FOR: Final = "DetectMessageEnd"
#: Seconds it rings; a Danish voicemail answers after some 20 to 30.
RINGS: Final = 40


class TwilioCalls:
    """The `CallGateway` that is Twilio, or whatever stands at `MINDELIG_TWILIO_API_URL`."""

    def __init__(self, settings: Settings, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        """Take the account; nothing is connected before the first call.

        Raises:
            NotConfiguredError: account or token is not set.
        """
        self._door = Door(settings.twilio_api_url, timeout)
        self._client = client(settings, self._door)
        self._public_url = settings.public_url

    async def place(self, sender: PhoneNumber, to: PhoneNumber, *, message_id: str) -> SendOutcome:
        """Let it ring. It never raises for what Twilio or the network does.

        Twilio asks us nothing before it knows who has answered (no asynchronous detection): the
        first word is spoken to somebody, or after the tone, and never to a greeting.

        Source: https://www.twilio.com/docs/voice/answering-machine-detection
        """
        try:
            placed = await self._client.calls.create_async(
                to=to.e164,
                from_=sender.e164,
                url=f"{self._public_url}{ANSWERED_PATH}?m={message_id}",
                method="POST",
                status_callback=f"{self._public_url}{ENDED_PATH}?m={message_id}",
                status_callback_method="POST",
                machine_detection=LISTENS_FOR,
                async_amd="false",
                record=False,
                timeout=RINGS,
            )
        except FAULTS as fault:
            return outcome_of(fault)
        if not placed.sid:
            return SendOutcome(SendResult.UNKNOWN, error_code="no_reference")
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=placed.sid)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._door.close()
