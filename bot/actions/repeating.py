"""Says a general answer in short when it was given before (gentagelse), and offers a person."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.actions.answers import QUESTIONS
from data.models.conversations import Author, Direction, Message, MessageStatus
from data.values.time import ONE_DAY

if TYPE_CHECKING:
    from bot.actions.turn import Reply, Turn

#: Their answers are the same for everybody; who asks for their own sums and days gets them again.
GENERAL = frozenset(
    {
        "access_data",
        "autopay",
        "channel_preference",
        "credit_bureau",
        "debt_relief",
        "economic_help",
        "home_auction",
        "is_this_scam",
        "offset_question",
        "out_of_scope",
        "service_closure",
        "wage_withholding",
    }
)
#: A shorter answer is given again as it is.
_LONG = 160
#: "Godt, du spørger." says nothing yet.
_LEAST = 30
#: "Du får svar senest onsdag 25. november".
_PROMISE = re.compile(r"\b(?:senest|by) \w+(?:dag|day)\b")
_SENTENCES = re.compile(r"(?<=[.?])\s+(?=[A-ZÆØÅ])")


async def not_word_for_word(turn: Turn, reply: Reply) -> Reply:
    """Return a general answer in short where it was given within a day already."""
    told, *_ = reply.text.split("\n\n")
    names = GENERAL if turn.is_proven else GENERAL | QUESTIONS.keys()
    if turn.heard.intent not in names or turn.heard.also or reply.asks or not reply.understood:
        return reply
    if not await _was_said(turn, told):
        return reply
    if len(told) > _LONG:
        return replace(reply, text=turn.say("said_before", short=_in_short(told)))
    if turn.say("word_person") in told:
        return reply
    return replace(reply, text=f"{told} {turn.say('or_human')}")


def _in_short(text: str) -> str:
    """Return the first sentence that says something, and what was promised."""
    sentences = _SENTENCES.split(text)
    first = next((one for one in sentences if len(one) >= _LEAST), sentences[0])
    promised = (one for one in sentences if one != first and _PROMISE.search(one))
    return " ".join([first, *promised])


async def _was_said(turn: Turn, text: str) -> bool:
    found = await turn.session.scalar(
        select(Message.id)
        .where(
            Message.conversation_id == turn.conversation.id,
            Message.direction == Direction.OUT,
            Message.author == Author.ASSISTANT,
            Message.status != MessageStatus.DRAFT,
            Message.created_at >= turn.runtime.clock.now() - ONE_DAY,
            Message.body.contains(text, autoescape=True),
        )
        .limit(1)
    )
    return found is not None
