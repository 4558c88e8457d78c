"""Leads on to where one's own case may be talked about (andetsteds), from a channel where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.turn import Reply
from data.channels import carried_by
from outreach import identity

if TYPE_CHECKING:
    from bot.actions.turn import Turn


def is_for_elsewhere(turn: Turn) -> bool:
    """Tell whether nobody can prove who they are on this channel (Telegram), whatever they write.

    Source: domain knowledge §5: a bot's chats on Telegram are not encrypted from end to end.
    """
    return carried_by(turn.conversation.channel).ceiling < identity.PROVEN


def elsewhere(turn: Turn, key: str = "") -> Reply:
    """Say kindly where: in the web chat, or by telephone. A greeting is only greeted."""
    if key == "greeting":
        return Reply(turn.say("telegram_help"))
    if turn.policy.chat is None:
        return Reply(turn.say("telegram_identity_call"))
    address = f"{turn.runtime.settings.public_url}/chat/{turn.policy.key}"
    return Reply(turn.say("telegram_identity", address=address))
