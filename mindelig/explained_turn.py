"""Tells how a message came to its answer (`mindelig chat --explain`): rules, Rasa, parsers."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from data.models.conversations import Conversation, Message
from data.models.handoffs import Handoff, HandoffState
from data.values.time import day_of
from outreach import identity
from outreach.rules.hard_cases import recognise
from outreach.rules.phrases import parse_date, parse_wish
from outreach.rules.stop_words import asks_to_start, asks_to_stop
from outreach.rules.wish import Rhythm, Wish
from outreach.texts import show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ConversationId, MessageId
    from outreach.runtime import Runtime

#: Rasa's own steps between the citizen's words and our action.
_BETWEEN = {"action_listen", "action_session_start"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation stands, between two messages."""

    awaiting: str = "nothing"
    level: int = 0
    owner: str = "assistant"
    handoff: str = ""

    @classmethod
    async def of(
        cls, session: AsyncSession, runtime: Runtime, conversation_id: ConversationId
    ) -> Place:
        """Read where it stands now."""
        found = await session.get_one(Conversation, conversation_id, populate_existing=True)
        handoff = await session.scalar(
            select(Handoff).where(
                Handoff.conversation_id == conversation_id, Handoff.state != HandoffState.CLOSED
            )
        )
        told = "" if handoff is None else f"{handoff.reason}, severity {handoff.severity}"
        level = identity.level(found, runtime)
        return cls(found.awaiting.value, level, found.owner.value, told)


async def explain(
    runtime: Runtime, message_id: MessageId, written: str, before: Place
) -> list[str]:
    """Return how a message was heard and what came of it, a line each.

    Args:
        runtime: lexicon, clock and policies.
        message_id: the message, answered by now.
        written: what the citizen wrote, before anything was hidden in it.
        before: where the conversation stood when it came.
    """
    async with runtime.transaction() as session:
        message = await session.get_one(Message, message_id)
        after = await Place.of(session, runtime, message.conversation_id)
        actions = await _actions(session, message)
    return [
        *by_rules(runtime, written),
        f"Rasa: {_understood(message)}",
        f"answered by: {', '.join(actions) or 'a rule'}",
        *_moves(before, after),
        f"read: {', '.join(read(written, day_of(runtime.clock.now()))) or 'nothing'}",
    ]


def by_rules(runtime: Runtime, written: str) -> Iterator[str]:
    """Tell what our own rules hear in a text, before Rasa and without it."""
    heard = [
        f"{case.key} (severity {case.severity}): «{case.matched}»"
        for case in recognise(written, runtime.lexicon)
    ]
    heard += ["stop"] if asks_to_stop(written) else []
    heard += ["start again"] if asks_to_start(written) else []
    yield f"rules: {'; '.join(heard) or 'nothing'}"


def read(written: str, today: date) -> Iterator[str]:
    """Tell what our parsers read in a text: sums, rhythm and days of a wish, and a day alone."""
    wish = parse_wish(written, today)
    for part in fields(Wish):
        value = getattr(wish, part.name)
        if value not in (None, (), False):
            yield f"{part.name} {_shown(value)}"
    day = parse_date(written, today)
    if day is not None:
        yield f"day {_shown(day)}"


def _shown(value: object) -> str:
    match value:
        case True:
            return "yes"
        case Rhythm():
            return value.key
        case tuple():
            return " ".join(_shown(each) for each in value)
        case _:
            return show(value, "en")


def _understood(message: Message) -> str:
    """Tell what Rasa made of it, how sure it was, what came next, and what else was said."""
    if message.confidence is None:
        return "not asked"
    said = [f"{message.understood_as} {message.confidence:.2f}"]
    said += [f"next {message.runner_up}"] if message.runner_up else []
    said += [f"also {', '.join(message.also)}"] if message.also else []
    return ", ".join(said)


def _moves(before: Place, after: Place) -> Iterator[str]:
    """Tell what the message changed; what is as it was is told once."""
    for name, was, now in (
        ("awaiting", before.awaiting, after.awaiting),
        ("identity", f"level {before.level}", f"level {after.level}"),
        ("owner", before.owner, after.owner),
    ):
        yield f"{name}: {was} → {now}" if was != now else f"{name}: {now}"
    if after.handoff != before.handoff:
        yield f"handoff: {after.handoff or 'closed'}"


async def _actions(session: AsyncSession, message: Message) -> list[str]:
    """Return the actions Rasa ran for a message, from its own record of events."""
    if message.confidence is None:
        return []
    events = await session.scalars(
        text("select data from rasa.events where sender_id = :talk order by id").bindparams(
            talk=str(message.conversation_id)
        )
    )
    ran: dict[str, list[str]] = {}
    asked = ""
    for event in map(json.loads, events):
        if event["event"] == "user":
            asked = (event.get("metadata") or {}).get("message_id", "")
        elif event["event"] == "action" and event["name"] not in _BETWEEN:
            ran.setdefault(asked, []).append(event["name"])
    return ran.get(str(message.id), [])
