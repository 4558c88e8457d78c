"""Gives the conversation to a person, and says by when one answers (overdragelse)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.turn import Reply
from outreach import handoffs

if TYPE_CHECKING:
    from bot.actions.turn import Turn


async def hand_over(
    turn: Turn,
    reason: str,
    key: str = "person_will_answer",
    note: str | None = None,
    **values: object,
) -> Reply:
    """Open a handoff for `reason`, and answer with the text `key`, which knows `{due}`.

    `note` tells the caseworker what the citizen proposes.
    """
    words = turn.runtime.reason_words(reason)
    handoff = await handoffs.open_handoff(
        turn.session,
        turn.runtime,
        conversation=turn.conversation,
        reason=reason,
        summary=f"{words}: {note}" if note else words,
        message_id=turn.message.id,
    )
    return Reply(turn.say(key, due=handoff.due_at, **values))
