"""A town on loopback: telephones whose SMS arrive signed by Twilio's own validator."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from twilio.request_validator import RequestValidator

import bot.worker
from data.models.citizens import Channel
from outreach import conversations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from data.settings import Settings
    from outreach.runtime import Runtime
    from tests.gateway import KeepingSms

ALBERTSLUND = "+4570990101"
FAXE = "+4570990202"


@dataclass
class Town:
    """The installation, seen from a telephone."""

    runtime: Runtime
    settings: Settings
    sms: KeepingSms
    url: str
    client: httpx.AsyncClient
    #: Closes the web server, and with it Rasa's door to our actions.
    close_web: Callable[[], Awaitable[None]]

    async def text(self, phone: str, body: str, *, to: str = ALBERTSLUND, **fields: str) -> str:
        """Send an SMS from a telephone; return all that comes back to it, one line a message."""
        before = len(self.sms.sent)
        answer = await self.post(phone, body, to=to, **fields)
        assert answer.status_code == httpx.codes.OK, answer.text
        await self.work()
        return "\n".join(m.body for m in self.sms.sent[before:] if m.to.e164 == phone)

    async def post(
        self, phone: str, body: str, *, to: str = ALBERTSLUND, **fields: str
    ) -> httpx.Response:
        """Deliver the webhook as Twilio does, without waiting for the answer."""
        form = {
            "MessageSid": f"SM{secrets.token_hex(16)}",
            "AccountSid": str(self.settings.twilio_account_sid),
            "From": phone,
            "To": to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "ApiVersion": "2010-04-01",
            "SomethingNew": "that Twilio added later",
        } | fields
        token = self.settings.twilio_auth_token
        assert token is not None
        address = f"{self.settings.public_url}/webhooks/twilio/sms"
        signature = RequestValidator(token.get_secret_value()).compute_signature(address, form)
        return await self.client.post(
            "/webhooks/twilio/sms", data=form, headers={"X-Twilio-Signature": signature}
        )

    async def text_with_the_web_closed(self, phone: str, body: str) -> str:
        """Take an SMS in as another machine's web process would, and let the worker answer it."""
        before = len(self.sms.sent)
        async with self.runtime.transaction() as session:
            await conversations.receive(
                session,
                self.runtime,
                municipality="albertslund",
                channel=Channel.SMS,
                address=phone,
                body=body,
                vendor_ref=f"SM{secrets.token_hex(16)}",
            )
        await self.work()
        return "\n".join(message.body for message in self.sms.sent[before:])

    async def work(self) -> None:
        """Let the worker do all that waits."""
        await bot.worker.run_until_empty(self.runtime, self.url)


async def until_it_answers(client: httpx.AsyncClient) -> None:
    """Wait until the web server listens."""
    async with asyncio.timeout(20):
        while True:
            try:
                await client.get("/health/live")
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
            else:
                return
