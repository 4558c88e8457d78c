"""Answers, and goes on from where the citizen was; people are asked while the talk goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.facts import ways
from bot.actions.handoffs import hand_over
from bot.actions.turn import Reply, keeping
from data.models.conversations import Awaiting
from outreach import tasks

if TYPE_CHECKING:
    from bot.actions.turn import Turn


def onward(turn: Turn, text: str) -> Reply:
    """Answer, and offer the ways forward (F13), or remind the citizen of where we were."""
    if turn.conversation.awaiting is not Awaiting.NOTHING:
        return keeping(turn, text)
    return Reply(f"{text}\n\n{turn.say('ways_on')}", choices=ways(turn))


def quietly(turn: Turn, text: str) -> Reply:
    """Answer, and wait for what we waited for before, without saying it again."""
    place = turn.conversation
    return Reply(text, awaiting=place.awaiting, wanted=place.wanted, intents=tuple(place.choices))


async def ask_people(turn: Turn, kind: str, key: str, **values: object) -> Reply:
    """Ask people for something (a task of `kind`) while the talk goes on; `key` knows `{due}`.

    Where we do not know who writes, a person takes the conversation over instead.
    """
    if turn.citizen is None:
        wish = turn.runtime.tasks.kinds[kind].da
        return await hand_over(turn, "unknown_number", key, note=wish, **values)
    task = await tasks.ask_of_people(
        turn.session,
        turn.runtime,
        citizen=turn.citizen,
        kind=kind,
        facts={"conversation": str(turn.conversation.id), "message": str(turn.message.id)},
    )
    return keeping(turn, turn.say(key, due=task.due_on, **values))
