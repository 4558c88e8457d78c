"""The queue of handoffs (køen): filtered, searched, and in the order of the rule.

The order is that of `outreach/rules/queue_order.py`; a property test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.orm import joinedload

from data.models.citizens import Channel, Citizen, Language
from data.models.conversations import Conversation
from data.models.handoffs import Handoff, HandoffState
from data.queries.searching import in_conversation

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import StaffId

#: Rows on one page of the list.
A_PAGE: Final = 50
_PARTS: Final = 1000


class View(StrEnum):
    """Which handoffs are shown (visning)."""

    WAITING = "waiting"
    MINE = "mine"
    OTHERS = "others"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks the queue for (filter); what is none is not asked about."""

    view: View = View.WAITING
    severity: int | None = None
    reason: str | None = None
    channel: Channel | None = None
    language: Language | None = None
    unit: str | None = None
    is_late: bool = False
    #: A name, a telephone, a case number or words of the summary; never a CPR number.
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the queue, and how many there are in all."""

    handoffs: list[Handoff]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(-(-self.total // A_PAGE), 1)


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen between in the open queue (valgmuligheder)."""

    reasons: list[str]
    units: list[str]


async def listed(
    session: AsyncSession, municipality: str, staff_id: StaffId, wanted: Wanted, now: datetime
) -> Listed:
    """Return one page of what is asked for; a page past the last is the last."""
    query = _asked(municipality, staff_id, wanted, now)
    total = await session.scalar(query.with_only_columns(func.count(Handoff.id))) or 0
    page = min(wanted.page, max(-(-total // A_PAGE), 1))
    order = _closed_first() if wanted.view is View.CLOSED else in_order(now)
    rows = query.options(*_PEOPLE).order_by(*order).limit(A_PAGE).offset((page - 1) * A_PAGE)
    return Listed(list(await session.scalars(rows)), total, page)


async def choices(session: AsyncSession, municipality: str) -> Choices:
    """Return the reasons and the units that occur among the open handoffs."""
    rows = await session.execute(
        select(Handoff.reason, Handoff.unit)
        .where(Handoff.municipality == municipality, Handoff.state != HandoffState.CLOSED)
        .distinct()
    )
    found = rows.all()
    units = {row.unit for row in found if row.unit}
    return Choices(sorted({row.reason for row in found}), sorted(units))


def in_order(now: datetime) -> tuple[SQLColumnExpression[Any], ...]:
    """Return what to order by, as the rule says."""
    is_broken = or_(Handoff.due_at <= now, Handoff.times_returned > 0)
    band = case((Handoff.severity == 0, 0), (is_broken, 1), else_=2)
    whole = func.greatest(_microseconds(Handoff.due_at - Handoff.opened_at), 1)
    left = _microseconds(Handoff.due_at - now)
    # Whole numbers, as in the rule: PostgreSQL cuts the rest off, and nothing is below zero here.
    weight = case((band == 2, left * _PARTS * Handoff.severity / whole), else_=Handoff.severity)  # noqa: PLR2004
    forgotten = case((and_(Handoff.times_returned > 0, band != 2), 0), else_=1)  # noqa: PLR2004
    return band, weight, forgotten, Handoff.due_at, Handoff.opened_at, Handoff.id


def _closed_first() -> tuple[SQLColumnExpression[Any], ...]:
    return Handoff.closed_at.desc(), Handoff.id.desc()


def _asked(municipality: str, staff_id: StaffId, wanted: Wanted, now: datetime) -> Select[Handoff]:
    query = select(Handoff).where(Handoff.municipality == municipality, _of_view(wanted, staff_id))
    exact = {Handoff.severity: wanted.severity, Handoff.reason: wanted.reason}
    exact |= {Handoff.unit: wanted.unit}
    query = query.where(*(column == value for column, value in exact.items() if value is not None))
    if wanted.is_late:
        query = query.where(Handoff.due_at <= now)
    if not (wanted.channel or wanted.language or wanted.words):
        return query
    query = query.join(Conversation, Conversation.id == Handoff.conversation_id)
    if wanted.channel:
        query = query.where(Conversation.channel == wanted.channel)
    if wanted.language:
        query = query.where(Conversation.language == wanted.language)
    if wanted.words:
        query = query.outerjoin(Citizen, Citizen.id == Conversation.citizen_id).where(
            or_(
                Handoff.summary.icontains(wanted.words, autoescape=True),
                in_conversation(municipality, wanted.words),
            )
        )
    return query


def _of_view(wanted: Wanted, staff_id: StaffId) -> ColumnElement[bool]:
    match wanted.view:
        case View.WAITING:
            return Handoff.state == HandoffState.WAITING
        case View.MINE:
            return and_(Handoff.state == HandoffState.TAKEN, Handoff.taken_by == staff_id)
        case View.OTHERS:
            return and_(Handoff.state == HandoffState.TAKEN, Handoff.taken_by != staff_id)
        case View.CLOSED:
            return Handoff.state == HandoffState.CLOSED


def _microseconds(length: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(extract("epoch", length) * 1_000_000, BigInteger)


_PEOPLE = (
    joinedload(Handoff.conversation).joinedload(Conversation.citizen),
    joinedload(Handoff.taker),
)
