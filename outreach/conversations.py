"""Takes in what a citizen says, once, and decides who answers: rule, assistant or person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.models.citizens import Citizen, Language
from data.models.conversations import (
    Author,
    Conversation,
    Direction,
    Hearer,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from data.notifications import notify
from data.queries import conversations as queries
from data.queries import relations
from data.values.ids import new_id
from data.values.time import ONE_DAY, day_of
from outreach import (
    agreements,
    citizens,
    discretion,
    handoffs,
    hard_cases,
    jobs,
    languages,
    rule_answers,
)
from outreach.rules.hard_cases import must_be_discreet, recognise
from outreach.rules.phrases import detect_language
from outreach.rules.sensitive import readable
from outreach.rules.stop_words import asks_to_start, asks_to_stop, asks_to_stop_all

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Channel
    from data.values.ids import ConversationId, MessageId
    from outreach.runtime import Runtime

#: Why a person answers whoever has a guardian (a hard case's own word; nobody is frozen for it).
GUARDED = "hard_guardianship"
#: So many words more of one language than of the other leave no doubt which one is wanted.
_PLAINLY = 4
#: A message that is an address of the web, and not a word beside it.
_ONLY_A_LINK = re.compile(r"\s*(?:https?://|www\.)\S+\s*", re.IGNORECASE)


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
    answer: str | None = None,
) -> Message | None:
    """Store what a citizen wrote and see to it that it is answered; none if it is known.

    Stop words and hard cases are dealt with here, before Rasa and without it. What a person
    holds only goes to the desk. All else is answered by the job `converse`, or with the text
    `answer` where the channel knows what it is: a voice note, a command. CPR numbers and
    diagnoses are read here, in memory, and not stored.
    """
    body = readable(body)
    conversation = await _conversation_of(session, runtime, municipality, channel, address)
    hidden = await discretion.conceal(session, runtime, conversation, body)
    message = await _store(session, runtime, conversation, hidden.text, vendor_ref, media_count)
    if message is None:
        return None
    await discretion.record(session, runtime, message, hidden)
    conversation.last_inbound_at = runtime.clock.now()
    if answer is None:  # a command is in nobody's language
        await _hear_language(session, runtime, conversation, body)
    if not await _answer_by_rule(session, runtime, conversation, message, body, answer):
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


async def lock_with(session: AsyncSession, message_id: MessageId) -> tuple[Conversation, Message]:
    """Lock the conversation of a message; return both as they are once it is locked."""
    message = await session.get_one(Message, message_id)
    conversation = await lock(session, message.conversation_id)
    await session.refresh(message)
    return conversation, message


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


async def _hear_language(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, body: str
) -> None:
    if languages.heard(conversation, body):
        return  # a word of another language may look English
    # One word ("ok deal", "to rater") does not turn a conversation that is under way.
    heard = detect_language(body, lead=1 if conversation.introduced_at is None else 2)
    if heard is None or heard in {"other", conversation.language}:
        return
    if detect_language(body, lead=_PLAINLY) != heard:
        since = runtime.clock.now() - ONE_DAY
        if await queries.times_heard(session, conversation.id, "language", since=since):
            return  # "ja tak" does not take back what was asked for: "kan vi skrive engelsk"
    conversation.language = Language(heard)


async def _answer_by_rule(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    written: str,
    answer: str | None,
) -> bool:
    """Answer stop words, hard cases and what holds no words; tell whether that was all.

    `written` is the message before anything was hidden in it.
    """
    wants_to_stop = asks_to_stop(written)
    hard = recognise(written, runtime.lexicon)
    if hard:
        message.understood_as, message.understood_by = hard[0].key, Hearer.RULE
        await hard_cases.answer(
            session,
            runtime,
            conversation=conversation,
            message=message,
            key=hard[0].key,
            text=written,
        )
    if wants_to_stop:
        quietly = bool(hard) or must_be_discreet(written, runtime.lexicon)
        everywhere = asks_to_stop_all(written)
        await rule_answers.stop(
            session, runtime, conversation, message, quietly=quietly, everywhere=everywhere
        )
        if not hard:
            await listen_to(session, message)
    if hard or wants_to_stop:
        return True
    opted_out = await citizens.is_opted_out(
        session, conversation.municipality, conversation.channel, conversation.address
    )
    if opted_out and asks_to_start(written):
        await rule_answers.start_again(session, runtime, conversation, message)
        return True
    if conversation.owner is not Owner.ASSISTANT:
        return False
    return await _answer_instead(
        session, runtime, conversation, message, answer, opted_out=opted_out
    )


async def _answer_instead(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    answer: str | None,
    *,
    opted_out: bool,
) -> bool:
    """Answer in the assistant's place where it may not, or has nothing to go by."""
    if await _is_frozen(session, conversation):
        await hand_to_person(
            session, runtime, conversation, message, reason="frozen", text="hard_case"
        )
        return True
    if await _has_guardian(session, runtime, conversation):
        await hand_to_person(
            session, runtime, conversation, message, reason=GUARDED, text="person_will_answer"
        )
        return True
    if opted_out:
        await rule_answers.say_how_to_start(session, runtime, conversation, message)
        await listen_to(session, message)
        return True
    key = answer or _answer_without_words(message)
    if key is not None:
        await rule_answers.say(session, runtime, conversation, message, key)
        return True
    return await _answer_in_other_language(session, runtime, conversation, message)


def _answer_without_words(message: Message) -> str | None:
    """Return the text that answers what holds no words."""
    if not message.body.strip():
        return "only_a_picture" if message.media_count else "empty_message"
    return "only_a_link" if _ONLY_A_LINK.fullmatch(message.body) else None


async def _answer_in_other_language(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> bool:
    """Answer what is neither Danish nor English with one line, and call a person (H14).

    Rasa hears more languages than it answers in: a cry for help must not wait two bank days.
    """
    language = languages.heard(conversation, message.body)
    if language is None:
        return False
    message.understood_as, message.understood_by = languages.REASON, Hearer.RULE
    line = await languages.hand_over(
        session, runtime, conversation=conversation, message=message, language=language
    )
    await rule_answers.write(session, runtime, conversation, message, line)
    await listen_to(session, message)
    return True


async def _is_frozen(session: AsyncSession, conversation: Conversation) -> bool:
    """Tell whether who writes is protected, or may be: one of several who hold the address."""
    if conversation.citizen_id is None:
        holders = await citizens.holders(
            session, conversation.municipality, conversation.channel, conversation.address
        )
        return any(holder.frozen_at is not None for holder in holders)
    citizen = await session.get_one(Citizen, conversation.citizen_id, populate_existing=True)
    return citizen.frozen_at is not None


async def _has_guardian(
    session: AsyncSession, runtime: Runtime, conversation: Conversation
) -> bool:
    """Tell whether a guardian decides for the citizen: what they agree to may be void (H10)."""
    if conversation.citizen_id is None:
        return False
    today = day_of(runtime.clock.now())
    return await relations.has_guardian(session, conversation.citizen_id, today)


async def _pass_on(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> None:
    """Give it to who owns the conversation; while nobody has it yet, say once who answers."""
    if conversation.owner is Owner.ASSISTANT:
        await jobs.defer(session, "converse", lock=str(conversation.id), message_id=str(message.id))
        return
    rule_answers.close(runtime, message)
    await listen_to(session, message)
    agreed = await agreements.conclude_by_answer(session, runtime, conversation, message)
    if agreed is not None:
        await rule_answers.say(session, runtime, conversation, message, agreed.key, **agreed.values)
    elif conversation.owner is Owner.NOBODY:
        await rule_answers.say_who_answers(session, runtime, conversation, message)


async def listen_to(session: AsyncSession, message: Message) -> None:
    """Let Rasa hear for hard cases what it is not asked to answer (job `listen`)."""
    if any(letter.isalpha() for letter in message.body):
        await jobs.defer(session, "listen", message_id=str(message.id))


async def hand_to_person(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    *,
    reason: str,
    text: str,
) -> None:
    """Open a handoff because the assistant may not answer, or cannot; say by when a person does.

    Rasa has not heard the message, so it is still listened to for a hard case.
    """
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
    await rule_answers.say(session, runtime, conversation, message, text, due=handoff.due_at)
    await listen_to(session, message)
