"""Asks which question was meant, or for other words; the third time a person takes over.

(Misforståelser.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.handoffs import hand_over
from bot.actions.turn import Reply, keeping
from data.models.conversations import Awaiting

if TYPE_CHECKING:
    from bot.actions.turn import Turn

#: So many messages in a row that were not understood go to a person.
MISUNDERSTOOD_AT_MOST = 3
#: Two questions are asked about where together they are likely, and neither is far-fetched.
TOGETHER_AT_LEAST = 0.45
EACH_AT_LEAST = 0.15
#: These give people something to do, or the talk to a person: a guess does not.
ASKS_PEOPLE = frozenset(
    {
        "access_data",
        "business",
        "cannot_digital",
        "channel_preference",
        "complaint",
        "daycare_place",
        "representative",
        "send_bill_again",
    }
)
#: Heard less surely than this, what was meant is asked before people are.
SURE_ENOUGH = 0.5


async def not_understood(turn: Turn) -> Reply:
    """Ask which of the two likeliest was meant, else for other words."""
    meant = may_be_meant(turn)
    reply = which_of(turn, meant) if meant else in_other_words(turn)
    return await or_a_person(turn, reply)


def is_much_on_little(turn: Turn) -> bool:
    """Tell whether people would be given something to do on a guess at what was meant."""
    heard = turn.heard
    is_guess = heard.intent in ASKS_PEOPLE and heard.confidence < SURE_ENOUGH
    return is_guess and not heard.also and turn.conversation.awaiting is not Awaiting.CHOICE


async def is_that_meant(turn: Turn) -> Reply:
    """Ask whether it was meant, or the next likely; nothing is asked of people before."""
    heard = turn.heard
    other = next((name for name, _ in heard.others if has_name(turn, name)), None)
    meant = (heard.intent, other) if other else ()
    reply = which_of(turn, meant) if meant else in_other_words(turn)
    return await or_a_person(turn, reply)


def in_other_words(turn: Turn) -> Reply:
    """Ask for other words."""
    # Who has not proven who they are is not told what the matter may be.
    key = "not_understood" if turn.is_proven else "not_understood_unproven"
    again = "_again" if turn.conversation.misunderstood else ""
    reply = keeping(turn, turn.say(key + again))
    reply.understood = False
    return reply


async def or_a_person(turn: Turn, reply: Reply) -> Reply:
    """Return a question asked again; the third time in a row a person takes over instead."""
    if reply.understood or turn.conversation.misunderstood + 1 < MISUNDERSTOOD_AT_MOST:
        return reply
    return await hand_over(turn, "not_understood", "not_understood_human")


def may_be_meant(turn: Turn) -> tuple[str, ...]:
    """Return the two likeliest meanings, where Rasa is unsure between them; else none.

    A third choice in a row is not given, and what has no short name cannot be chosen.
    """
    if turn.heard.intent != "nlu_fallback" or turn.conversation.awaiting is Awaiting.CHOICE:
        return ()
    first_two = turn.heard.others[:2]
    likely = [name for name, sure in first_two if sure >= EACH_AT_LEAST and has_name(turn, name)]
    together = sum(sure for _, sure in first_two)
    return tuple(likely) if len(likely) > 1 and together >= TOGETHER_AT_LEAST else ()


def has_name(turn: Turn, intent: str) -> bool:
    """Tell whether a meaning can be offered as a choice."""
    return f"choice_{intent}" in turn.texts.texts


def which_of(turn: Turn, intents: tuple[str, ...]) -> Reply:
    """Ask which question was meant, with a number each; the message waits to be answered."""
    place = turn.conversation
    place.wanted_message_id = turn.said_in
    labels = {
        key: turn.say(f"choice_{name}")
        for key, name in zip(("first", "second"), intents, strict=True)
    }
    wanted = place.wanted or _BARGAIN.get(place.awaiting)
    return Reply(
        turn.say("which_of", **labels),
        awaiting=Awaiting.CHOICE,
        wanted=wanted,
        understood=False,
        intents=intents,
    )


#: What is gone on with once the choice is made.
_BARGAIN = {Awaiting.AMOUNT: "propose_amount", Awaiting.RESPITE_DATE: "ask_respite"}
