"""Makers of a house that calls: a number at Twilio, and a carrier that keeps who is called."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select

from data.models.citizens import Channel
from data.models.conversations import Conversation, Direction, Message
from data.municipalities.policy import MailSender, Policies
from data.values.phone import PhoneNumber
from outreach.carriers import Telephone
from outreach.dispatch import run_batch
from outreach.runtime import SendOutcome, SendResult

if TYPE_CHECKING:
    from outreach.runtime import Parcel, Runtime

#: Each municipality calls from a number of its own.
NUMBERS = {"albertslund": PhoneNumber("+4570990103"), "faxe": PhoneNumber("+4570990203")}
CALLS_FROM = NUMBERS["albertslund"]


@dataclass
class KeepingCalls:
    """Keeps whom it was told to call; `answers` holds outcomes to give before accepting again."""

    placed: list[tuple[str, str]] = field(default_factory=list)
    answers: list[SendOutcome] = field(default_factory=list)
    sids: list[str] = field(default_factory=list)

    async def place(self, sender: PhoneNumber, to: PhoneNumber, *, message_id: str) -> SendOutcome:
        """Keep one call, or answer as the story says."""
        assert message_id
        if self.answers:
            return self.answers.pop(0)
        self.placed.append((sender.e164, to.e164))
        self.sids.append(f"CA{uuid4().hex}")
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=self.sids[-1])

    async def close(self) -> None:
        """Nothing is held open."""


def with_telephone(runtime: Runtime, calls: KeepingCalls, **first_contact: Any) -> Runtime:
    """Return the same house with a number that calls in each municipality."""
    policies = []
    for key in runtime.policies.keys:
        policy = runtime.policies[key]
        assert policy.voice is not None
        policies.append(
            policy.model_copy(
                update={
                    "voice": policy.voice.model_copy(update={"number": NUMBERS[key]}),
                    "first_contact": policy.first_contact.model_copy(update=first_contact),
                }
            )
        )
    house = replace(runtime, policies=Policies(policies))
    return house.equip(carriers={Channel.VOICE: Telephone(calls, house.policies)})


@dataclass
class KeepingMail:
    """A carrier of e-mail that keeps what it is given."""

    parcels: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> SendOutcome:
        """Keep one e-mail."""
        self.parcels.append(parcel)
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=f"mail:{parcel.message_id}")

    async def close(self) -> None:
        """Nothing is held open."""


def with_mail(runtime: Runtime, **first_contact: Any) -> Runtime:
    """Return the same house with a sender of e-mail in each municipality."""
    sender = MailSender(address="opkraevning@albertslund.example", name="Kommunen")
    policies = []
    for key in runtime.policies.keys:
        policy = runtime.policies[key]
        policies.append(
            policy.model_copy(
                update={
                    "senders": policy.senders.model_copy(update={"email": sender}),
                    "first_contact": policy.first_contact.model_copy(update=first_contact),
                }
            )
        )
    house = replace(runtime, policies=Policies(policies))
    return house.equip(carriers={Channel.EMAIL: KeepingMail()})


async def send(runtime: Runtime, municipality: str = "albertslund") -> None:
    """Let everything leave that may leave now."""
    while (await run_batch(runtime, municipality)).moved:
        pass


async def out(runtime: Runtime) -> list[Message]:
    """Return all that was written, in order."""
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(Message).where(Message.direction == Direction.OUT).order_by(Message.number)
        )
        return list(found)


async def talk_of_call(runtime: Runtime) -> Conversation:
    """Return the conversation that calls are part of."""
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(Conversation).where(Conversation.channel == Channel.VOICE)
        )
        return found.one()
