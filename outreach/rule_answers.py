"""What is answered by rule, before Rasa and without it: stop words, and who answers when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from data.models.conversations import Author, MessageKind, MessageStatus
from data.models.handoffs import Handoff, HandoffState
from outreach import citizens, discretion, languages, messages, preferences
from outreach.texts import catalogue_on

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, Message
    from outreach.runtime import Runtime


async def say(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    key: str,
    *,
    once: str | None = None,
    **values: object,
) -> None:
    """Answer with a text of the catalogue, and mark the message handled.

    Args:
        session: the caller's transaction; the conversation must be locked in it.
        runtime: clock, policies and helplines.
        conversation: where it is said.
        message: what is answered.
        key: a text of the catalogue; said in the language of the message if it has it.
        once: the answer is given once for this word; else once for the message.
        values: what the text asks for beside the municipality, its telephone and the helplines.
    """
    policy = runtime.policies[conversation.municipality]
    language, key = languages.answer_in(conversation, message, key)
    body = catalogue_on(conversation.channel, language).render(
        key,
        municipality=policy.name.of(language),
        telephone=policy.telephone.number,
        **runtime.helplines,
        **values,
    )
    await write(session, runtime, conversation, message, body, once=once)


async def write(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    body: str,
    *,
    once: str | None = None,
) -> None:
    """Answer with these words, and mark the message handled; `once` as in `say`."""
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
    close(runtime, message)


def close(runtime: Runtime, message: Message) -> None:
    """Mark a message handled (behandlet): answered, or with a person."""
    message.status, message.status_at = MessageStatus.HANDLED, runtime.clock.now()


async def stop(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    message: Message,
    *,
    quietly: bool,
    everywhere: bool = False,
) -> None:
    """Store the no at once, and confirm it once; `everywhere`: on every channel of the citizen.

    Who shares a number with others, or has not been recognised, says no for this address alone.
    """
    is_new = await citizens.opt_out(
        session,
        runtime,
        municipality=conversation.municipality,
        channel=conversation.channel,
        address=conversation.address,
        source="citizen",
    )
    key, citizen_id = "stop", conversation.citizen_id
    if everywhere and citizen_id is not None:
        is_new |= await preferences.stop_everywhere(
            session, runtime, conversation.municipality, citizen_id
        )
        key = "stop_all"
    if is_new and not quietly:
        await say(session, runtime, conversation, message, key)
    close(runtime, message)


async def start_again(
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
    await say(session, runtime, conversation, message, "start_again")


async def say_how_to_start(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> None:
    """Say once a day how to hear from us again."""
    day = runtime.clock.now().date().isoformat()
    once = f"stopped:{conversation.id}:{day}"
    await say(session, runtime, conversation, message, "still_stopped", once=once)


async def say_who_answers(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> None:
    """Say once by when a person answers, while nobody has the conversation yet."""
    waiting = await session.scalars(
        select(Handoff).where(
            Handoff.conversation_id == conversation.id, Handoff.state == HandoffState.WAITING
        )
    )
    handoff = waiting.one()
    late = handoff.due_at < runtime.clock.now()
    key = "still_waiting_late" if late else "still_waiting"
    once = f"{key}:{handoff.id}"
    await say(session, runtime, conversation, message, key, once=once, due=handoff.due_at)
    if await discretion.must_ask(session, runtime, message):
        once = f"private:{message.id}"
        await say(session, runtime, conversation, message, "keep_private", once=once)
