"""Protects who is in a hard case (hård sag) and calls a person, whoever heard it: rule or Rasa."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.models.conversations import Owner
from outreach import citizens, handoffs, rule_answers
from outreach.rules.hard_cases import must_be_discreet
from outreach.texts import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, Message
    from data.models.handoffs import Handoff
    from data.values.ids import CitizenId
    from outreach.runtime import Runtime

#: Somebody may not want to live (livskrise): severity 0, answered with the emergency numbers.
LIFE_IN_DANGER = "hard_suicide"
#: How severe a hard case must be for the safety words to be said even if a person has been asked.
SAFETY_WORDS_AT = 1
#: In these, whoever hurts the citizen may hold the telephone.
WATCHED = frozenset({"hard_violence", "hard_secret_address", "hard_child"})


def most_urgent(runtime: Runtime, intents: Iterable[str]) -> str | None:
    """Return the most urgent hard case among what was understood; none: there is no such case."""
    hard = [name for name in intents if name in runtime.lexicon.kinds]
    return min(hard, key=runtime.lexicon.rank) if hard else None


async def hand_over(
    session: AsyncSession,
    runtime: Runtime,
    *,
    conversation: Conversation,
    message: Message,
    key: str,
    text: str = "",
) -> Handoff:
    """Freeze everyone it may be about, and give the conversation to a person.

    Args:
        session: the caller's transaction; the conversation must be locked in it.
        runtime: clock, law and policies.
        conversation: where it was said.
        message: what said it; its words go no further than the desk's own view of it.
        key: a key of `data/hard_cases/cases.yml`.
        text: what was written, where it is at hand unmasked.
    """
    for citizen_id in await _concerned(session, conversation):
        await citizens.freeze(session, runtime, citizen_id, because=key)
    summary = runtime.reason_words(key)
    if is_watched(runtime, key, text or message.body):
        summary = f"{summary}: {runtime.lexicon.discreet_words.da}"
    return await handoffs.open_handoff(
        session,
        runtime,
        conversation=conversation,
        reason=key,
        summary=summary,
        message_id=message.id,
    )


async def answer(
    session: AsyncSession,
    runtime: Runtime,
    *,
    conversation: Conversation,
    message: Message,
    key: str,
    text: str = "",
) -> None:
    """Hand over, and say the right words first: no talk of money.

    A person who holds the conversation is alerted, and the assistant does not speak over them;
    while one is awaited, only words that may save somebody are said.
    """
    held, waiting = conversation.owner is Owner.STAFF, conversation.owner is Owner.NOBODY
    handoff = await hand_over(
        session, runtime, conversation=conversation, message=message, key=key, text=text
    )
    severity, _ = runtime.urgency(key)
    if held or (waiting and severity > SAFETY_WORDS_AT):
        rule_answers.close(runtime, message)
        return
    words = words_for(runtime, key, text or message.body, conversation.language)
    once = f"safety:{message.id}"
    await rule_answers.say(
        session, runtime, conversation, message, words, once=once, due=handoff.due_at
    )


def words_for(runtime: Runtime, key: str, text: str, language: str) -> str:
    """Return which text answers a hard case: its own, or one that gives nothing away.

    Somebody who writes "svar ikke, han læser mine beskeder" gets no word of what they wrote.
    """
    if is_watched(runtime, key, text):
        return "hard_discreet"
    return key if key in catalogue(language).texts else "hard_case"


def is_watched(runtime: Runtime, key: str, text: str) -> bool:
    """Tell whether somebody who may be dangerous reads along."""
    return key in WATCHED and must_be_discreet(text, runtime.lexicon)


async def _concerned(session: AsyncSession, conversation: Conversation) -> list[CitizenId]:
    """Whom a hard case may be about: the citizen, or everyone who holds the address."""
    if conversation.citizen_id is not None:
        return [conversation.citizen_id]
    found = await citizens.holders(
        session, conversation.municipality, conversation.channel, conversation.address
    )
    return [citizen.id for citizen in found]
