"""Who brings messages to the citizens of a channel (transportører)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.models.citizens import Channel
from data.models.conversations import MessageKind
from data.values.phone import PhoneNumber
from outreach.gateways.pickup import Pickup
from outreach.runtime import SendOutcome, SendResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.municipalities.policy import Policies
    from outreach.runtime import CallGateway, Carrier, Parcel, Runtime, SmsGateway


@dataclass(frozen=True, slots=True)
class TextMessages:
    """Brings text messages (sms), each from its municipality's own number."""

    gateway: SmsGateway
    policies: Policies

    async def send(self, parcel: Parcel) -> SendOutcome:
        """Hand over one SMS; its receipts come back with our own id of it."""
        return await self.gateway.send(
            self.policies[parcel.municipality].senders.sms,
            PhoneNumber(parcel.to),
            parcel.body,
            message_id=str(parcel.message_id),
        )

    async def close(self) -> None:
        """The gateway is closed by whoever opened it."""


@dataclass(frozen=True, slots=True)
class Telephone:
    """Brings words by telephone: places a call for a first message, else they wait in the call."""

    #: None: nothing rings, and first messages wait for an account.
    gateway: CallGateway | None
    policies: Policies
    within: Pickup = field(default_factory=Pickup)

    async def send(self, parcel: Parcel) -> SendOutcome:
        """Let it ring for a first message; any other belongs to a call that is under way."""
        if parcel.kind is not MessageKind.FIRST_CONTACT:
            return await self.within.send(parcel)
        voice = self.policies[parcel.municipality].voice
        if self.gateway is None or voice is None or voice.number is None:
            return SendOutcome(SendResult.REFUSED_FOR_NOW, error_code="our_account")
        return await self.gateway.place(
            voice.number, PhoneNumber(parcel.to), message_id=str(parcel.message_id)
        )

    async def close(self) -> None:
        """Let go of the connections."""
        if self.gateway is not None:
            await self.gateway.close()


def of(runtime: Runtime) -> Mapping[Channel, Carrier]:
    """Return the carrier of each channel that messages can leave on now."""
    if runtime.sms is None:
        return runtime.carriers
    return {Channel.SMS: TextMessages(runtime.sms, runtime.policies), **runtime.carriers}
