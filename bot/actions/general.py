"""Answers that need no identity: who we are, is it fraud, rights, and reaching a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.agreements import ask_plan
from bot.actions.claims import overview
from bot.actions.contact import SATISFACTION
from bot.actions.handoffs import hand_over
from bot.actions.identity import ask_for_identity
from bot.actions.onward import quietly
from bot.actions.turn import Reply, keeping
from data.models.conversations import Awaiting
from data.queries import conversations as conversation_queries
from data.values.time import ONE_DAY
from outreach import audit, citizens, hard_cases
from outreach.rules.phrases.errands import asks_for_a_call, asks_for_our_number
from outreach.rules.scores import BEST

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
    return keeping(turn, turn.say("is_this_scam", sender=turn.policy.senders.sms))


async def are_you_robot(turn: Turn) -> Reply:
    """Say honestly that it is an assistant (AI Act, article 50)."""
    return keeping(turn, turn.say("are_you_robot"))


async def thanks(turn: Turn) -> Reply:
    """Answer a thank-you; where the policy asks how it went, ask once a day (F33)."""
    place = turn.conversation
    is_over = place.awaiting is Awaiting.NOTHING and turn.is_proven
    if place.awaiting is Awaiting.AMOUNT:
        return quietly(turn, turn.say("thanks"))
    if not (is_over and turn.policy.satisfaction.asked) or await _asked_lately(turn):
        return keeping(turn, turn.say("thanks"))
    await _record(turn, SATISFACTION[0])
    return Reply(turn.say("thanks_and_ask"), choices=tuple(map(str, range(1, BEST + 1))))


async def take_your_time(turn: Turn) -> Reply:
    """Let the citizen think, or ask at home; what lies on the table stays there."""
    return quietly(turn, turn.say("take_your_time"))


async def _asked_lately(turn: Turn) -> bool:
    since = turn.runtime.clock.now() - ONE_DAY
    place = turn.conversation.id
    latest = await conversation_queries.latest_act(turn.session, place, *SATISFACTION, since=since)
    return latest is not None


async def human(turn: Turn) -> Reply:
    """Hand over to a person, in writing or on the telephone, or tell which number to call."""
    if asks_for_a_call(turn.text):
        return await hand_over(turn, "call_back", "call_back")
    if asks_for_our_number(turn.text):
        return keeping(turn, turn.say("our_number"))
    return await hand_over(turn, "asked_human", "human")


async def hard_case(turn: Turn) -> Reply:
    """Stop all talk of money and call a person, for Rasa hears a hard case (hård sag).

    The rules that run before Rasa know plain words and many others; this is the net under them.
    """
    return await call_people(turn, turn.heard.intent)


async def call_people(turn: Turn, key: str) -> Reply:
    """Call a person to a hard case, and say its own words."""
    handoff = await hard_cases.hand_over(
        turn.session,
        turn.runtime,
        conversation=turn.conversation,
        message=turn.message,
        key=key,
    )
    words = hard_cases.words_for(turn.runtime, key, turn.text, turn.conversation.language)
    text = turn.say(words, due=handoff.due_at, **turn.runtime.helplines)
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
    await _record(turn, "wrong_person")  # what was written to a stranger may be a breach
    return await hand_over(turn, "wrong_person", "wrong_person")


async def _record(turn: Turn, act: str) -> None:
    await audit.record(
        turn.session,
        turn.runtime,
        municipality=turn.conversation.municipality,
        actor=audit.ASSISTANT,
        act=act,
        subject_kind="conversation",
        subject_id=turn.conversation.id,
        message=str(turn.message.id),
    )
