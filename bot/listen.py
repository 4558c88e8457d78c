"""The job that hears what Rasa is not asked to answer: a hard case must never pass (lytte med)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from bot.converse import BEFORE_CAMPAIGNS
from data.models.citizens import Citizen
from data.models.conversations import Conversation, Hearer, Message, Owner
from data.notifications import notify
from data.values.ids import MessageId
from outreach import audit, conversations, handoffs, hard_cases, jobs, languages
from outreach.errors import RasaSilentError, RasaUnavailableError
from outreach.rules.phrases import mask

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime, Understood

log = structlog.get_logger()

#: Something grave, said in a language that Rasa has not learnt.
FOREIGN = "language_worry"
#: While Rasa is silent it is asked again; after this a person reads what nobody has heard.
UNHEARD_AFTER = timedelta(minutes=30)


@jobs.job("listen", priority=BEFORE_CAMPAIGNS)
async def listen(runtime: Runtime, *, message_id: str) -> None:
    """Hear one message for hard cases: after a STOP, or while a person answers.

    Raises:
        RasaSilentError: Rasa is away; the job is tried again.
    """
    wanted = MessageId(UUID(message_id))
    async with runtime.transaction() as session:
        message = await session.get_one(Message, wanted)
        if _is_heard(runtime, message):
            return
        text = await _masked(session, message)
    try:
        heard = await _understand(runtime, text)
    except RasaUnavailableError as fault:
        if _may_wait(runtime, message, fault):
            raise
        async with runtime.transaction() as session:
            await _mark_unheard(session, runtime, wanted)
        return
    async with runtime.transaction() as session:
        await _act_on(session, runtime, wanted, heard)


def _is_heard(runtime: Runtime, message: Message) -> bool:
    """Tell whether Rasa has heard it, or the rules heard a hard case in it.

    Rules that only told the language have not listened to what was said.
    """
    return message.understood_by is Hearer.RASA or message.understood_as in runtime.lexicon.kinds


async def _understand(runtime: Runtime, text: str) -> Understood:
    if runtime.dialogue is None:
        raise RasaSilentError("no dialogue is configured")
    return await runtime.dialogue.understand(text)


def _may_wait(runtime: Runtime, message: Message, fault: RasaUnavailableError) -> bool:
    is_young = runtime.clock.now() - message.created_at < UNHEARD_AFTER
    return is_young and isinstance(fault, RasaSilentError)


async def _masked(session: AsyncSession, message: Message) -> str:
    citizen = await session.get(Citizen, message.citizen_id) if message.citizen_id else None
    return mask(message.body, [citizen.name] if citizen else [])


async def _act_on(
    session: AsyncSession, runtime: Runtime, message_id: MessageId, heard: Understood
) -> None:
    """Protect the citizen if it is a hard case; else only keep what was understood."""
    conversation, message = await conversations.lock_with(session, message_id)
    if _is_heard(runtime, message):
        return
    is_foreign = message.understood_as == languages.REASON
    hard = hard_cases.most_urgent(runtime, (heard.intent, *heard.also))
    if hard is not None or message.understood_as is None:
        message.understood_as, message.understood_by = hard or heard.intent, Hearer.RASA
        message.confidence, message.also = heard.confidence, list(heard.also)
    if hard is not None:
        await hard_cases.answer(
            session, runtime, conversation=conversation, message=message, key=hard
        )
        if is_foreign:
            await _read_today(session, runtime, conversation, message)
        await notify(session, conversation.municipality)


async def _read_today(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> None:
    """Let a person read today what Rasa took for a hard case in a language it did not learn.

    That it is grave it hears better than which: a life in danger may go by a milder name. It is
    often wrong, too: they are read within the day, and wake nobody at night.
    """
    await handoffs.open_handoff(
        session,
        runtime,
        conversation=conversation,
        reason=FOREIGN,
        summary=runtime.reason_words(FOREIGN),
        message_id=message.id,
    )


async def _mark_unheard(session: AsyncSession, runtime: Runtime, message_id: MessageId) -> None:
    """Let a person read what Rasa could not hear: on record, and on the desk if it is not there."""
    log.error("message_unheard", message_id=str(message_id))
    message = await session.get_one(Message, message_id)
    conversation: Conversation = await conversations.lock(session, message.conversation_id)
    await audit.record(
        session,
        runtime,
        municipality=message.municipality,
        actor=audit.ASSISTANT,
        act="message_unheard",
        subject_kind="conversation",
        subject_id=conversation.id,
        message_id=str(message.id),
    )
    if conversation.owner is Owner.ASSISTANT:
        await handoffs.open_handoff(
            session,
            runtime,
            conversation=conversation,
            reason="assistant_down",
            summary=runtime.reason_words("assistant_down"),
            message_id=message.id,
        )
    await notify(session, message.municipality)
