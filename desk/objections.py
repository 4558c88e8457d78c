"""What is disputed, and in which words (indsigelsens ordlyd): no more of the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.values.money import Money
from outreach import audit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.models.cases import Task
    from data.models.conversations import Message
    from data.models.notes import Note
    from data.values.ids import ConversationId


@dataclass(frozen=True, slots=True)
class Words:
    """Some words and when they were written; what looks like a CPR number is taken out."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Objection:
    """What a task is about, as the citizen or a caseworker put it."""

    #: `not_theirs`: it is not this person who owes it; none: nothing more was chosen.
    ground: str | None
    #: The part under dispute; none: all of it.
    part: Money | None
    summary: str | None
    wrote: Words | None
    noted: tuple[Words, ...]
    #: Where the citizen wrote it; for the office, not for units.
    conversation_id: ConversationId | None

    def __bool__(self) -> bool:
        """Tell whether anything is known of it."""
        return bool(self.ground or self.summary or self.wrote or self.noted)


def objection(task: Task, message: Message | None, notes: Sequence[Note]) -> Objection:
    """Put together what a task is about."""
    part, summary = task.facts.get("part"), task.facts.get("summary")
    return Objection(
        ground=task.facts.get("ground"),
        part=Money(part) if part is not None else None,
        summary=audit.without_numbers(summary) if summary else None,
        wrote=_words(message.created_at, message.body) if message else None,
        noted=tuple(_words(note.at, note.body) for note in notes),
        conversation_id=message.conversation_id if message else None,
    )


def _words(at: datetime, text: str) -> Words:
    return Words(at, audit.without_numbers(text))
