"""Takes in what a citizen says, once, and decides who answers: rule, assistant or person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.models.citizens import Citizen, Language
from data.models.conversations import (
    Author,
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from data.models.handoffs import Handoff, HandoffState
from data.notifications import notify
from data.values.ids import new_id
from outreach import agreements, citizens, handoffs, hard_cases, jobs, messages
from outreach.rules.hard_cases import recognise
from outreach.rules.phrases import detect_language
from outreach.rules.stop_words import asks_to_start, asks_to_stop
from outreach.texts import catalogue

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Channel
    from data.values.ids import ConversationId
    from outreach.rules.hard_cases import HardCase
    from outreach.runtime import Runtime

#: How severe a hard case must be for the safety words to be said even if a person has been asked.
SAFETY_WORDS_AT = 1


async def receive(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    channel: Channel,
    address: str,
    body: str,
    vendor_ref: str,
    media_count: int = 0,
) -> Message | None:
    """Store what a citizen wrote and see to it that it is answered; none if it is known.

    Stop words and hard cases are dealt with here, before Rasa and without it. What a person
    holds only goes to the desk. All else is answered by the job `converse`.
    """
    conversation = await _conversation_of(session, runtime, municipality, channel, address)
    message = await _store(session, runtime, conversation, body, vendor_ref, media_count)
    if message is None:
        return None
    conversation.last_inbound_at = runtime.clock.now()
    _hear_language(conversation, body)
    if not await _answer_by_rule(session, runtime, conversation, message):
        await _pass_on(session, runtime, conversation, message)
    await notify(session, municipality)
    return message


async def open_for(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    channel: Channel,
    address: str,
    citizen: Citizen | None,
) -> Conversation:
    """Return the one conversation of an address with a municipality, locked; made if need be."""
    now = runtime.clock.now()
    row = insert(Conversation).values(
        id=new_id(),
        municipality=municipality,
        channel=channel,
        address=address,
        citizen_id=citizen.id if citizen else None,
        language=citizen.language if citizen else Language.DANISH,
        owner_since=now,
        created_at=now,
        identity_level=0,
        identity_tries=0,
        owner_number=1,
        misunderstood=0,
    )
    await session.execute(
        row.on_conflict_do_nothing(index_elements=["municipality", "channel", "address"])
    )
    found = await session.scalars(
        select(Conversation)
        .where(
            Conversation.municipality == municipality,
            Conversation.channel == channel,
            Conversation.address == address,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()


async def lock(session: AsyncSession, conversation_id: ConversationId) -> Conversation:
    """Return a conversation, locked until the transaction ends."""
    return await session.get_one(
        Conversation, conversation_id, with_for_update=True, populate_existing=True
    )


async def _conversation_of(
    session: AsyncSession, runtime: Runtime, municipality: str, channel: Channel, address: str
) -> Conversation:
    """Find the conversation, and whom it is with: nobody yet if the address has several holders."""
    holders = await citizens.holders(session, municipality, channel, address)
    only = holders[0] if len(holders) == 1 else None
    conversation = await open_for(
        session,
        runtime,
        municipality=municipality,
        channel=channel,
        address=address,
        citizen=only,
    )
    if conversation.citizen_id is None and only is not None:
        conversation.citizen_id, conversation.language = only.id, only.language
    if only is not None and conversation.citizen_id == only.id:
        conversation.identity_level = max(conversation.identity_level, 1)
    return conversation


async def _store(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    body: str,
    vendor_ref: str,
    media_count: int,
) -> Message | None:
    now = runtime.clock.now()
    row = insert(Message).values(
        id=new_id(),
        municipality=conversation.municipality,
        conversation_id=conversation.id,
        citizen_id=conversation.citizen_id,
        direction=Direction.IN,
        author=Author.CITIZEN,
        kind=MessageKind.INBOUND,
        channel=conversation.channel,
        address=conversation.address,
        body=body,
        media_count=media_count,
        status=MessageStatus.RECEIVED,
        dedupe_key=f"in:{vendor_ref}",
        vendor_ref=vendor_ref,
        owner_number=conversation.owner_number,
        not_before=now,
        attempts=0,
        created_at=now,
        status_at=now,
    )
    return await session.scalar(row.on_conflict_do_nothing().returning(Message))


def _hear_language(conversation: Conversation, body: str) -> None:
    # One word ("ok deal", "to rater") does not turn a conversation that is under way.
    heard = detect_language(body, lead=1 if conversation.introduced_at is None else 2)
    if heard in {language.value for language in Language}:
        conversation.language = Language(heard)


async def _answer_by_rule(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> bool:
    """Answer stop words, hard cases and what holds no words; tell whether that was all."""
    hard = recognise(message.body, runtime.lexicon)
    if hard:
        await _hand_over_hard_case(session, runtime, conversation, message, hard[0])
        if asks_to_stop(message.body):
            await _stop(session, runtime, conversation, message, quietly=True)
        return True
    if asks_to_stop(message.body):
        await _stop(session, runtime, conversation, message, quietly=False)
        return True
    opted_out = await citizens.is_opted_out(
        session, conversation.municipality, conversation.channel, conversation.address
    )
    if opted_out and asks_to_start(message.body):
        await _start_again(session, runtime, conversation, message)
        return True
    if conversation.owner is not Owner.ASSISTANT:
        return False
    return await _answer_instead(session, runtime, conversation, message, opted_out=opted_out)


async def _answer_instead(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    *,
    opted_out: bool,
) -> bool:
    """Answer in the assistant's place where it may not, or has nothing to go by."""
    if await _is_frozen(session, conversation):
        await hand_to_person(
            session, runtime, conversation, message, reason="frozen", text="hard_case"
        )
        return True
    if opted_out:
        await _say_how_to_start(session, runtime, conversation, message)
        return True
    if not message.body.strip():
        key = "only_a_picture" if message.media_count else "empty_message"
        await _say(session, runtime, conversation, message, key)
        return True
    return False


async def _is_frozen(session: AsyncSession, conversation: Conversation) -> bool:
    if conversation.citizen_id is None:
        return False
    citizen = await session.get_one(Citizen, conversation.citizen_id, populate_existing=True)
    return citizen.frozen_at is not None


async def _hand_over_hard_case(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    case: HardCase,
) -> None:
    """Freeze the citizen, open a handoff and say the right words first: no talk of money.

    A person who holds the conversation is alerted, and the assistant does not speak over them.
    """
    held, waiting = conversation.owner is Owner.STAFF, conversation.owner is Owner.NOBODY
    handoff = await hard_cases.hand_over(
        session, runtime, conversation=conversation, message=message, key=case.key
    )
    if held or (waiting and case.severity > SAFETY_WORDS_AT):
        message.status, message.status_at = MessageStatus.HANDLED, runtime.clock.now()
        return
    key = case.key if case.key in catalogue(conversation.language).texts else "hard_case"
    await _say(session, runtime, conversation, message, key, due=handoff.due_at)


async def _stop(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    *,
    quietly: bool,
) -> None:
    """Store the no at once, and confirm it once."""
    is_new = await citizens.opt_out(
        session,
        runtime,
        municipality=conversation.municipality,
        channel=conversation.channel,
        address=conversation.address,
        source="citizen",
    )
    if is_new and not quietly:
        await _say(session, runtime, conversation, message, "stop")
    message.status, message.status_at = MessageStatus.HANDLED, runtime.clock.now()


async def _start_again(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> None:
    """Take back a no, because the citizen asks to."""
    await citizens.opt_in(
        session,
        runtime,
        municipality=conversation.municipality,
        channel=conversation.channel,
        address=conversation.address,
    )
    await _say(session, runtime, conversation, message, "start_again")


async def _say_how_to_start(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> None:
    """Say once a day how to hear from us again."""
    day = runtime.clock.now().date().isoformat()
    await _say(
        session,
        runtime,
        conversation,
        message,
        "still_stopped",
        once=f"stopped:{conversation.id}:{day}",
    )


async def _pass_on(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> None:
    """Give it to who owns the conversation; while nobody has it yet, say once who answers."""
    if conversation.owner is Owner.ASSISTANT:
        await jobs.defer(session, "converse", lock=str(conversation.id), message_id=str(message.id))
        return
    message.status, message.status_at = MessageStatus.HANDLED, runtime.clock.now()
    agreed = await agreements.conclude_by_answer(session, runtime, conversation, message)
    if agreed is not None:
        await _say(session, runtime, conversation, message, agreed.key, **agreed.values)
        return
    if conversation.owner is not Owner.NOBODY:
        return
    waiting = await session.scalars(
        select(Handoff).where(
            Handoff.conversation_id == conversation.id, Handoff.state == HandoffState.WAITING
        )
    )
    handoff = waiting.one()
    late = handoff.due_at < runtime.clock.now()
    key = "still_waiting_late" if late else "still_waiting"
    once = f"{key}:{handoff.id}"
    await _say(session, runtime, conversation, message, key, once=once, due=handoff.due_at)


async def _say(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    key: str,
    *,
    once: str | None = None,
    **values: object,
) -> None:
    """Answer by rule with a text of the catalogue, and mark the message handled."""
    policy = runtime.policies[conversation.municipality]
    language = conversation.language
    body = catalogue(language).render(
        key,
        municipality=policy.name.of(language),
        telephone=policy.telephone.number,
        **runtime.helplines,
        **values,
    )
    await messages.queue(
        session,
        runtime,
        conversation=conversation,
        body=body,
        kind=MessageKind.NOTICE,
        author=Author.ASSISTANT,
        dedupe_key=once or f"re:{message.id}",
        in_reply_to=message.id,
    )
    message.status, message.status_at = MessageStatus.HANDLED, runtime.clock.now()


async def hand_to_person(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    *,
    reason: str,
    text: str,
) -> None:
    """Open a handoff for a fault of ours, and tell the citizen by when a person answers."""
    if conversation.owner is not Owner.ASSISTANT:
        await _pass_on(session, runtime, conversation, message)
        return
    handoff = await handoffs.open_handoff(
        session,
        runtime,
        conversation=conversation,
        reason=reason,
        summary=runtime.reason_words(reason),
        message_id=message.id,
    )
    await _say(session, runtime, conversation, message, text, due=handoff.due_at)
