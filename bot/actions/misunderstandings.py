"""Asks again in other words, and lets a person take over the third time (misforståelser)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.handoffs import hand_over
from bot.actions.turn import Reply, keeping

if TYPE_CHECKING:
    from bot.actions.turn import Turn

#: So many messages in a row that were not understood go to a person.
MISUNDERSTOOD_AT_MOST = 3


async def not_understood(turn: Turn) -> Reply:
    """Ask again in other words; the third time in a row a person takes over."""
    # Who has not proven who they are is not told what the matter may be.
    text = turn.say("not_understood" if turn.is_proven else "not_understood_unproven")
    reply = keeping(turn, text)
    reply.understood = False
    return await or_a_person(turn, reply)


async def or_a_person(turn: Turn, reply: Reply) -> Reply:
    """Return a question asked again; the third time in a row a person takes over instead."""
    if reply.understood or turn.conversation.misunderstood + 1 < MISUNDERSTOOD_AT_MOST:
        return reply
    return await hand_over(turn, "not_understood", "not_understood_human")
