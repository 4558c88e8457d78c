"""Makers, one a noun: rows with sensible values, saved in the story's own transaction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from data.models.citizens import Channel, Citizen, ContactPoint
from data.models.claims import Claim, Decision, Outcome, PaymentCoverage
from data.models.conversations import (
    Author,
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
)
from data.models.payments import Allocation, Payment
from data.values.ids import DebtorKind, new_id
from data.values.money import Money
from data.values.time import day_of

if TYPE_CHECKING:
    from outreach.runtime import Runtime

METTE_PHONE = "+4520304050"


async def citizen(runtime: Runtime, **given: Any) -> Citizen:
    """Make a citizen with a telephone: Mette of Albertslund, born 1 January 1980."""
    now = runtime.clock.now()
    phone = given.pop("phone", METTE_PHONE)
    values = {
        "municipality": "albertslund",
        "debtor_id": "0101801234",
        "debtor_kind": DebtorKind.PERSON,
        "name": "Mette Hansen",
        "created_at": now,
        "updated_at": now,
    } | given
    async with runtime.transaction() as session:
        person = Citizen(**values)
        session.add(person)
        await session.flush()
        if phone is not None:
            session.add(
                ContactPoint(
                    municipality=person.municipality,
                    citizen_id=person.id,
                    channel=Channel.SMS,
                    address=phone,
                    created_at=now,
                )
            )
    return person


async def claim(runtime: Runtime, person: Citizen, **given: Any) -> Claim:
    """Make a claim: 1,200 kr. for childcare, due the day before yesterday, bill sent."""
    now = runtime.clock.now()
    due = given.get("due_date", day_of(now) - timedelta(days=4))
    values = {
        "municipality": person.municipality,
        "citizen_id": person.id,
        "claim_ref": "A-1001",
        "claim_type": "dagtilbud",
        "principal": Money(120000),
        "due_date": due,
        "bill_sent_on": due - timedelta(days=20),
        "created_at": now,
        "updated_at": now,
    } | given
    async with runtime.transaction() as session:
        owed = Claim(**values)
        session.add(owed)
    return owed


async def payment(
    runtime: Runtime, owed: Claim, amount: Money, paid_on: date, **given: Any
) -> Payment:
    """Make money that came in and stands whole on one claim."""
    now = runtime.clock.now()
    values = {
        "municipality": owed.municipality,
        "payment_ref": f"P-{new_id()}",
        "claim_id": owed.id,
        "amount": amount,
        "allocated": amount,
        "paid_on": paid_on,
        "created_at": now,
    } | given
    async with runtime.transaction() as session:
        money = Payment(**values)
        session.add(money)
        await session.flush()
        session.add(
            Allocation(
                municipality=owed.municipality,
                payment_id=money.id,
                claim_id=owed.id,
                amount=amount,
                made_by="import",
                created_at=now,
            )
        )
        (await session.get_one(Claim, owed.id)).paid += amount
    return money


async def coverage(runtime: Runtime, municipality: str, until: date) -> None:
    """Say that all payments are known up to and including `until`."""
    async with runtime.transaction() as session:
        await session.merge(
            PaymentCoverage(
                municipality=municipality, covers_until=until, updated_at=runtime.clock.now()
            )
        )


async def conversation(runtime: Runtime, person: Citizen | None, **given: Any) -> Conversation:
    """Make a conversation on the citizen's telephone."""
    now = runtime.clock.now()
    values = {
        "municipality": person.municipality if person else "albertslund",
        "channel": Channel.SMS,
        "address": METTE_PHONE,
        "citizen_id": person.id if person else None,
        "owner_since": now,
        "created_at": now,
    } | given
    async with runtime.transaction() as session:
        talk = Conversation(**values)
        session.add(talk)
    return talk


async def outgoing(runtime: Runtime, talk: Conversation, **given: Any) -> Message:
    """Make a message that waits to be sent: the assistant's reply, unless the story says so."""
    now = runtime.clock.now()
    values = {
        "municipality": talk.municipality,
        "conversation_id": talk.id,
        "citizen_id": talk.citizen_id,
        "direction": Direction.OUT,
        "author": Author.ASSISTANT,
        "kind": MessageKind.REPLY,
        "channel": talk.channel,
        "address": talk.address,
        "body": "Vi har fundet din sag.",
        "status": MessageStatus.QUEUED,
        "dedupe_key": f"test:{new_id()}",
        "owner_number": talk.owner_number,
        "not_before": now,
        "created_at": now,
        "status_at": now,
    } | given
    async with runtime.transaction() as session:
        text = Message(**values)
        session.add(text)
    return text


async def first_contact(
    runtime: Runtime, talk: Conversation, *claims: Claim, **given: Any
) -> Message:
    """Make a first message about some claims, with the decisions that led to it."""
    text = await outgoing(
        runtime,
        talk,
        **{"kind": MessageKind.FIRST_CONTACT, "body": "Vi skriver om en betaling."} | given,
    )
    async with runtime.transaction() as session:
        for owed in claims:
            session.add(
                Decision(
                    municipality=owed.municipality,
                    claim_id=owed.id,
                    step="first_contact",
                    outcome=Outcome.ALLOWED,
                    facts={},
                    message_id=text.id,
                    decided_at=runtime.clock.now(),
                )
            )
    return text
