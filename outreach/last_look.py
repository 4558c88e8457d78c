"""Gathers what the last look needs, and locks it until the batch is taken.

Whoever pays, says STOP or takes a conversation over at this very moment either comes before the
look, and is seen, or has to wait until the message is marked as being sent. What is just being
changed by another transaction is not waited for: its message is looked at again in a moment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from data.models.citizens import Channel, Citizen, ContactPoint, OptOut
from data.models.claims import Claim, Decision, Outcome
from data.models.conversations import (
    Author,
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from outreach.rules.decision import Allowed, Verdict
from outreach.rules.last_look import BUDGET_WINDOW, ClaimNow, Leaving, last_look

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.municipalities.policy import Policy
    from data.values.ids import CitizenId, ConversationId, MessageId

#: A message in one of these has, or may have, reached the citizen.
REACHED = (
    MessageStatus.SENDING,
    MessageStatus.ACCEPTED,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.UNDELIVERED,
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is due to leave (udgående besked), as far as sending it needs."""

    id: MessageId
    conversation_id: ConversationId
    citizen_id: CitizenId | None
    kind: MessageKind
    author: Author
    address: str
    body: str
    attempts: int
    owner_number: int
    created_at: datetime
    useless_after: datetime | None

    @property
    def is_first_contact(self) -> bool:
        """Tell whether we write first, instead of answering."""
        return self.kind is MessageKind.FIRST_CONTACT

    @property
    def is_notice(self) -> bool:
        """Tell whether it must get through whatever else waits: a STOP confirmed, safety words."""
        return self.kind is MessageKind.NOTICE

    @property
    def is_assistants_reply(self) -> bool:
        """Tell whether the assistant wrote it in an ordinary turn."""
        return self.author is Author.ASSISTANT and self.kind is MessageKind.REPLY


async def look(
    session: AsyncSession, policy: Policy, batch: Sequence[Outgoing], now: datetime
) -> dict[MessageId, Verdict | None]:
    """Judge each message of a batch; none for one whose facts are just being changed."""
    owners = await _owners(session, batch)
    firsts = [message for message in batch if message.is_first_contact]
    frozen = await _frozen(session, firsts)
    claims = await _claims(session, firsts)
    contacts = await _contacts(session, firsts, now)
    opted_out = await _opted_out(session, policy.key, batch)
    distrusted = await _distrusted(session, policy.key, firsts)
    verdicts: dict[MessageId, Verdict | None] = {}
    for message in batch:
        owner, about = owners.get(message.conversation_id), claims.get(message.id)
        is_settled = message.citizen_id in frozen and about is not None
        if owner is None or (message.is_first_contact and not is_settled):
            verdicts[message.id] = None
            continue
        leaving = Leaving(
            is_first_contact=message.is_first_contact,
            is_assistants_reply=message.is_assistants_reply,
            is_notice=message.is_notice,
            useless_after=message.useless_after,
            opted_out=message.address in opted_out,
            number_distrusted=(message.citizen_id, message.address) in distrusted,
            citizen_frozen=frozen.get(message.citizen_id, False),
            held_by_person=owner[0] is Owner.STAFF,
            owner_unchanged=owner[1] == message.owner_number,
            citizen_has_written=owner[2] is not None and owner[2] > message.created_at,
            claims=about or (),
            contacts=tuple(contacts[message.citizen_id]),
        )
        verdicts[message.id] = verdict = last_look(leaving, policy.contact, now)
        if message.is_first_contact and isinstance(verdict, Allowed):
            contacts[message.citizen_id].append(now)  # the next in this batch counts it
    return verdicts


async def _owners(
    session: AsyncSession, batch: Sequence[Outgoing]
) -> dict[ConversationId, tuple[Owner, int, datetime | None]]:
    """Lock the conversations: no owner changes while their messages are being taken."""
    rows = await session.execute(
        select(
            Conversation.id,
            Conversation.owner,
            Conversation.owner_number,
            Conversation.last_inbound_at,
        )
        .where(Conversation.id.in_({message.conversation_id for message in batch}))
        .with_for_update(key_share=True, skip_locked=True)
    )
    return {row.id: (row.owner, row.owner_number, row.last_inbound_at) for row in rows}


async def _frozen(
    session: AsyncSession, firsts: Sequence[Outgoing]
) -> dict[CitizenId | None, bool]:
    """Lock the citizens, so that two dispatchers cannot both spend the same contact budget."""
    if not firsts:
        return {}
    nobody: dict[CitizenId | None, bool] = {None: False}
    rows = await session.execute(
        select(Citizen.id, Citizen.frozen_at)
        .where(Citizen.id.in_(_citizens(firsts)))
        .with_for_update(key_share=True, skip_locked=True)
    )
    return nobody | {row.id: row.frozen_at is not None for row in rows}


async def _claims(
    session: AsyncSession, firsts: Sequence[Outgoing]
) -> dict[MessageId, tuple[ClaimNow, ...]]:
    """Find what each first message is about; without those whose claims are being changed."""
    if not firsts:
        return {}
    pairs = await session.execute(
        select(Decision.message_id, Decision.claim_id)
        .where(
            Decision.message_id.in_([message.id for message in firsts]),
            Decision.outcome == Outcome.ALLOWED,
        )
        .order_by(Decision.message_id, Decision.claim_id)
    )
    about: dict[MessageId, list[object]] = {message.id: [] for message in firsts}
    for pair in pairs:
        if pair.message_id is not None:
            about[pair.message_id].append(pair.claim_id)
    rows = await session.execute(
        select(Claim.id, Claim.state, Claim.is_settled, Claim.paused_until)
        .where(Claim.id.in_({claim for ids in about.values() for claim in ids}))
        .with_for_update(read=True, skip_locked=True)
    )
    known = {row.id: ClaimNow(row.state.value, row.is_settled, row.paused_until) for row in rows}
    return {
        message: tuple(known[claim] for claim in ids)
        for message, ids in about.items()
        if all(claim in known for claim in ids)
    }


async def _contacts(
    session: AsyncSession, firsts: Sequence[Outgoing], now: datetime
) -> dict[CitizenId | None, list[datetime]]:
    """When each citizen was written to first, in all campaigns and channels."""
    contacts: dict[CitizenId | None, list[datetime]] = defaultdict(list)
    if not firsts:
        return contacts
    rows = await session.execute(
        select(Message.citizen_id, Message.sending_since)
        .where(
            Message.citizen_id.in_(_citizens(firsts)),
            Message.direction == Direction.OUT,
            Message.kind == MessageKind.FIRST_CONTACT,
            Message.status.in_(REACHED),
            Message.sending_since > now - BUDGET_WINDOW,
        )
        .order_by(Message.sending_since)
    )
    for row in rows:
        contacts[row.citizen_id].append(row.sending_since)
    return contacts


async def _opted_out(
    session: AsyncSession, municipality: str, batch: Sequence[Outgoing]
) -> frozenset[str]:
    found = await session.scalars(
        select(OptOut.address).where(
            OptOut.municipality == municipality,
            OptOut.channel == Channel.SMS,
            OptOut.address.in_({message.address for message in batch}),
        )
    )
    return frozenset(found)


async def _distrusted(
    session: AsyncSession, municipality: str, firsts: Sequence[Outgoing]
) -> frozenset[tuple[CitizenId, str]]:
    if not firsts:
        return frozenset()
    rows = await session.execute(
        select(ContactPoint.citizen_id, ContactPoint.address).where(
            ContactPoint.municipality == municipality,
            ContactPoint.channel == Channel.SMS,
            ContactPoint.address.in_({message.address for message in firsts}),
            ContactPoint.distrusted_at.is_not(None),
        )
    )
    return frozenset((row.citizen_id, row.address) for row in rows)


def _citizens(firsts: Iterable[Outgoing]) -> set[CitizenId]:
    return {message.citizen_id for message in firsts if message.citizen_id is not None}
