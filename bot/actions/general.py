"""Answers that need no identity: who we are, is it fraud, rights, and reaching a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.agreements import ask_plan
from bot.actions.claims import overview
from bot.actions.handoffs import hand_over
from bot.actions.identity import ask_for_identity
from bot.actions.turn import Reply, keeping
from data.models.conversations import Awaiting
from outreach import citizens, hard_cases

if TYPE_CHECKING:
    from bot.actions.turn import Turn


async def greeting(turn: Turn) -> Reply:
    """Say what can be done here; ask for identity, or show what there is."""
    if turn.conversation.awaiting is Awaiting.IDENTITY:
        return await ask_for_identity(turn, turn.conversation.wanted or "what_is_this")
    if not turn.is_proven:
        return await ask_for_identity(turn, "what_is_this", key="greeting")
    if turn.conversation.awaiting is Awaiting.AMOUNT:
        return await ask_plan(turn)  # they have seen the bills, and said yes to talking about them
    return await overview(turn)


async def is_this_scam(turn: Turn) -> Reply:
    """Say how to be sure that it is the municipality."""
    return keeping(turn, turn.say("is_this_scam"))


async def are_you_robot(turn: Turn) -> Reply:
    """Say honestly that it is an assistant (AI Act, article 50)."""
    return keeping(turn, turn.say("are_you_robot"))


async def consequences(turn: Turn) -> Reply:
    """Say in general what happens when a bill is not paid; the same text for all (A30, A31)."""
    return keeping(turn, turn.say("consequences"))


async def thanks(turn: Turn) -> Reply:
    """Answer a thank-you."""
    return keeping(turn, turn.say("thanks"))


async def human(turn: Turn) -> Reply:
    """Hand over because the citizen wants a person."""
    return await hand_over(turn, "asked_human", "human")


async def in_crisis(turn: Turn) -> Reply:
    """Stop all talk of money and call a person: the citizen may not want to live (livskrise).

    The rules that run before Rasa know plain words and many others; this is the net under them.
    """
    await hard_cases.hand_over(
        turn.session,
        turn.runtime,
        conversation=turn.conversation,
        message=turn.message,
        key=hard_cases.LIFE_IN_DANGER,
    )
    text = turn.say(hard_cases.LIFE_IN_DANGER, **turn.runtime.helplines)
    return Reply(text, is_notice=True, goes_alone=True)


async def stop(turn: Turn) -> Reply:
    """Ask for the word itself: only the stop rule silences us, never a guess at what was meant."""
    return keeping(turn, turn.say("stop_unsure"))


async def wrong_person(turn: Turn) -> Reply:
    """Apologise, say nothing of the case, stop using the number, and let a person look."""
    place = turn.conversation
    await citizens.distrust(
        turn.session,
        turn.runtime,
        municipality=place.municipality,
        channel=place.channel,
        address=place.address,
        because="wrong_person",
    )
    place.identity_level, place.identity_at = 0, None
    return await hand_over(turn, "wrong_person", "wrong_person")
