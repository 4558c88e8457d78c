"""Invites to Telegram (invitation): the bot's name, and a code that ties a chat to the citizen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.onward import ask_people
from bot.actions.turn import Reply, keeping
from data.models.citizens import Channel
from data.models.codes import Purpose
from data.phrases.folding import words
from outreach import one_time_codes

if TYPE_CHECKING:
    from bot.actions.turn import Turn


def is_for_telegram(turn: Turn) -> bool:
    """Tell whether Telegram is asked for, there is such a way, and we know who writes.

    The number of a call can be forged: there only a proof tells who it is.
    """
    place = turn.conversation
    settings = turn.runtime.settings
    is_open = settings.telegram_bot_token is not None and settings.telegram_bot_name is not None
    is_enough = turn.is_proven if place.channel is Channel.VOICE else place.identity_level > 0
    is_known = turn.citizen is not None and is_enough
    is_meant = place.channel is not Channel.TELEGRAM and "telegram" in words(turn.text)
    return is_open and is_known and is_meant


async def invite(turn: Turn) -> Reply:
    """Give a code for Telegram, without a link; whoever has had many is helped by a person."""
    who = turn.conversation.citizen_id
    if who is None or await one_time_codes.is_exhausted(
        turn.session, turn.runtime, who, Purpose.TELEGRAM_LINK
    ):
        return await ask_people(turn, "contact_wish", "channel_preference")
    code = await one_time_codes.issue(
        turn.session,
        turn.runtime,
        municipality=turn.conversation.municipality,
        citizen_id=who,
        purpose=Purpose.TELEGRAM_LINK,
        made_for=turn.conversation.channel,
        conversation_id=turn.conversation.id,
    )
    bot = turn.runtime.settings.telegram_bot_name
    return keeping(turn, turn.say("telegram_invitation", bot=bot, code=code))
