"""Telephone calls (opkald): who calls, what is still to be said, and what became of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, select, text
from sqlalchemy.dialects.postgresql import insert

from data.models.calls import Call, CallOutcome, CallState, CallStep
from data.models.citizens import Channel
from data.models.conversations import (
    Author,
    Awaiting,
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
)
from data.notifications import notify
from data.values.ids import new_id
from outreach import audit, citizens, conversations, messages, receipts
from outreach.texts import catalogue

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.municipalities.policy import Policy
    from data.values.ids import CallId
    from outreach.runtime import Runtime

#: What Twilio gives for a number that is hidden: these, and words such as `anonymous`.
#: Source: https://help.twilio.com/articles/223179988
_HIDDEN: Final = frozenset(
    {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "+464"}
)
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
#: A call whose end we were never told of holds its conversation no longer than Twilio's longest.
_LOST_AFTER: Final = timedelta(hours=4)
#: Two calls of one number never look at the same moment whether there is another.
_LOCK: Final = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
_ON_ITS_WAY: Final = (MessageStatus.DRAFT, MessageStatus.QUEUED, MessageStatus.SENDING)
#: In the middle of these something is left to say when the line goes dead.
_OPEN: Final = frozenset({Awaiting.AMOUNT, Awaiting.OFFER, Awaiting.RESPITE_DATE, Awaiting.CHOICE})


def number_in(caller: str) -> str | None:
    """Return the number somebody calls from in E.164, or none: it is hidden, or is none."""
    return caller if _E164.fullmatch(caller) and caller not in _HIDDEN else None


def is_number(conversation: Conversation) -> bool:
    """Tell whether the conversation's address is a telephone that can be called."""
    return number_in(conversation.address) is not None


async def begin(
    session: AsyncSession, runtime: Runtime, policy: Policy, call_sid: str, caller: str
) -> tuple[Call, bool]:
    """Take in a call to us; tell whether it is new.

    Nobody has proven who they are yet, whatever they proved in an earlier call: a number can be
    forged. A hidden number is a conversation of its own, and so is a second call from a number
    while the first goes on: neither hears what is said in the other.
    """
    known = await held(session, call_sid)
    if known is not None:
        return known, False
    address = number_in(caller)
    if address is None or await _is_talking(session, runtime, policy.key, address):
        address = f"call:{call_sid}"
    talk = await _conversation(session, runtime, policy.key, address)
    now = runtime.clock.now()
    row = insert(Call).values(
        id=new_id(),
        municipality=policy.key,
        call_sid=call_sid,
        conversation_id=talk.id,
        direction=Direction.IN,
        language=talk.language,
        state=CallState.ANSWERED,
        step=CallStep.IDENTITY,
        started_at=now,
        answered_at=now,
        turn=0,
        misunderstood=0,
        silent=0,
    )
    await session.execute(row.on_conflict_do_nothing(index_elements=["call_sid"]))
    call = await held(session, call_sid)
    if call is None:  # pragma: no cover - it was written in this transaction or before
        raise RuntimeError("a call just stored is not there")
    await _record(session, runtime, call, "call_answered")
    return call, True


async def answered(session: AsyncSession, runtime: Runtime, call: Call, call_sid: str) -> None:
    """Store that somebody took a call of ours; nobody has proven who they are yet.

    While they talk with us in another call already, this one is a conversation of its own.
    """
    call.call_sid = call_sid
    if call.state is CallState.PLACED:
        talk = await session.get_one(Conversation, call.conversation_id)
        if await _is_talking(session, runtime, talk.municipality, talk.address):
            talk = await _conversation(session, runtime, talk.municipality, f"call:{call_sid}")
            call.conversation_id = talk.id
        else:
            _forget(await conversations.lock(session, talk.id), runtime)
        call.state, call.answered_at = CallState.ANSWERED, runtime.clock.now()
        await _record(session, runtime, call, "call_answered")


async def held(session: AsyncSession, call_sid: str) -> Call | None:
    """Return a call by Twilio's reference, locked; none: it is not ours."""
    return await session.scalar(
        select(Call)
        .where(Call.call_sid == call_sid)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def placed(session: AsyncSession, call_id: CallId) -> Call | None:
    """Return a call by our own id, locked; none: there is no such call."""
    return await session.get(Call, call_id, with_for_update=True, populate_existing=True)


async def _is_talking(
    session: AsyncSession, runtime: Runtime, municipality: str, address: str
) -> bool:
    """Tell whether a call of this number goes on; others of it wait until this one is stored."""
    await session.execute(_LOCK, {"key": f"call:{municipality}:{address}"})
    found = await session.scalar(
        select(Call.id)
        .join(Conversation, Conversation.id == Call.conversation_id)
        .where(
            Conversation.municipality == municipality,
            Conversation.channel == Channel.VOICE,
            Conversation.address == address,
            Call.state == CallState.ANSWERED,
            Call.started_at > runtime.clock.now() - _LOST_AFTER,
        )
        .limit(1)
    )
    return found is not None


async def _conversation(
    session: AsyncSession, runtime: Runtime, municipality: str, address: str
) -> Conversation:
    """Return the conversation, as with somebody who has only just called."""
    holders = await citizens.holders(session, municipality, Channel.VOICE, address)
    only = holders[0] if len(holders) == 1 else None
    talk = await conversations.open_for(
        session,
        runtime,
        municipality=municipality,
        channel=Channel.VOICE,
        address=address,
        citizen=only,
    )
    talk.citizen_id = only.id if only is not None else None
    _forget(talk, runtime)
    talk.identity_level = 0 if only is None else 1
    return talk


def _forget(talk: Conversation, runtime: Runtime) -> None:
    """Take back proof and questions; each call says who we are before anything else."""
    talk.identity_level, talk.identity_at = min(talk.identity_level, 1), None
    talk.identity_birth_date = talk.identity_claim_ref = None
    talk.awaiting, talk.choices = Awaiting.NOTHING, []
    talk.wanted = talk.wanted_message_id = None
    talk.misunderstood = 0
    talk.introduced_at = runtime.clock.now()


# -------------------------------------------------------------------------- what is still to say
def _within(call: Call) -> tuple[ColumnElement[bool], ...]:
    """Say which messages are words of a call: not the first one, for which we call at all."""
    return (
        Message.conversation_id == call.conversation_id,
        Message.direction == Direction.OUT,
        Message.kind != MessageKind.FIRST_CONTACT,
    )


async def is_answered(session: AsyncSession, runtime: Runtime, call: Call, vendor_ref: str) -> bool:
    """Tell whether all that answers what was said is ready to be spoken."""
    asked = exists().where(
        Message.vendor_ref == vendor_ref, Message.status == MessageStatus.RECEIVED
    )
    on_its_way = exists().where(
        *_within(call),
        Message.status.in_(_ON_ITS_WAY),
        Message.created_at >= call.started_at,
        Message.not_before <= runtime.clock.now(),
    )
    return not await session.scalar(select(asked | on_its_way))


async def to_say(session: AsyncSession, runtime: Runtime, call: Call) -> list[Message]:
    """Return what is ready to be spoken, in order; it counts as brought from now on."""
    found = await session.scalars(
        select(Message)
        .where(
            *_within(call),
            Message.status == MessageStatus.ACCEPTED,
            Message.created_at >= call.started_at,
        )
        .order_by(Message.number)
        .with_for_update()
    )
    said = list(found)
    for message in said:
        receipts.advance(
            message,
            MessageStatus.DELIVERED,
            vendor_ref=message.vendor_ref or "",
            now=runtime.clock.now(),
        )
    return said


# ------------------------------------------------------------------------------------- the end
async def end(
    session: AsyncSession,
    runtime: Runtime,
    call: Call,
    *,
    outcome: CallOutcome | None = None,
    duration: int | None = None,
) -> None:
    """Close a call with its outcome; once is enough.

    What was not heard does not count as brought; where the citizen said yes to it, one text
    message tells them how to go on.
    """
    if call.state is CallState.ENDED:
        call.duration = call.duration if duration is None else duration
        return
    talk = await conversations.lock(session, call.conversation_id)
    unheard = await _leave_unsaid(session, runtime, call)
    if call.outcome is None:
        call.outcome = outcome or _outcome(call, talk, unheard=unheard)
    if call.outcome is CallOutcome.HUNG_UP and call.may_text:
        await _go_on_in_writing(session, runtime, call, talk)
    call.state, call.step, call.duration = CallState.ENDED, CallStep.OVER, duration
    call.ended_at = runtime.clock.now()
    call.answer, call.heard, call.choices = None, None, []
    _forget(talk, runtime)
    await _record(session, runtime, call, "call_ended", outcome=call.outcome.value)
    await notify(session, call.municipality)


async def _leave_unsaid(session: AsyncSession, runtime: Runtime, call: Call) -> bool:
    """Mark what was ready and not heard as not brought; tell whether there was anything."""
    found = await session.scalars(
        select(Message)
        .where(
            *_within(call),
            Message.status.in_((MessageStatus.ACCEPTED, *_ON_ITS_WAY)),
            Message.kind != MessageKind.FIRST_CONTACT,  # a call of its own
        )
        .with_for_update()
    )
    unheard = list(found)
    for message in unheard:
        message.status, message.status_at = MessageStatus.UNDELIVERED, runtime.clock.now()
        message.error_code = "hung_up"
    return bool(unheard)


def _outcome(call: Call, talk: Conversation, *, unheard: bool) -> CallOutcome:
    if call.step is CallStep.OVER:
        return CallOutcome.COMPLETED
    is_done = call.step is CallStep.TALK and talk.awaiting not in _OPEN and not unheard
    return CallOutcome.COMPLETED if is_done else CallOutcome.HUNG_UP


async def _go_on_in_writing(
    session: AsyncSession, runtime: Runtime, call: Call, talk: Conversation
) -> None:
    """Write one text message to the number of the call: who we are and how to go on, no more."""
    policy = runtime.policies[call.municipality]
    texts = await conversations.open_for(
        session,
        runtime,
        municipality=call.municipality,
        channel=Channel.SMS,
        address=talk.address,
        citizen=None,
    )
    body = catalogue(call.language).render(
        "call.cut_off",
        municipality=policy.name.of(call.language),
        telephone=policy.telephone.number,
    )
    await messages.queue(
        session,
        runtime,
        conversation=texts,
        body=body,
        kind=MessageKind.REPLY,
        author=Author.ASSISTANT,
        dedupe_key=f"cut_off:{call.id}",
    )


async def _record(
    session: AsyncSession, runtime: Runtime, call: Call, act: str, **facts: str
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=call.municipality,
        actor=audit.CITIZEN if call.direction is Direction.IN else audit.ASSISTANT,
        act=act,
        subject_kind="call",
        subject_id=call.id,
        **facts,
    )
