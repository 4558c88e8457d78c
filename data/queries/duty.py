"""What is stuck and waits for somebody on duty (vagtlisten): how many, and since when.

Each count but one walks an index or a small table, so that the list can be asked for at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, text

from data.models.cases import Task, TaskState
from data.models.citizens import Citizen, ContactPoint, OptOut
from data.models.claims import Claim, ClaimState
from data.models.conversations import Conversation, Message, MessageStatus
from data.models.corrections import Correction, CorrectionState
from data.models.handoffs import Handoff, HandoffState
from data.models.payments import Payment, PaymentKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

#: Rows of a pile that are shown at once; the oldest are always among them.
SHOWN_AT_ONCE: Final = 200
#: Messages given up longer ago than this are no longer news.
GIVEN_UP_WITHIN: Final = timedelta(days=14)
#: A citizen's message is answered within seconds; one this old tells that something stands still.
UNANSWERED_AFTER: Final = timedelta(minutes=10)
_GIVEN_UP: Final = (MessageStatus.FAILED, MessageStatus.UNDELIVERED)
#: What can still be chased: to write to nobody about the others stands still on purpose.
_CHASED: Final = (ClaimState.OPEN, ClaimState.IN_PLAN)


class Stuck(StrEnum):
    """A kind of thing that is stuck (bunke på vagtlisten), the most pressing first."""

    HANDOFFS_LATE = "handoffs_late"
    HANDOFFS_HELD_LATE = "handoffs_held_late"
    HANDOFFS_RETURNED = "handoffs_returned"
    UNANSWERED = "unanswered"
    UNITS_ESCALATED = "units_escalated"
    UNITS_LATE = "units_late"
    UNITS_ANSWERED = "units_answered"
    TASKS_NOBODYS = "tasks_nobodys"
    PAYMENTS = "payments"
    HAND_OVERS_INVALID = "hand_overs_invalid"
    HAND_OVERS_REJECTED = "hand_overs_rejected"
    HAND_OVERS_RETURNED = "hand_overs_returned"
    LETTERS_FAILED = "letters_failed"
    UNREACHABLE = "unreachable"
    GIVEN_UP = "given_up"
    JOBS = "jobs"
    CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True)
class Pile:
    """How many things of a kind are stuck, and since when the oldest is (bunke)."""

    stuck: Stuck
    count: int
    oldest: datetime | date | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A citizen nobody can reach, with how much of what is open (borger, der ikke kan nås)."""

    citizen: Citizen
    claims: int
    oldest_due: date


#: The kinds of tasks that are a pile of their own.
_OF_KIND: Final = {
    Stuck.HAND_OVERS_INVALID: "hand_over_invalid",
    Stuck.HAND_OVERS_REJECTED: "hand_over_rejected",
    Stuck.HAND_OVERS_RETURNED: "hand_over_returned",
    Stuck.LETTERS_FAILED: "letter_failed",
}


async def piles(
    session: AsyncSession, municipality: str, now: datetime, today: date
) -> dict[Stuck, Pile]:
    """Count what is stuck in a municipality; what does not stand there has none.

    Whom nobody can reach is counted apart, by `count_unreachable`: it reads every late claim.
    """
    found = [
        *await _tasks(session, municipality, today),
        *await _handoffs(session, municipality, now),
        await _payments(session, municipality),
        await _unanswered(session, municipality, now),
        await _given_up(session, municipality, now),
        await _jobs(session, municipality),
        await _corrections(session, municipality),
    ]
    return {pile.stuck: pile for pile in found if pile.count}


async def _tasks(session: AsyncSession, municipality: str, today: date) -> list[Pile]:
    at_unit = and_(Task.unit.is_not(None), Task.answered_at.is_(None))
    is_late = Task.due_on < today
    asked: dict[Stuck, tuple[ColumnElement[bool], Any]] = {
        Stuck.UNITS_ESCALATED: (and_(at_unit, Task.facts.has_key("escalated_on")), Task.due_on),
        Stuck.UNITS_LATE: (and_(at_unit, is_late), Task.due_on),
        Stuck.UNITS_ANSWERED: (and_(Task.answered_at.is_not(None), is_late), Task.answered_at),
        Stuck.TASKS_NOBODYS: (
            and_(is_late, Task.assigned_to.is_(None), Task.unit.is_(None)),
            Task.due_on,
        ),
        **{stuck: (Task.kind == kind, Task.opened_at) for stuck, kind in _OF_KIND.items()},
    }
    counted = [
        column
        for condition, since in asked.values()
        for column in (func.count().filter(condition), func.min(since).filter(condition))
    ]
    row = (
        await session.execute(
            select(*counted).where(Task.municipality == municipality, Task.state == TaskState.OPEN)
        )
    ).one()
    return _paired(list(asked), row)


async def _handoffs(session: AsyncSession, municipality: str, now: datetime) -> list[Pile]:
    is_waiting = Handoff.state == HandoffState.WAITING
    asked = {
        Stuck.HANDOFFS_LATE: (and_(is_waiting, Handoff.due_at < now), Handoff.due_at),
        Stuck.HANDOFFS_HELD_LATE: (
            and_(Handoff.state == HandoffState.TAKEN, Handoff.due_at < now),
            Handoff.due_at,
        ),
        Stuck.HANDOFFS_RETURNED: (and_(is_waiting, Handoff.times_returned > 0), Handoff.opened_at),
    }
    counted = [
        column
        for condition, since in asked.values()
        for column in (func.count().filter(condition), func.min(since).filter(condition))
    ]
    row = (
        await session.execute(
            select(*counted).where(
                Handoff.municipality == municipality, Handoff.state != HandoffState.CLOSED
            )
        )
    ).one()
    return _paired(list(asked), row)


def _paired(stuck: Sequence[Stuck], row: Sequence[Any]) -> list[Pile]:
    return [Pile(each, row[2 * at], row[2 * at + 1]) for at, each in enumerate(stuck)]


async def _payments(session: AsyncSession, municipality: str) -> Pile:
    return await _one(
        session, Stuck.PAYMENTS, Payment.created_at,
        Payment.municipality == municipality,
        Payment.amount != Payment.allocated,
        or_(Payment.kind == PaymentKind.RECEIVED, Payment.reverses.is_(None)),
    )  # fmt: skip


async def _unanswered(session: AsyncSession, municipality: str, now: datetime) -> Pile:
    return await _one(
        session, Stuck.UNANSWERED, Message.created_at,
        Message.municipality == municipality,
        Message.status == MessageStatus.RECEIVED,
        Message.created_at < now - UNANSWERED_AFTER,
    )  # fmt: skip


async def _given_up(session: AsyncSession, municipality: str, now: datetime) -> Pile:
    return await _one(session, Stuck.GIVEN_UP, Message.status_at, *_was_given_up(municipality, now))


def _was_given_up(municipality: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.municipality == municipality,
        Message.status.in_(_GIVEN_UP),
        Message.status_at >= now - GIVEN_UP_WITHIN,
    )


async def _corrections(session: AsyncSession, municipality: str) -> Pile:
    return await _one(
        session, Stuck.CORRECTIONS, Correction.proposed_at,
        Correction.municipality == municipality,
        Correction.state == CorrectionState.PROPOSED,
    )  # fmt: skip


async def _one(
    session: AsyncSession,
    stuck: Stuck,
    since: Any,  # noqa: ANN401 - a column of some table
    *conditions: ColumnElement[bool],
) -> Pile:
    count, oldest = (
        await session.execute(select(func.count(), func.min(since)).where(*conditions))
    ).one()
    return Pile(stuck, count, oldest)


# ------------------------------------------------------------------------- whom nobody can reach
async def count_unreachable(session: AsyncSession, municipality: str, today: date) -> Pile:
    """Count the citizens nobody can reach; 100 000 late claims take a tenth of a second."""
    query = select(func.count(Claim.citizen_id.distinct()), func.min(Claim.due_date))
    row = (await session.execute(query.where(*_nobody_reaches(municipality, today)))).one()
    return Pile(Stuck.UNREACHABLE, row[0], row[1])


def _nobody_reaches(municipality: str, today: date) -> tuple[ColumnElement[bool], ...]:
    """Ask for late claims whose citizen has no trusted address, or has said no on all of them."""
    refused = exists().where(
        OptOut.municipality == ContactPoint.municipality,
        OptOut.channel == ContactPoint.channel,
        OptOut.address == ContactPoint.address,
    )
    reached = exists().where(
        ContactPoint.citizen_id == Claim.citizen_id,
        ContactPoint.distrusted_at.is_(None),
        ~refused,
    )
    return (
        Claim.municipality == municipality,
        Claim.state.in_(_CHASED),
        Claim.due_date < today,
        ~reached,
    )


async def unreachable(session: AsyncSession, municipality: str, today: date) -> list[Lost]:
    """List the citizens nobody can reach, the oldest debt first."""
    lost = (
        select(
            Claim.citizen_id.label("citizen_id"),
            func.count().label("claims"),
            func.min(Claim.due_date).label("oldest"),
        )
        .where(*_nobody_reaches(municipality, today))
        .group_by(Claim.citizen_id)
        .order_by(func.min(Claim.due_date), Claim.citizen_id)
        .limit(SHOWN_AT_ONCE)
        .subquery()
    )
    rows = await session.execute(
        select(Citizen, lost.c.claims, lost.c.oldest)
        .join(lost, lost.c.citizen_id == Citizen.id)
        .order_by(lost.c.oldest, Citizen.id)
    )
    return [Lost(citizen, claims, oldest) for citizen, claims, oldest in rows]


async def given_up(
    session: AsyncSession, municipality: str, now: datetime
) -> list[tuple[Message, Citizen | None]]:
    """List the messages that never came through, the latest first, with whom they were for."""
    whom = func.coalesce(Message.citizen_id, Conversation.citizen_id)
    rows = await session.execute(
        select(Message, Citizen)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Citizen, Citizen.id == whom)
        .where(*_was_given_up(municipality, now))
        .order_by(Message.status_at.desc())
        .limit(SHOWN_AT_ONCE)
    )
    return [(message, citizen) for message, citizen in rows]


# ------------------------------------------------------------------------ jobs that failed for good
_FAILED_JOBS: Final = (
    " from procrastinate_jobs j where j.status = 'failed'"
    " and coalesce(j.args->>'municipality', :municipality) = :municipality"
)
#: When a job was last touched: its events are kept as long as it is.
_WHEN: Final = "(select max(e.at) from procrastinate_events e where e.job_id = j.id)"


async def _jobs(session: AsyncSession, municipality: str) -> Pile:
    query = text(f"select count(*), min({_WHEN})" + _FAILED_JOBS)
    row = (await session.execute(query, {"municipality": municipality})).one()
    return Pile(Stuck.JOBS, row[0], row[1])


async def jobs(session: AsyncSession, municipality: str) -> list[Row[Any]]:
    """List the jobs that failed for good by kind: how many, and when last; no arguments."""
    query = text(
        f"select j.task_name as name, count(*) as count, max({_WHEN}) as last"
        + _FAILED_JOBS
        + " group by j.task_name order by j.task_name"
    )
    return list(await session.execute(query, {"municipality": municipality}))
