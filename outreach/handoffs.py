"""Gives conversations to people and takes them back (overdragelse)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.citizens import Channel, Citizen
from data.models.claims import Claim, ClaimState
from data.models.conversations import (
    Author,
    Conversation,
    Message,
    MessageKind,
    Owner,
)
from data.models.handoffs import Handoff, HandoffState
from data.models.staff import Staff
from data.notifications import notify, notify_citizen
from data.values.ids import new_id
from outreach import audit, identity_locks, jobs, messages, signatures
from outreach.errors import ConflictError, NotFoundError
from outreach.rules.due import due_at
from outreach.texts import catalogue

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId, ConversationId, HandoffId, MessageId, StaffId
    from outreach.runtime import Runtime

#: Why an answer was not taken: other words were sent under its key.
OTHER_WORDS: Final = "other_words"
#: Why an answer was not taken: a call cannot be answered in writing.
ON_THE_TELEPHONE: Final = "on_the_telephone"
#: Claims in these say nothing of whose matter it is now.
_OVER: Final = (ClaimState.PAID, ClaimState.HANDED_OVER, ClaimState.WRITTEN_OFF)


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
            unit=await _unit_of(session, conversation.citizen_id),
        )
        session.add(handoff)
    elif (severity, due) < (handoff.severity, handoff.due_at):
        handoff.reason, handoff.severity, handoff.summary = reason, severity, summary
        handoff.due_at = min(due, handoff.due_at)
    if conversation.owner is Owner.ASSISTANT:
        give(conversation, runtime, Owner.NOBODY, None)
    await record(session, runtime, handoff, actor, "handoff_opened", reason=reason)
    return handoff


async def _unit_of(session: AsyncSession, citizen_id: CitizenId | None) -> str | None:
    """Return the unit that owns all the citizen owes; none when it is several, or nobody knows."""
    if citizen_id is None:
        return None
    owners = await session.scalars(
        select(Claim.owning_unit)
        .where(Claim.citizen_id == citizen_id, Claim.state.not_in(_OVER))
        .distinct()
        .limit(2)
    )
    found = owners.all()
    return found[0] if len(found) == 1 else None


async def take(
    session: AsyncSession, runtime: Runtime, handoff_id: HandoffId, staff: Staff
) -> Handoff:
    """Let a caseworker take a conversation over; exactly one can.

    Raises:
        NotFoundError: no such handoff in the caseworker's municipality.
        ConflictError: somebody else has it, or it is closed; the text says who.
    """
    handoff, conversation = await locked(session, handoff_id, staff)
    if handoff.state is HandoffState.CLOSED:
        raise ConflictError("closed")
    if handoff.state is HandoffState.TAKEN:
        if handoff.taken_by == staff.id:
            return handoff
        raise ConflictError(await _name_of(session, handoff.taken_by))
    handoff.state, handoff.taken_by = HandoffState.TAKEN, staff.id
    handoff.taken_at = handoff.touched_at = runtime.clock.now()
    give(conversation, runtime, Owner.STAFF, staff.id)
    await record(session, runtime, handoff, f"staff:{staff.id}", "handoff_taken")
    await notify_citizen(session, conversation.id)  # an open web page says who answers now
    return handoff


async def answer(
    session: AsyncSession,
    runtime: Runtime,
    handoff_id: HandoffId,
    staff: Staff,
    body: str,
    *,
    key: str | None = None,
    wait: timedelta = jobs.NO_WAIT,
) -> Message | None:
    """Send a caseworker's answer, signed, on the citizen's own channel; none if it was sent before.

    Args:
        session: the caller's transaction.
        runtime: clock and policies.
        handoff_id: what they answer.
        staff: who answers.
        body: their words; the citizen also reads who wrote them.
        key: the same key again is the same answer, and no second one.
        wait: how long it can still be stopped; danger to life does not wait.

    Raises:
        NotFoundError: no such handoff in the caseworker's municipality.
        ConflictError: the caseworker does not hold it (the text says who does, if anybody), or
            `OTHER_WORDS`: other words were sent under this key; or `ON_THE_TELEPHONE`.
    """
    handoff, conversation = await locked(session, handoff_id, staff)
    if handoff.state is not HandoffState.TAKEN or handoff.taken_by != staff.id:
        raise ConflictError(await _name_of(session, handoff.taken_by))
    if conversation.channel is Channel.VOICE:
        raise ConflictError(ON_THE_TELEPHONE)
    signature = await signatures.of(session, runtime, conversation, handoff, staff)
    wait = wait if handoff.severity else jobs.NO_WAIT
    name = f"answer:{handoff.id}:{key or new_id()}"
    message = await messages.queue(
        session,
        runtime,
        conversation=conversation,
        body=signature.on(body),
        kind=MessageKind.STAFF_ANSWER,
        author=Author.STAFF,
        staff_id=staff.id,
        dedupe_key=name,
        not_before=runtime.clock.now() + wait,
    )
    if message is None:
        sent = await session.scalar(select(Message.body).where(Message.dedupe_key == name))
        if sent not in {signature.first(body), signature.later(body)}:
            raise ConflictError(OTHER_WORDS)
        return None
    await messages.wake_dispatcher_after(session, handoff.municipality, wait)
    handoff.touched_at = runtime.clock.now()
    await record(session, runtime, handoff, f"staff:{staff.id}", "answered")
    return message


async def hand_back(
    session: AsyncSession,
    runtime: Runtime,
    handoff_id: HandoffId,
    staff: Staff,
    note: str,
    *,
    wait: timedelta = jobs.NO_WAIT,
) -> Handoff:
    """Close a handoff and give the conversation back to the assistant, with a note on record.

    A citizen whom a person has written to is told that the assistant writes again, after `wait`.
    One who is frozen is not, and stays frozen: the assistant hands over again when they write.

    Raises:
        NotFoundError: no such handoff in the caseworker's municipality.
        ConflictError: the caseworker does not hold it.
    """
    handoff, conversation = await locked(session, handoff_id, staff)
    if handoff.state is not HandoffState.TAKEN or handoff.taken_by != staff.id:
        raise ConflictError(await _name_of(session, handoff.taken_by))
    handoff.state, handoff.closed_at = HandoffState.CLOSED, runtime.clock.now()
    handoff.close_note = note
    give(conversation, runtime, Owner.ASSISTANT, None)
    conversation.misunderstood = 0
    await identity_locks.look_again(session, runtime, conversation)
    if await signatures.has_answered(session, handoff, staff):
        await _say_the_assistant_is_back(session, runtime, conversation, handoff, wait)
    await record(session, runtime, handoff, f"staff:{staff.id}", "handed_back")
    return handoff


async def _say_the_assistant_is_back(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    handoff: Handoff,
    wait: timedelta,
) -> None:
    """Tell that it is no person any more; as a reply it stands down if one takes over again."""
    if conversation.citizen_id is not None:
        citizen = await session.get_one(Citizen, conversation.citizen_id)
        if citizen.frozen_at is not None:
            return
    now = runtime.clock.now()
    conversation.introduced_at = now
    await messages.queue(
        session,
        runtime,
        conversation=conversation,
        body=catalogue(conversation.language).render("introduction_again"),
        kind=MessageKind.REPLY,
        author=Author.ASSISTANT,
        dedupe_key=f"back:{handoff.id}:{conversation.owner_number}",
        not_before=now + wait,
    )
    await messages.wake_dispatcher_after(session, handoff.municipality, wait)


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
            await record(session, runtime, handoff, audit.ASSISTANT, "handoff_late")
    return len(found)


def give(
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


async def locked(
    session: AsyncSession, handoff_id: HandoffId, staff: Staff
) -> tuple[Handoff, Conversation]:
    """Lock the conversation, then the handoff: always in this order, against deadlocks.

    Raises:
        NotFoundError: no such handoff in the caseworker's municipality.
    """
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


async def record(
    session: AsyncSession, runtime: Runtime, handoff: Handoff, actor: str, act: str, **facts: str
) -> None:
    """Put an act on record, and tell the open desks."""
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
