"""Asks who it is, and weighs the answer (identifikation)."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from bot.actions.handoffs import hand_over
from bot.actions.turn import Handler, Reply, Turn
from data.models.conversations import Awaiting
from outreach import identity
from outreach.identity import Check

if TYPE_CHECKING:
    from collections.abc import Callable


async def ask_for_identity(turn: Turn, wanted: str, key: str = "ask_identity") -> Reply:
    """Ask for birth date and case number, and remember what to answer afterwards."""
    if identity.tries_left(turn.conversation, turn.runtime) == 0:
        return await hand_over(turn, "identity_failed", "identity_locked")
    if turn.conversation.wanted != wanted:
        turn.conversation.wanted_message_id = turn.said_in
    if key == "ask_identity" and turn.conversation.awaiting is Awaiting.IDENTITY:
        key = "ask_identity_again"
    return Reply(turn.say(key), awaiting=Awaiting.IDENTITY, wanted=wanted)


def needs_identity(wanted: str) -> Callable[[Handler], Handler]:
    """Let an action run only for a citizen who has proven who they are; ask first otherwise."""

    def guard(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(turn: Turn) -> Reply:
            if not turn.is_proven:
                return await ask_for_identity(turn, wanted)
            return await handler(turn)

        return guarded

    return guard


async def check(turn: Turn) -> Reply | None:
    """Weigh what the citizen wrote; none when the proof holds and the wanted answer may follow."""
    result = await identity.check(turn.session, turn.runtime, turn.conversation, turn.text)
    if result is Check.PROVEN:
        return None
    if result is Check.LOCKED:
        return await hand_over(turn, "identity_failed", "identity_locked")
    if result is Check.WRONG:
        left = identity.tries_left(turn.conversation, turn.runtime)
        return _again(turn, turn.count("identity_wrong", left))
    key = {
        Check.NEED_REF: "identity_need_ref",
        Check.NEED_BIRTH_DATE: "identity_need_birth_date",
        Check.NOTHING_GIVEN: "identity_nothing_given",
    }[result]
    reply = _again(turn, turn.say(key))
    reply.understood = result is not Check.NOTHING_GIVEN
    return reply


def _again(turn: Turn, text: str) -> Reply:
    return Reply(text, awaiting=Awaiting.IDENTITY, wanted=turn.conversation.wanted)
