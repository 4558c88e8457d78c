"""Gives conversations to people and takes them back (overdragelse)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from data.models.conversations import Author, Conversation, MessageKind, Owner
from data.models.handoffs import Handoff, HandoffState
from data.models.staff import Staff
from data.notifications import notify
from data.values.ids import new_id
from outreach import audit, jobs, messages
from outreach.errors import ConflictError, NotFoundError
from outreach.rules.due import due_at

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Message
    from data.values.ids import ConversationId, HandoffId, MessageId, StaffId
    from outreach.runtime import Runtime


async def open_handoff(
    session: AsyncSession,
    runtime: Runtime,
    *,
    conversation: Conversation,
    reason: str,
    summary: str,
    message_id: MessageId | None = None,
    actor: str = audit.ASSISTANT,
) -> Handoff:
    """Give a conversation to a person; the assistant falls silent in the same transaction.

    If one is open already it is kept, and made more urgent when the new reason is.

    Args:
        session: the caller's transaction; the conversation must be locked in it.
        runtime: clock, law and policies.
        conversation: what is handed over.
        reason: a key of the hard cases or of `data/law/handoffs.yml`.
        summary: one line for the caseworker, no more of the citizen's words than needed.
        message_id: the message that led to it.
        actor: who opens it, for the record.
    """
    now = runtime.clock.now()
    severity, due_words = runtime.urgency(reason)
    due = due_at(due_words, runtime.policies[conversation.municipality].office, now)
    handoff = await _open_one(session, conversation.id)
    if handoff is None:
        handoff = Handoff(
            id=new_id(),
            municipality=conversation.municipality,
            conversation_id=conversation.id,
            citizen_id=conversation.citizen_id,
            reason=reason,
            severity=severity,
            summary=summary,
            state=HandoffState.WAITING,
            opened_at=now,
            opened_by=message_id,
            due_at=due,
        )
        session.add(handoff)
    elif (severity, due) < (handoff.severity, handoff.due_at):
        handoff.reason, handoff.severity, handoff.summary = reason, severity, summary
        handoff.due_at = min(due, handoff.due_at)
    if conversation.owner is Owner.ASSISTANT:
        _give(conversation, runtime, Owner.NOBODY, None)
    await _record(session, runtime, handoff, actor, "handoff_opened", reason=reason)
    return handoff


async def take(
    session: AsyncSession, runtime: Runtime, handoff_id: HandoffId, staff: Staff
) -> Handoff:
    """Let a caseworker take a conversation over; exactly one can.

    Raises:
        NotFoundError: no such handoff in the caseworker's municipality.
        ConflictError: somebody else has it, or it is closed; the text says who.
    """
    handoff, conversation = await _locked(session, handoff_id, staff)
    if handoff.state is HandoffState.CLOSED:
        raise ConflictError("closed")
    if handoff.state is HandoffState.TAKEN:
        if handoff.taken_by == staff.id:
            return handoff
        raise ConflictError(await _name_of(session, handoff.taken_by))
    handoff.state, handoff.taken_by = HandoffState.TAKEN, staff.id
    handoff.taken_at = runtime.clock.now()
    _give(conversation, runtime, Owner.STAFF, staff.id)
    await _record(session, runtime, handoff, f"staff:{staff.id}", "handoff_taken")
    return handoff


async def answer(
    session: AsyncSession,
    runtime: Runtime,
    handoff_id: HandoffId,
    staff: Staff,
    body: str,
    *,
    key: str | None = None,
) -> Message | None:
    """Send a caseworker's answer on the citizen's own channel; none if `key` was sent before.

    Raises:
        NotFoundError: no such handoff in the caseworker's municipality.
        ConflictError: the caseworker does not hold it; the text says who does, if anybody.
    """
    handoff, conversation = await _locked(session, handoff_id, staff)
    if handoff.state is not HandoffState.TAKEN or handoff.taken_by != staff.id:
        raise ConflictError(await _name_of(session, handoff.taken_by))
    message = await messages.queue(
        session,
        runtime,
        conversation=conversation,
        body=body,
        kind=MessageKind.STAFF_ANSWER,
        author=Author.STAFF,
        staff_id=staff.id,
        dedupe_key=f"answer:{handoff.id}:{key or new_id()}",
    )
    await _record(session, runtime, handoff, f"staff:{staff.id}", "answered")
    return message


async def hand_back(
    session: AsyncSession, runtime: Runtime, handoff_id: HandoffId, staff: Staff, note: str
) -> Handoff:
    """Close a handoff and give the conversation back to the assistant, with a note on record.

    A citizen who is frozen stays frozen: the assistant then hands over again when they write.

    Raises:
        NotFoundError: no such handoff in the caseworker's municipality.
        ConflictError: the caseworker does not hold it.
    """
    handoff, conversation = await _locked(session, handoff_id, staff)
    if handoff.state is not HandoffState.TAKEN or handoff.taken_by != staff.id:
        raise ConflictError(await _name_of(session, handoff.taken_by))
    handoff.state, handoff.closed_at = HandoffState.CLOSED, runtime.clock.now()
    handoff.close_note = note
    _give(conversation, runtime, Owner.ASSISTANT, None)
    conversation.misunderstood = 0
    conversation.identity_tries = 0  # a person has looked: the citizen may try again
    await _record(session, runtime, handoff, f"staff:{staff.id}", "handed_back")
    return handoff


@jobs.job("escalate")
async def escalate(runtime: Runtime) -> int:
    """Mark the handoffs nobody answered in time, for the desk's top; return how many."""
    async with runtime.transaction() as session:
        late = await session.scalars(
            select(Handoff)
            .where(
                Handoff.state == HandoffState.WAITING,
                Handoff.due_at < runtime.clock.now(),
                Handoff.escalated_at.is_(None),
            )
            .with_for_update(skip_locked=True)
        )
        found = list(late)
        for handoff in found:
            handoff.escalated_at = runtime.clock.now()
            await _record(session, runtime, handoff, audit.ASSISTANT, "handoff_late")
    return len(found)


def _give(
    conversation: Conversation, runtime: Runtime, owner: Owner, staff_id: StaffId | None
) -> None:
    """Change the owner; what was written under the old number is dropped at sending."""
    conversation.owner, conversation.owner_staff_id = owner, staff_id
    conversation.owner_number += 1
    conversation.owner_since = runtime.clock.now()


async def _open_one(session: AsyncSession, conversation_id: ConversationId) -> Handoff | None:
    return await session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.state != HandoffState.CLOSED)
        .with_for_update()
    )


async def _locked(
    session: AsyncSession, handoff_id: HandoffId, staff: Staff
) -> tuple[Handoff, Conversation]:
    """Lock the conversation, then the handoff: always in this order, against deadlocks."""
    found = await session.get(Handoff, handoff_id)
    if found is None or found.municipality != staff.municipality:
        raise NotFoundError("no such handoff")
    conversation = await session.get_one(
        Conversation, found.conversation_id, with_for_update=True, populate_existing=True
    )
    handoff = await session.get_one(
        Handoff, handoff_id, with_for_update=True, populate_existing=True
    )
    return handoff, conversation


async def _name_of(session: AsyncSession, staff_id: StaffId | None) -> str:
    holder = await session.get(Staff, staff_id) if staff_id else None
    return holder.name if holder else ""


async def _record(
    session: AsyncSession, runtime: Runtime, handoff: Handoff, actor: str, act: str, **facts: str
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=handoff.municipality,
        actor=actor,
        act=act,
        subject_kind="handoff",
        subject_id=handoff.id,
        **facts,
    )
    await notify(session, handoff.municipality)
