"""Asks who it is, and weighs the answer (identifikation)."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from bot.actions.elsewhere import elsewhere, is_for_elsewhere
from bot.actions.handoffs import hand_over
from bot.actions.turn import Handler, Reply, Turn
from data.channels import carried_by
from data.models.citizens import Channel
from data.models.conversations import Awaiting
from outreach import identity, identity_codes, identity_locks
from outreach.identity import Check, read_evidence
from outreach.rules.one_time_codes import asks_for_code

if TYPE_CHECKING:
    from collections.abc import Callable


async def ask_for_identity(turn: Turn, wanted: str, key: str = "ask_identity") -> Reply:
    """Ask for birth date and case number, and remember what to answer afterwards."""
    if is_for_elsewhere(turn):
        return elsewhere(turn, key)
    if await _tries_left(turn) == 0:
        return await hand_over(turn, "identity_failed", "identity_locked")
    if turn.conversation.wanted != wanted:
        turn.conversation.wanted_message_id = turn.said_in
    if key == "ask_identity" and turn.conversation.awaiting is Awaiting.IDENTITY:
        key = "ask_identity_again"
    return Reply(_with_code(turn, turn.say(key)), awaiting=Awaiting.IDENTITY, wanted=wanted)


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
    if asks_for_code(turn.text) and not read_evidence(turn.text, turn.today).is_whole:
        return await _send_code(turn)
    result = await identity.check(turn.session, turn.runtime, turn.conversation, turn.text)
    if result is Check.PROVEN:
        return None
    if result is Check.LOCKED:
        return await hand_over(turn, "identity_failed", "identity_locked")
    if result is Check.WRONG:
        return _again(turn, turn.count("identity_wrong", await _tries_left(turn)))
    if result is Check.CODE_ELSEWHERE:
        place = turn.conversation
        return Reply(turn.say("code_elsewhere"), awaiting=place.awaiting, wanted=place.wanted)
    key = {
        Check.NEED_REF: "identity_need_ref",
        Check.NEED_BIRTH_DATE: "identity_need_birth_date",
        Check.NOTHING_GIVEN: "identity_nothing_given",
    }[result]
    text = turn.say(key)
    reply = _again(turn, _with_code(turn, text) if result is Check.NEED_BIRTH_DATE else text)
    reply.understood = result is not Check.NOTHING_GIVEN
    return reply


async def _send_code(turn: Turn) -> Reply:
    """Send a code to the number we have; the answer never tells whether we have one."""
    if await _tries_left(turn) == 0:
        return await hand_over(turn, "identity_failed", "identity_locked")
    if not takes_codes(turn):
        return _again(turn, turn.say("code_not_here"))
    is_named = await identity_codes.send(turn.session, turn.runtime, turn.conversation, turn.text)
    return _again(turn, turn.say("code_sent" if is_named else "code_need_ref"))


def takes_codes(turn: Turn) -> bool:
    """Tell whether a code sent by SMS can prove who writes here: not by SMS itself."""
    channel = turn.conversation.channel
    return channel is not Channel.SMS and carried_by(channel).ceiling >= identity.PROVEN


def _with_code(turn: Turn, text: str) -> str:
    """Offer a code beside the question who it is, where one can be sent."""
    return f"{text} {turn.say('code_offered')}" if takes_codes(turn) else text


async def _tries_left(turn: Turn) -> int:
    return await identity_locks.left(turn.session, turn.runtime, turn.conversation)


def _again(turn: Turn, text: str) -> Reply:
    return Reply(text, awaiting=Awaiting.IDENTITY, wanted=turn.conversation.wanted)
