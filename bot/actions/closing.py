"""Closes a turn: the words as a draft, and what is awaited now (svar som kladde)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.places import BARGAINING
from bot.actions.quick_replies import short_answers
from data.models.conversations import Author, Awaiting, MessageKind, MessageStatus, Owner
from data.values.ids import new_id
from outreach import discretion, messages

if TYPE_CHECKING:
    from uuid import UUID

    from bot.actions.turn import Reply, Turn


async def write_draft(turn: Turn, reply: Reply) -> UUID:
    """Keep the words as a draft, and what is awaited now; return the draft's id."""
    body = _whole(turn, reply)
    if not reply.goes_alone and await discretion.must_ask(turn.session, turn.runtime, turn.message):
        body = f"{body}\n\n{turn.say('keep_private')}"
    _remember(turn, reply)
    if reply.shown is not None:
        reply.shown(body)
    draft = await messages.queue(
        turn.session,
        turn.runtime,
        conversation=turn.conversation,
        body=body,
        kind=MessageKind.NOTICE if reply.is_notice else MessageKind.REPLY,
        author=Author.ASSISTANT,
        dedupe_key=f"draft:{turn.message.id}:{new_id()}",
        in_reply_to=turn.message.id,
        status=MessageStatus.DRAFT,
    )
    if draft is None:  # pragma: no cover - the key is fresh
        raise RuntimeError("a fresh draft was refused")
    draft.choices = await short_answers(turn, reply)
    return draft.id


def _whole(turn: Turn, reply: Reply) -> str:
    """Return the text, with an introduction before it where one is due, and where we were.

    Who was shown the ways, and has not been asked for a sum, is not pressed for one.
    """
    was_asked = reply.awaiting is not Awaiting.AMOUNT or reply.wanted in BARGAINING
    parts = [reply.text, reply.reminder if was_asked else ""]
    introduction = "" if reply.goes_alone else _introduction(turn)
    if introduction:
        parts.insert(0, introduction)
        turn.conversation.introduced_at = turn.runtime.clock.now()
    return "\n\n".join(part for part in parts if part)


def _introduction(turn: Turn) -> str:
    """Say that it is not a person: the first time, and after one had the talk.

    Source: AI Act, article 50.
    """
    place = turn.conversation
    if place.introduced_at is None:
        return turn.say("introduction")
    # A turn that has just called a person gives the talk away: nobody had it in between.
    has_it_back = place.owner is Owner.ASSISTANT and place.introduced_at < place.owner_since
    return turn.say("introduction_again") if has_it_back else ""


def _remember(turn: Turn, reply: Reply) -> None:
    place = turn.conversation
    place.awaiting, place.wanted = reply.awaiting, reply.wanted
    place.choices = list(reply.intents)
    if reply.wanted is None and reply.awaiting is not Awaiting.CHOICE:
        place.wanted_message_id = None
    place.misunderstood = 0 if reply.understood else place.misunderstood + 1
