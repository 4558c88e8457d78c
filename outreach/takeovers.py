"""Takeovers that change hands without the holder: forgotten ones, and those a manager assigns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import Select, case, func, select

from data.models.conversations import Author, Conversation, MessageKind, Owner
from data.models.handoffs import Handoff, HandoffState
from data.queries import handoffs as queries
from outreach import audit, citizens, jobs, messages
from outreach.errors import ConflictError, NotFoundError
from outreach.handoffs import give, locked, record
from outreach.texts import catalogue

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import HandoffId, StaffId
    from outreach.runtime import Runtime

#: A danger to life rests no longer than this: it may be written where somebody has gone home.
LIFE_RESTS: Final = timedelta(minutes=10)
#: A duty manager's reason to give a conversation to somebody else.
LONGEST_WHY: Final = 400


async def assign(
    session: AsyncSession,
    runtime: Runtime,
    handoff_id: HandoffId,
    *,
    by: Staff,
    to: Staff,
    why: str,
) -> Handoff:
    """Give a conversation to somebody, also one that another has (tildeling).

    Who may do so is asked by the caller (`Right.LEAD`). `why` is the duty manager's own words,
    for the record.

    Raises:
        NotFoundError: no such handoff, or no such colleague, in the duty manager's municipality.
        ConflictError: the handoff is closed.
    """
    handoff, conversation = await locked(session, handoff_id, by)
    if to.municipality != by.municipality or not to.is_active:
        raise NotFoundError("no such colleague")
    if handoff.state is HandoffState.CLOSED:
        raise ConflictError("closed")
    if handoff.taken_by == to.id:
        return handoff
    before = _as_word(handoff.taken_by)
    handoff.state, handoff.taken_by = HandoffState.TAKEN, to.id
    handoff.taken_at = handoff.touched_at = runtime.clock.now()
    give(conversation, runtime, Owner.STAFF, to.id)
    facts = {"before": before, "after": _as_word(to.id), "why": why.strip()[:LONGEST_WHY]}
    await record(session, runtime, handoff, f"staff:{by.id}", "handoff_assigned", **facts)
    return handoff


@jobs.job("return_forgotten")
async def return_forgotten(runtime: Runtime) -> int:
    """Put conversations back into the queue whose holder gave no sign of life; return how many.

    How long that may last is the municipality's (`desk.forgotten_after_minutes`); where a life is
    in danger it is ten minutes, so that the other desks and the person on duty hear of it.
    """
    returned = 0
    for municipality in runtime.policies.keys:
        async with runtime.transaction() as session:
            forgotten = await session.scalars(_forgotten(runtime, municipality))
        for handoff_id in list(forgotten):
            async with runtime.transaction() as session:
                returned += await _return(session, runtime, municipality, handoff_id)
    return returned


def _forgotten(runtime: Runtime, municipality: str) -> Select[HandoffId]:
    rests = runtime.policies[municipality].desk.forgotten_after
    is_life = Handoff.severity == queries.ACUTE
    now = runtime.clock.now()
    since = case((is_life, now - min(rests, LIFE_RESTS)), else_=now - rests)
    return select(Handoff.id).where(
        Handoff.municipality == municipality,
        Handoff.state == HandoffState.TAKEN,
        func.coalesce(Handoff.touched_at, Handoff.taken_at) < since,
    )


async def _return(
    session: AsyncSession, runtime: Runtime, municipality: str, handoff_id: HandoffId
) -> bool:
    """Put one back, unless its holder was there meanwhile; tell whether it was."""
    found = await session.get_one(Handoff, handoff_id)
    conversation = await session.get_one(
        Conversation, found.conversation_id, with_for_update=True, populate_existing=True
    )
    still = _forgotten(runtime, municipality).where(Handoff.id == handoff_id).with_for_update()
    if await session.scalar(still) is None:
        return False
    handoff = await session.get_one(Handoff, handoff_id, populate_existing=True)
    since = handoff.taken_at or handoff.opened_at
    before, now = _as_word(handoff.taken_by), runtime.clock.now()
    handoff.state, handoff.taken_by, handoff.taken_at = HandoffState.WAITING, None, None
    handoff.touched_at, handoff.escalated_at = None, now
    handoff.times_returned += 1
    give(conversation, runtime, Owner.NOBODY, None)
    if await _still_waits(session, conversation, since):
        await _say_they_still_wait(session, runtime, handoff, conversation)
    facts = {"before": before, "after": ""}
    await record(session, runtime, handoff, audit.ASSISTANT, "handoff_returned", **facts)
    return True


async def _still_waits(session: AsyncSession, conversation: Conversation, since: datetime) -> bool:
    """Tell whether they wrote, got no answer, and want to hear from us at all."""
    wants_none = await citizens.is_opted_out(
        session, conversation.municipality, conversation.channel, conversation.address
    )
    return not wants_none and await queries.wrote_last(session, conversation.id, since=since)


async def _say_they_still_wait(
    session: AsyncSession, runtime: Runtime, handoff: Handoff, conversation: Conversation
) -> None:
    """Tell a citizen who wrote, and got no answer, that they are not forgotten."""
    await messages.queue(
        session,
        runtime,
        conversation=conversation,
        body=catalogue(conversation.language).render("conversation.waiting_again"),
        kind=MessageKind.NOTICE,
        author=Author.ASSISTANT,
        dedupe_key=f"waiting_again:{handoff.id}:{handoff.times_returned}",
    )


def _as_word(staff_id: StaffId | None) -> str:
    return f"staff:{staff_id}" if staff_id else ""
