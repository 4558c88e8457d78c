"""A gateway that keeps the promise of `SmsGateway` in memory, and fails when a story says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from outreach.runtime import Erased, ReceivedRecord, SendOutcome, SendResult, SentRecord

if TYPE_CHECKING:
    from datetime import datetime

    from data.values.phone import PhoneNumber


@dataclass(frozen=True)
class Sent:
    """One SMS as it left the house."""

    sender: PhoneNumber
    to: PhoneNumber
    body: str
    vendor_ref: str


@dataclass
class KeepingSms:
    """Keeps what it is given; `answers` holds outcomes to give before accepting again."""

    sent: list[Sent] = field(default_factory=list)
    answers: list[SendOutcome] = field(default_factory=list)
    #: What the vendor's own list shows, whether or not we were told.
    records: list[SentRecord] = field(default_factory=list)
    #: What came in, by our number.
    inbound: dict[str, list[ReceivedRecord]] = field(default_factory=dict)
    #: What was asked to be erased, and what the vendor says of it instead of "empty".
    erased: list[str] = field(default_factory=list)
    erasures: dict[str, Erased | OSError | None] = field(default_factory=dict)

    async def send(
        self, sender: PhoneNumber, to: PhoneNumber, body: str, *, message_id: str | None = None
    ) -> SendOutcome:
        """Keep one SMS, or answer as the story says."""
        if self.answers:
            return self.answers.pop(0)
        ref = f"SM{uuid4().hex}"
        self.sent.append(Sent(sender, to, body, ref))
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=ref)

    async def sent_to(
        self, sender: PhoneNumber, to: PhoneNumber, since: datetime
    ) -> list[SentRecord]:
        """Show the vendor's list."""
        return [
            record for record in self.records if record.to == to.e164 and record.created_at >= since
        ]

    async def received(self, ours: PhoneNumber, since: datetime) -> list[ReceivedRecord]:
        """Show what came in, whether or not its webhook reached us."""
        came = self.inbound.get(ours.e164, [])
        return [record for record in came if record.created_at >= since]

    async def erase(self, vendor_ref: str) -> Erased | None:
        """Forget what a message says, or answer as the story says.

        Raises:
            OSError: the story says that the vendor cannot be asked.
        """
        self.erased.append(vendor_ref)
        answer = self.erasures.get(vendor_ref, Erased.EMPTY)
        if isinstance(answer, OSError):
            raise answer
        return answer

    async def close(self) -> None:
        """Nothing is held open."""

    @property
    def bodies(self) -> list[str]:
        """The texts sent so far."""
        return [message.body for message in self.sent]
