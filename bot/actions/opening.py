"""Opens a turn: what Rasa understood, whom it is with, and whether it is ours to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.actions.turn import Heard, Turn
from bot.errors import RefusedAtDoorError
from data.models.citizens import Citizen
from data.models.conversations import Hearer, Message, MessageStatus, Owner
from outreach.conversations import lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import MessageId
    from outreach.runtime import Runtime

#: What Rasa calls a message it is not sure about.
NOT_UNDERSTOOD = "nlu_fallback"


def read_heard(latest: Mapping[str, Any]) -> Heard:
    """Read what Rasa understood; below its threshold the likeliest stands among the others."""
    intent = latest.get("intent") or {}
    ranking = [
        (str(one["name"]), float(one["confidence"])) for one in latest.get("intent_ranking") or []
    ]
    name = str(intent.get("name") or NOT_UNDERSTOOD)
    return Heard(
        name,
        float(intent.get("confidence") or 0.0),
        tuple(one for one in ranking if one[0] not in {name, NOT_UNDERSTOOD}),
        tuple(str(one["name"]) for one in latest.get("also") or []),
    )


async def open_turn(
    session: AsyncSession, runtime: Runtime, message_id: MessageId, heard: Heard
) -> Turn | None:
    """Load the turn; none when the conversation is no longer the assistant's.

    Raises:
        RefusedAtDoorError: there is no such message.
    """
    message = await session.get(Message, message_id)
    if message is None:
        raise RefusedAtDoorError(404, "not_found", "There is no such message.")
    conversation = await lock(session, message.conversation_id)
    await session.refresh(message)  # somebody may have answered it while we waited for the lock
    if conversation.owner is not Owner.ASSISTANT or message.status is not MessageStatus.RECEIVED:
        return None
    citizen = (
        await session.get(Citizen, conversation.citizen_id) if conversation.citizen_id else None
    )
    message.understood_as, message.understood_by = heard.intent, Hearer.RASA
    message.confidence, message.also = heard.confidence, list(heard.also)
    message.runner_up = heard.others[0][0] if heard.others else None
    return Turn(
        session,
        runtime,
        conversation,
        citizen,
        message,
        message.body,
        said_in=message.id,
        heard=heard,
    )
