"""What waits for a person, who has what, and what is done with (overdragelser)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload

from data.models.conversations import Author, Conversation, Message, MessageStatus
from data.models.handoffs import Handoff, HandoffState
from data.models.staff import Staff

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ConversationId, HandoffId, StaffId

#: Severities that may not wait until tomorrow: danger to life, home or safety.
URGENT = 1
#: Danger to life.
ACUTE = 0


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many open handoffs there are, and whose (antal i køen)."""

    waiting: int
    urgent: int
    mine: int
    others: int
    #: Of the urgent ones: somebody's life may be in danger.
    acute: int = 0
    #: When the last of the urgent ones came, became late or came back.
    last_urgent_at: datetime | None = None


async def counts(session: AsyncSession, municipality: str, staff_id: StaffId) -> QueueCounts:
    """Count the open handoffs, as `staff_id` sees them."""
    is_waiting = Handoff.state == HandoffState.WAITING
    is_taken = Handoff.state == HandoffState.TAKEN
    is_urgent = and_(is_waiting, Handoff.severity <= URGENT)
    moved = func.greatest(Handoff.opened_at, Handoff.escalated_at)
    found = await session.execute(
        select(
            func.count().filter(is_waiting),
            func.count().filter(is_urgent),
            func.count().filter(and_(is_taken, Handoff.taken_by == staff_id)),
            func.count().filter(and_(is_taken, Handoff.taken_by != staff_id)),
            func.count().filter(and_(is_waiting, Handoff.severity == ACUTE)),
            func.max(moved).filter(is_urgent),
        ).where(Handoff.municipality == municipality, Handoff.state != HandoffState.CLOSED)
    )
    return QueueCounts(*found.one())


async def one(session: AsyncSession, municipality: str, handoff_id: HandoffId) -> Handoff | None:
    """Return one handoff of this municipality, or none."""
    query = select(Handoff).where(Handoff.id == handoff_id, Handoff.municipality == municipality)
    return await session.scalar(query.options(*_PEOPLE))


async def of_conversation(
    session: AsyncSession, municipality: str, conversation_id: ConversationId
) -> list[Handoff]:
    """List all handoffs of a conversation, the newest first; at most the first is open."""
    query = select(Handoff).where(
        Handoff.municipality == municipality, Handoff.conversation_id == conversation_id
    )
    return await _listed(session, query.order_by(Handoff.opened_at.desc(), Handoff.id))


async def wrote_last(
    session: AsyncSession, conversation_id: ConversationId, *, since: datetime
) -> bool:
    """Tell whether the citizen wrote since an instant, and no caseworker has answered that."""
    author = await session.scalar(
        select(Message.author)
        .where(
            Message.conversation_id == conversation_id,
            Message.created_at >= since,
            Message.author.in_([Author.CITIZEN, Author.STAFF]),
            Message.status.not_in([MessageStatus.DRAFT, MessageStatus.STOOD_DOWN]),
        )
        .order_by(Message.created_at.desc(), Message.number.desc())
        .limit(1)
    )
    return author is Author.CITIZEN


async def colleagues(session: AsyncSession, municipality: str) -> list[Staff]:
    """List who works at the desk of a municipality and may still sign in, by name."""
    query = select(Staff).where(Staff.municipality == municipality, Staff.is_active)
    return list(await session.scalars(query.order_by(Staff.name, Staff.id)))


_PEOPLE = (
    joinedload(Handoff.conversation).joinedload(Conversation.citizen),
    joinedload(Handoff.taker),
)


async def _listed(session: AsyncSession, query: Select[Handoff]) -> list[Handoff]:
    return list(await session.scalars(query.options(*_PEOPLE)))
