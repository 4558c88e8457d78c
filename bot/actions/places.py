"""Where we are in a talk (hvor vi er): kept while questions come in between, found again after."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.models.conversations import Awaiting, Owner
from outreach import agreements

if TYPE_CHECKING:
    from bot.actions.turn import Reply, Turn

#: What a citizen names while they bargain; a sum or a day is what comes next.
BARGAINING = frozenset({"propose_amount", "change_plan", "ask_respite"})


def is_ours(turn: Turn) -> bool:
    """Tell whether the assistant still has the talk; a person may have been given it by now."""
    return turn.conversation.owner is Owner.ASSISTANT


async def offer_stands(turn: Turn) -> bool:
    """Tell whether something lies on the table that may still be said yes to."""
    shown = await agreements.on_the_table(turn.session, turn.conversation)
    return any(turn.runtime.clock.now() <= one.expires_at for one in shown)


async def standing_place(turn: Turn) -> Awaiting:
    """Return what we had asked for before something else came up, as our own tables tell it."""
    wanted = turn.conversation.wanted
    if not turn.is_proven:
        return Awaiting.IDENTITY if wanted else Awaiting.NOTHING
    if await offer_stands(turn):
        return Awaiting.OFFER
    return Awaiting.AMOUNT if wanted in BARGAINING else Awaiting.NOTHING


async def kept(turn: Turn, reply: Reply) -> Reply:
    """Return to where we were, after a question that was answered in between.

    An offer whose time is over is not asked about again: that is said.
    """
    place = turn.conversation
    if not is_ours(turn) or reply.awaiting is Awaiting.IDENTITY:
        return reply
    if place.awaiting is Awaiting.OFFER and not await offer_stands(turn):
        return replace(reply, awaiting=Awaiting.AMOUNT, reminder=turn.say("offer_expired"))
    if place.awaiting in {Awaiting.NOTHING, Awaiting.CHOICE} or reply.awaiting is place.awaiting:
        return replace(reply, wanted=reply.wanted or place.wanted)
    reminder = turn.say(f"still_awaiting_{place.awaiting.value}")
    return replace(reply, awaiting=place.awaiting, wanted=place.wanted, reminder=reminder)
