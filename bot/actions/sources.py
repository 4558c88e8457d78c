"""Tells where it stands, when nothing but that is asked ("hvor står det?", "hvilken lov?")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.conversations import Direction, Message
from outreach.rules.phrases.asides import asks_for_law

if TYPE_CHECKING:
    from bot.actions.turn import Heard, Turn

#: Answers that tell their law when the question asks for it.
TELL_THEIR_LAW: Final = frozenset(
    {"consequences", "fee_question", "interest_question", "offset_question"}
)
#: So many words ask for nothing but the law.
FEW_WORDS: Final = 6
#: So far back we look for what it is about: a proof of who writes may have come between.
LAST_MESSAGES: Final = 3


async def of_last_answer(turn: Turn) -> Heard | None:
    """Return what was asked last, to be answered again with its law; none: not asked for."""
    is_bare = len(turn.text.split()) <= FEW_WORDS and asks_for_law(turn.text)
    if not is_bare or turn.heard.intent in TELL_THEIR_LAW:
        return None
    heard = await turn.session.scalars(
        select(Message.understood_as)
        .where(
            Message.conversation_id == turn.conversation.id,
            Message.direction == Direction.IN,
            Message.number < turn.message.number,
        )
        .order_by(Message.number.desc())
        .limit(LAST_MESSAGES)
    )
    last = next((intent for intent in heard if intent in TELL_THEIR_LAW), None)
    return replace(turn.heard, intent=last, also=()) if last else None
