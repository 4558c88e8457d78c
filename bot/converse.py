"""The job that answers a citizen: a message in, one reply out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from sqlalchemy import select

from bot.parting import parted
from data.models.citizens import Citizen
from data.models.conversations import Conversation, Message, MessageStatus, Owner
from data.notifications import notify
from data.values.ids import MessageId
from outreach import conversations, jobs, messages
from outreach.errors import RasaSilentError, RasaUnavailableError
from outreach.rules.phrases import mask

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime

log = structlog.get_logger()

#: How long a message waits for Rasa to come back before a person gets it.
PATIENCE = timedelta(seconds=20)
#: An answer takes a second; Rasa's restart takes less than a minute.
UNANSWERED_AFTER = timedelta(minutes=5)
RESCUED_AT_A_TIME = 200
#: A citizen who waits comes before any campaign.
BEFORE_CAMPAIGNS = 20


@jobs.job("converse", retry=jobs.SOON_AGAIN, priority=BEFORE_CAMPAIGNS)
async def converse(runtime: Runtime, *, message_id: str) -> None:
    """Answer one message (samtaletrin); jobs of one conversation run in the order they came.

    It may run twice: what an attempt that did not end has done and written down is said, not
    done again, so that an agreement concluded just before a crash is confirmed.

    Raises:
        RasaSilentError: Rasa is away and the message is young; the job is tried again, and what
            the citizen writes meanwhile waits behind it.
    """
    wanted = MessageId(UUID(message_id))
    async with runtime.transaction() as session:
        asked = await _prepare(session, runtime, wanted)
    if asked is None:
        return
    try:
        drafts = await _ask(runtime, asked, message_id)
    except RasaUnavailableError as fault:
        log.warning("rasa_unavailable", message_id=message_id, reason=str(fault))
        async with runtime.transaction() as session:
            if isinstance(fault, RasaSilentError) and await _may_wait(session, runtime, wanted):
                raise
            await _give_up(session, runtime, wanted)
        return
    async with runtime.transaction() as session:
        await _release(session, runtime, wanted, drafts)


async def _prepare(
    session: AsyncSession, runtime: Runtime, message_id: MessageId
) -> tuple[str, str] | None:
    """Return the conversation's id and what Rasa may see; none if nothing is to be done."""
    message = await session.get_one(Message, message_id)
    if message.status is not MessageStatus.RECEIVED:
        return None
    if await _release_written(session, runtime, message_id):
        return None
    conversation = await session.get_one(Conversation, message.conversation_id)
    if conversation.owner is not Owner.ASSISTANT:
        message.status, message.status_at = MessageStatus.HANDLED, runtime.clock.now()
        await conversations.listen_to(session, message)
        return None
    citizen = (
        await session.get(Citizen, conversation.citizen_id) if conversation.citizen_id else None
    )
    return str(conversation.id), mask(message.body, [citizen.name] if citizen else [])


async def _may_wait(session: AsyncSession, runtime: Runtime, message_id: MessageId) -> bool:
    """Tell whether Rasa may be asked again: nothing was done yet, and the citizen has just asked.

    A fault after our action has run is no reason to wait: its words are there.
    """
    message = await session.get_one(Message, message_id)
    written = await session.scalar(
        select(Message.id)
        .where(Message.in_reply_to == message_id, Message.status == MessageStatus.DRAFT)
        .limit(1)
    )
    return written is None and runtime.clock.now() - message.created_at < PATIENCE


async def _release_written(session: AsyncSession, runtime: Runtime, message_id: MessageId) -> bool:
    """Say what our actions have written in answer already; tell whether there was anything."""
    drafts = await session.scalars(
        select(Message.id)
        .where(Message.in_reply_to == message_id, Message.status == MessageStatus.DRAFT)
        .order_by(Message.number)
    )
    written = list(drafts)
    if written:
        await _release(session, runtime, message_id, written)
    return bool(written)


async def _ask(runtime: Runtime, asked: tuple[str, str], message_id: str) -> list[MessageId]:
    if runtime.dialogue is None:
        raise RasaUnavailableError("no dialogue is configured")
    conversation_id, text = asked
    drafts = await runtime.dialogue.converse(conversation_id, message_id, text)
    try:
        return [MessageId(UUID(draft)) for draft in drafts]
    except ValueError:
        raise RasaUnavailableError("Rasa answered with a reply that is not ours") from None


async def _release(
    session: AsyncSession, runtime: Runtime, message_id: MessageId, drafts: list[MessageId]
) -> None:
    """Join the turn's drafts into one message and queue it; the message is handled then."""
    conversation, message = await conversations.lock_with(session, message_id)
    if message.status is not MessageStatus.RECEIVED:
        return
    written = list(
        await session.scalars(
            select(Message).where(
                Message.id.in_(drafts),
                Message.in_reply_to == message_id,
                Message.status == MessageStatus.DRAFT,
            )
        )
    )
    if len(written) != len(drafts):
        await _give_up(session, runtime, message_id)
        return
    written.sort(key=lambda draft: drafts.index(draft.id))
    first, *others = written
    first.body, *more = parted("\n\n".join(draft.body for draft in written))
    first.status, first.dedupe_key = MessageStatus.QUEUED, f"re:{message_id}"
    for draft in others:
        await session.delete(draft)
    await _send_after(session, runtime, conversation, first, more)
    message.status, message.status_at = MessageStatus.HANDLED, runtime.clock.now()
    await messages.wake_dispatcher(session, conversation.municipality)
    await notify(session, conversation.municipality)


async def _send_after(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    first: Message,
    more: list[str],
) -> None:
    """Queue what one message could not hold, in its order; the short answers come with the last."""
    for number, body in enumerate(more, start=2):
        part = await messages.queue(
            session,
            runtime,
            conversation=conversation,
            body=body,
            kind=first.kind,
            author=first.author,
            dedupe_key=f"re:{first.in_reply_to}:{number}",
            in_reply_to=first.in_reply_to,
        )
        if part is not None and number == len(more) + 1:
            part.choices, first.choices = first.choices, []


async def _give_up(session: AsyncSession, runtime: Runtime, message_id: MessageId) -> None:
    """Tell the citizen that a person will answer, and put the conversation on the desk.

    A fault of Rasa's after our action has run does not undo it: its words are said.
    """
    if await _release_written(session, runtime, message_id):
        return
    conversation, message = await conversations.lock_with(session, message_id)
    if message.status is not MessageStatus.RECEIVED:
        return
    await conversations.hand_to_person(
        session,
        runtime,
        conversation,
        message,
        reason="assistant_down",
        text="assistant_down",
    )
    await notify(session, conversation.municipality)


@jobs.job("rescue_unanswered")
async def rescue_unanswered(runtime: Runtime) -> int:
    """Give what nobody has answered for minutes to a person, whatever the reason; return how many.

    A message is never left between two chairs: not by a fault of ours that came back at each try,
    and not by a job that was lost.
    """
    async with runtime.transaction() as session:
        late = await session.scalars(
            select(Message.id)
            .where(
                Message.status == MessageStatus.RECEIVED,
                Message.created_at < runtime.clock.now() - UNANSWERED_AFTER,
            )
            .order_by(Message.created_at)
            .limit(RESCUED_AT_A_TIME)
        )
        found = list(late)
    for message_id in found:
        log.error("message_unanswered", message_id=str(message_id))
        async with runtime.transaction() as session:
            await _give_up(session, runtime, message_id)
    return len(found)
