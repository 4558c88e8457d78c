"""Who brings messages to the citizens of a channel (transportører)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.models.citizens import Channel
from data.values.phone import PhoneNumber

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.municipalities.policy import Policies
    from outreach.runtime import Carrier, Parcel, Runtime, SendOutcome, SmsGateway


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


def of(runtime: Runtime) -> Mapping[Channel, Carrier]:
    """Return the carrier of each channel that messages can leave on now."""
    if runtime.sms is None:
        return runtime.carriers
    return {Channel.SMS: TextMessages(runtime.sms, runtime.policies), **runtime.carriers}
