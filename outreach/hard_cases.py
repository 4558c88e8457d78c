"""Protects who is in a hard case (hård sag) and calls a person, whoever heard it: rule or Rasa."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach import citizens, handoffs

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, Message
    from data.models.handoffs import Handoff
    from data.values.ids import CitizenId
    from outreach.runtime import Runtime

#: Somebody may not want to live (livskrise): severity 0, answered with the emergency numbers.
LIFE_IN_DANGER = "hard_suicide"


async def hand_over(
    session: AsyncSession,
    runtime: Runtime,
    *,
    conversation: Conversation,
    message: Message,
    key: str,
) -> Handoff:
    """Freeze everyone it may be about, and give the conversation to a person.

    Args:
        session: the caller's transaction; the conversation must be locked in it.
        runtime: clock, law and policies.
        conversation: where it was said.
        message: what said it; its words go no further than the desk's own view of it.
        key: a key of `data/hard_cases/cases.yml`.
    """
    for citizen_id in await _concerned(session, conversation):
        await citizens.freeze(session, runtime, citizen_id, because=key)
    return await handoffs.open_handoff(
        session,
        runtime,
        conversation=conversation,
        reason=key,
        summary=runtime.reason_words(key),
        message_id=message.id,
    )


async def _concerned(session: AsyncSession, conversation: Conversation) -> list[CitizenId]:
    """Whom a hard case may be about: the citizen, or everyone who holds the address."""
    if conversation.citizen_id is not None:
        return [conversation.citizen_id]
    found = await citizens.holders(
        session, conversation.municipality, conversation.channel, conversation.address
    )
    return [citizen.id for citizen in found]
