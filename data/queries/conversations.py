"""A conversation (samtale) as a caseworker reads it: the thread, and whom it is with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from data.models.agreements import Agreement, AgreementState
from data.models.citizens import OptOut
from data.models.claims import Claim, ClaimState
from data.models.conversations import Conversation, Message, MessageStatus
from data.models.staff import AuditEntry
from data.values.money import NOTHING, Money

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId, ConversationId

#: Conversations in the list of all of them.
SHOWN_AT_ONCE = 100

#: Agreements that mean nothing any more to whoever answers now.
_FORGOTTEN = (AgreementState.SUPERSEDED,)

#: Claims the municipality itself does not collect, or not any more.
_NOT_OURS = (ClaimState.HANDED_OVER, ClaimState.WRITTEN_OFF)


@dataclass(frozen=True, slots=True)
class CitizenCard:
    """What is known of the citizen behind a conversation (borgerkort)."""

    claims: list[Claim] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    opted_out: OptOut | None = None

    @property
    def outstanding(self) -> Money:
        """What is still owed to the municipality in all (restgæld), øre."""
        owed = (claim.outstanding for claim in self.claims if claim.state not in _NOT_OURS)
        return sum(owed, NOTHING)


async def one(
    session: AsyncSession, municipality: str, conversation_id: ConversationId
) -> Conversation | None:
    """Return one conversation of this municipality with its people, or none."""
    query = select(Conversation).where(
        Conversation.id == conversation_id, Conversation.municipality == municipality
    )
    return await session.scalar(query.options(*_PEOPLE))


async def latest(session: AsyncSession, municipality: str) -> list[Conversation]:
    """List the conversations in which a citizen or we last began something, newest first."""
    moved = func.coalesce(Conversation.last_inbound_at, Conversation.created_at)
    query = select(Conversation).where(Conversation.municipality == municipality)
    newest = query.options(*_PEOPLE).order_by(moved.desc(), Conversation.id)
    return list(await session.scalars(newest.limit(SHOWN_AT_ONCE)))


async def thread(
    session: AsyncSession, conversation_id: ConversationId, *, last: int
) -> list[Message]:
    """Return the `last` messages, the oldest of them first; drafts are left out."""
    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.status != MessageStatus.DRAFT)
        .options(joinedload(Message.staff))
        .order_by(Message.created_at.desc(), Message.direction.desc(), Message.id)
        .limit(last)
    )
    return list(reversed(list(await session.scalars(query))))


async def times_heard(
    session: AsyncSession, conversation_id: ConversationId, intent: str, *, since: datetime
) -> int:
    """Count the messages of a conversation that were understood as `intent` since an instant."""
    query = select(func.count()).where(
        Message.conversation_id == conversation_id,
        Message.understood_as == intent,
        Message.created_at >= since,
    )
    return await session.scalar(query) or 0


async def latest_act(
    session: AsyncSession, conversation_id: ConversationId, *acts: str, since: datetime
) -> str | None:
    """Return which of these acts came last in a conversation since an instant, if any did."""
    query = select(AuditEntry.act).where(
        AuditEntry.subject_kind == "conversation",
        AuditEntry.subject_id == str(conversation_id),
        AuditEntry.act.in_(acts),
        AuditEntry.at >= since,
    )
    return await session.scalar(query.order_by(AuditEntry.id.desc()).limit(1))


async def card(session: AsyncSession, conversation: Conversation) -> CitizenCard:
    """Gather claims, agreements and the opt-out of the citizen behind a conversation."""
    return CitizenCard(
        claims=await _claims(session, conversation.municipality, conversation.citizen_id),
        agreements=await _agreements(session, conversation.municipality, conversation.citizen_id),
        opted_out=await session.scalar(
            select(OptOut).where(
                OptOut.municipality == conversation.municipality,
                OptOut.channel == conversation.channel,
                OptOut.address == conversation.address,
            )
        ),
    )


async def _claims(
    session: AsyncSession, municipality: str, citizen_id: CitizenId | None
) -> list[Claim]:
    if citizen_id is None:
        return []
    query = select(Claim).where(Claim.municipality == municipality, Claim.citizen_id == citizen_id)
    return list(await session.scalars(query.order_by(Claim.due_date.desc(), Claim.claim_ref)))


async def _agreements(
    session: AsyncSession, municipality: str, citizen_id: CitizenId | None
) -> list[Agreement]:
    if citizen_id is None:
        return []
    query = (
        select(Agreement)
        .where(
            Agreement.municipality == municipality,
            Agreement.citizen_id == citizen_id,
            Agreement.state.not_in(_FORGOTTEN),
        )
        .options(selectinload(Agreement.instalments))
        .order_by(Agreement.offered_at.desc(), Agreement.id)
    )
    return list(await session.scalars(query))


_PEOPLE = (joinedload(Conversation.citizen), joinedload(Conversation.owner_staff))
