"""What citizens wrote and what was understood, for those who set it right (forståelser)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from data.models.citizens import Citizen
from data.models.conversations import Direction, Hearer, Message
from data.models.corrections import Correction, CorrectionState
from data.models.staff import Staff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import MessageId

#: Rows a caseworker is shown at once; the most doubtful are always among them.
SHOWN_AT_ONCE: Final = 100
#: Below this Rasa was not sure (0 to 1): somebody should look.
UNSURE_BELOW: Final = 0.6
NOT_UNDERSTOOD: Final = "nlu_fallback"
HARD: Final = "hard_"


class View(StrEnum):
    """Which messages are asked for (visning)."""

    UNSURE = "unsure"
    NOT_UNDERSTOOD = "not_understood"
    ALL = "all"
    REVIEW = "review"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is asked for: a view, an intent, and from when until when; nothing asks for all."""

    view: View
    since: datetime
    until: datetime
    intent: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message with what was made of it, who wrote it, and who wants it understood otherwise."""

    message: Message
    correction: Correction | None
    citizen: Citizen | None
    proposer: Staff | None
    reviewer: Staff | None

    @property
    def names(self) -> list[str]:
        """The citizen's name, which must not be in an example."""
        return [self.citizen.name] if self.citizen else []

    @property
    def is_missed_hard_case(self) -> bool:
        """Whether it speaks of a hard case that nobody heard."""
        if self.correction is None or not self.correction.should_be.startswith(HARD):
            return False
        return not (self.correction.understood_as or "").startswith(HARD)


async def listed(session: AsyncSession, municipality: str, chosen: Chosen) -> list[Entry]:
    """List messages: what was unsure first, and among what awaits review missed hard cases."""
    query = _entries(municipality)
    if chosen.view in {View.REVIEW, View.APPROVED}:
        query = query.where(Correction.state == _STATES[chosen.view])
        ordered = query.order_by(_MISSED_FIRST, Correction.proposed_at, Message.number)
    else:
        query = query.where(
            Message.understood_as.is_not(None),
            Message.created_at >= chosen.since,
            Message.created_at < chosen.until,
            *_DOUBTS.get(chosen.view, ()),
        )
        ordered = query.order_by(_UNSURE_FIRST, Message.created_at.desc(), Message.number.desc())
    if chosen.intent:
        ordered = ordered.where(
            or_(Message.understood_as == chosen.intent, Correction.should_be == chosen.intent)
        )
    return await _read(session, ordered.limit(SHOWN_AT_ONCE))


async def one(session: AsyncSession, municipality: str, message_id: MessageId) -> Entry | None:
    """Return one message that a citizen wrote to this municipality, or none."""
    found = await _read(session, _entries(municipality).where(Message.id == message_id))
    return found[0] if found else None


async def waiting(session: AsyncSession, municipality: str) -> int:
    """Count the corrections that a second person must look at."""
    query = select(func.count()).where(
        Correction.municipality == municipality, Correction.state == CorrectionState.PROPOSED
    )
    return await session.scalar(query) or 0


async def approved(session: AsyncSession, municipalities: Sequence[str]) -> list[Entry]:
    """Return all that may be learnt from, the first approved first."""
    query = _entries(*municipalities).where(Correction.state == CorrectionState.APPROVED)
    return await _read(session, query.order_by(Correction.reviewed_at, Correction.id))


_STATES = {View.REVIEW: CorrectionState.PROPOSED, View.APPROVED: CorrectionState.APPROVED}
_IS_UNSURE = and_(
    Message.understood_by == Hearer.RASA,
    or_(Message.understood_as == NOT_UNDERSTOOD, Message.confidence < UNSURE_BELOW),
)
_UNSURE_FIRST = case((_IS_UNSURE, 0), else_=1)
_MISSED_FIRST = case(
    (
        and_(
            Correction.should_be.startswith(HARD, autoescape=True),
            ~func.coalesce(Correction.understood_as, "").startswith(HARD, autoescape=True),
        ),
        0,
    ),
    else_=1,
)
_DOUBTS: dict[View, tuple[ColumnElement[bool], ...]] = {
    View.UNSURE: (_IS_UNSURE, Correction.id.is_(None)),
    View.NOT_UNDERSTOOD: (Message.understood_as == NOT_UNDERSTOOD, Correction.id.is_(None)),
}

type _Row = tuple[Message, Correction | None, Citizen | None, Staff | None, Staff | None]


def _entries(*municipalities: str) -> Select[*_Row]:
    proposer, reviewer = aliased(Staff), aliased(Staff)
    return (
        select(Message, Correction, Citizen, proposer, reviewer)
        .outerjoin(Correction, Correction.message_id == Message.id)
        .outerjoin(Citizen, Citizen.id == Message.citizen_id)
        .outerjoin(proposer, proposer.id == Correction.proposed_by)
        .outerjoin(reviewer, reviewer.id == Correction.reviewed_by)
        .where(Message.municipality.in_(municipalities), Message.direction == Direction.IN)
    )


async def _read(session: AsyncSession, query: Select[*_Row]) -> list[Entry]:
    return [Entry(*row) for row in await session.execute(query)]
