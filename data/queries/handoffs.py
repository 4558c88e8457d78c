"""What waits for a person, who has what, and what is done with (overdragelser)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload

from data.models.conversations import Conversation
from data.models.handoffs import Handoff, HandoffState

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ConversationId, HandoffId, StaffId

#: Rows a caseworker is shown at once; the most urgent are always among them.
SHOWN_AT_ONCE = 200

#: Severities that may not wait until tomorrow: danger to life, home or safety.
URGENT = 1


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many open handoffs there are, and whose (antal i køen)."""

    waiting: int
    urgent: int
    mine: int
    others: int


async def waiting(session: AsyncSession, municipality: str) -> list[Handoff]:
    """List the handoffs nobody has taken: most severe, then soonest due, then newest."""
    return await _listed(session, _most_urgent(municipality, HandoffState.WAITING))


async def held_by(session: AsyncSession, municipality: str, staff_id: StaffId) -> list[Handoff]:
    """List the handoffs one caseworker has, most urgent first."""
    query = _most_urgent(municipality, HandoffState.TAKEN)
    return await _listed(session, query.where(Handoff.taken_by == staff_id))


async def held_by_others(
    session: AsyncSession, municipality: str, staff_id: StaffId
) -> list[Handoff]:
    """List the handoffs the other caseworkers have, most urgent first."""
    query = _most_urgent(municipality, HandoffState.TAKEN)
    return await _listed(session, query.where(Handoff.taken_by != staff_id))


async def closed(session: AsyncSession, municipality: str) -> list[Handoff]:
    """List the handoffs that are done with, last closed first."""
    query = _in_state(municipality, HandoffState.CLOSED)
    return await _listed(session, query.order_by(Handoff.closed_at.desc(), Handoff.id))


async def counts(session: AsyncSession, municipality: str, staff_id: StaffId) -> QueueCounts:
    """Count the open handoffs, as `staff_id` sees them."""
    is_waiting = Handoff.state == HandoffState.WAITING
    is_taken = Handoff.state == HandoffState.TAKEN
    found = await session.execute(
        select(
            func.count().filter(is_waiting),
            func.count().filter(and_(is_waiting, Handoff.severity <= URGENT)),
            func.count().filter(and_(is_taken, Handoff.taken_by == staff_id)),
            func.count().filter(and_(is_taken, Handoff.taken_by != staff_id)),
        ).where(Handoff.municipality == municipality, Handoff.state != HandoffState.CLOSED)
    )
    waits, urgent, mine, others = found.one()
    return QueueCounts(waits, urgent, mine, others)


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


_PEOPLE = (
    joinedload(Handoff.conversation).joinedload(Conversation.citizen),
    joinedload(Handoff.taker),
)


def _in_state(municipality: str, state: HandoffState) -> Select[Handoff]:
    return select(Handoff).where(Handoff.municipality == municipality, Handoff.state == state)


def _most_urgent(municipality: str, state: HandoffState) -> Select[Handoff]:
    return _in_state(municipality, state).order_by(
        Handoff.severity, Handoff.due_at, Handoff.opened_at.desc(), Handoff.id
    )


async def _listed(session: AsyncSession, query: Select[Handoff]) -> list[Handoff]:
    return list(await session.scalars(query.options(*_PEOPLE).limit(SHOWN_AT_ONCE)))
