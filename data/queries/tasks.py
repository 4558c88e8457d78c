"""What people must look at, by the day it is due (opgaver)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from data.models.cases import Task, TaskState
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.staff import Staff
from data.queries.refs import is_ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import ClaimState
    from data.values.ids import CitizenId, ClaimId, StaffId, TaskId

#: Rows a caseworker is shown at once; the most urgent are always among them.
SHOWN_AT_ONCE: Final = 200
#: Asks for the tasks that are no unit's but the collections office's own.
OWN: Final = "-"


class Whose(StrEnum):
    """Whose tasks are asked for (hvis opgaver)."""

    MINE = "mine"
    NOBODYS = "nobodys"  # nobody has said that they will see to it
    ANSWERED = "answered"  # a unit has answered, and the office is to act
    AT_UNIT = "at_unit"  # a unit is to answer


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which tasks are asked for; empty words ask for all (filter)."""

    state: TaskState = TaskState.OPEN
    kind: str = ""
    unit: str = ""
    whose: Whose | None = None
    is_late: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Who looks at a list, where, and on which day."""

    municipality: str
    staff_id: StaffId
    today: date


@dataclass(frozen=True, slots=True)
class Entry:
    """A task with what it is about, who has it and who closed it."""

    task: Task
    claim: Claim | None
    citizen: Citizen | None
    closer: Staff | None
    assignee: Staff | None = None


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks are open, late and answered, and of which kinds and units there are any."""

    open: int
    late: int
    kinds: dict[str, int]
    units: dict[str, int]
    answered: int = 0


async def listed(session: AsyncSession, seen: Seen, chosen: Chosen) -> list[Entry]:
    """List tasks: the open ones by their due day, the closed ones the latest first."""
    query = _entries().where(Task.municipality == seen.municipality, Task.state == chosen.state)
    query = query.where(*_asked(seen, chosen))
    if chosen.state is TaskState.OPEN:
        query = query.order_by(Task.due_on, Task.opened_at, Task.id)
    else:
        query = query.order_by(Task.closed_at.desc(), Task.id)
    return await _read(session, query.limit(SHOWN_AT_ONCE))


def _asked(seen: Seen, chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    if chosen.kind:
        yield Task.kind == chosen.kind
    if chosen.unit:
        yield Task.unit.is_(None) if chosen.unit == OWN else Task.unit == chosen.unit
    if chosen.whose is not None:
        yield _whose(chosen.whose, seen.staff_id)
    if chosen.is_late:
        yield Task.due_on < seen.today
    if chosen.words:
        yield _found_by(seen.municipality, chosen.words)


def _whose(whose: Whose, staff_id: StaffId) -> ColumnElement[bool]:
    return {
        Whose.MINE: Task.assigned_to == staff_id,
        Whose.NOBODYS: and_(Task.assigned_to.is_(None), is_with_office()),
        Whose.ANSWERED: Task.answered_at.is_not(None),
        Whose.AT_UNIT: ~is_with_office(),
    }[whose]


def is_with_office() -> ColumnElement[bool]:
    """Ask for the tasks that the office is to act on: its own, and those a unit has answered."""
    return or_(Task.unit.is_(None), Task.answered_at.is_not(None))


def _found_by(municipality: str, words: str) -> ColumnElement[bool]:
    """Ask for a claim's number, words of a name, or words of what a colleague wrote."""
    claims = select(Claim.id).where(Claim.municipality == municipality, is_ref(words))
    named = select(Citizen.id).where(
        Citizen.municipality == municipality,
        *(Citizen.name.icontains(word, autoescape=True) for word in words.split()),
    )
    return or_(
        Task.claim_id.in_(claims),
        Task.citizen_id.in_(named),
        Task.facts["what"].astext.icontains(words, autoescape=True),
    )


async def one(session: AsyncSession, municipality: str, task_id: TaskId) -> Entry | None:
    """Return one task of this municipality, or none."""
    query = _entries().where(Task.municipality == municipality, Task.id == task_id)
    return next(iter(await _read(session, query)), None)


async def of_claim(session: AsyncSession, claim_id: ClaimId) -> list[Entry]:
    """List all tasks of a claim: the open ones first, then the latest closed."""
    query = _entries().where(Task.claim_id == claim_id)
    ordered = query.order_by(Task.state.desc(), Task.opened_at.desc(), Task.id)
    return await _read(session, ordered)


async def of_citizen(
    session: AsyncSession, citizen_id: CitizenId, claim_ids: Collection[ClaimId]
) -> list[Entry]:
    """List all tasks about a citizen or these claims: the open ones first, then the latest."""
    query = _entries().where(or_(Task.citizen_id == citizen_id, Task.claim_id.in_(claim_ids)))
    ordered = query.order_by(Task.state.desc(), Task.opened_at.desc(), Task.id)
    return await _read(session, ordered)


async def counts(session: AsyncSession, municipality: str, today: date) -> TaskCounts:
    """Count the open tasks by kind and unit, and those whose day has passed."""
    query = (
        select(
            Task.kind,
            func.coalesce(Task.unit, OWN),
            func.count(),
            func.count().filter(Task.due_on < today),
            func.count().filter(Task.answered_at.is_not(None)),
        )
        .where(Task.municipality == municipality, Task.state == TaskState.OPEN)
        .group_by(Task.kind, Task.unit)
    )
    kinds: dict[str, int] = {}
    units: dict[str, int] = {}
    late = answered = 0
    for kind, unit, number, over, back in await session.execute(query):
        kinds[kind] = kinds.get(kind, 0) + number
        units[unit] = units.get(unit, 0) + number
        late, answered = late + over, answered + back
    by_name = dict(sorted(units.items()))
    return TaskCounts(sum(kinds.values()), late, kinds, by_name, answered)


async def _read(
    session: AsyncSession, query: Select[Task, Claim, Citizen, Staff, Staff]
) -> list[Entry]:
    return [Entry(*row) for row in await session.execute(query)]


def _entries() -> Select[Task, Claim, Citizen, Staff, Staff]:
    claim, citizen = aliased(Claim), aliased(Citizen)
    closer, assignee = aliased(Staff), aliased(Staff)
    return (
        select(Task, claim, citizen, closer, assignee)
        .outerjoin(claim, claim.id == Task.claim_id)
        .outerjoin(citizen, citizen.id == Task.citizen_id)
        .outerjoin(closer, closer.id == Task.closed_by)
        .outerjoin(assignee, assignee.id == Task.assigned_to)
    )


async def claims_of(
    session: AsyncSession, citizen_id: CitizenId, over: Collection[ClaimState]
) -> list[Claim]:
    """List a citizen's claims that are not over, the oldest due first."""
    query = select(Claim).where(Claim.citizen_id == citizen_id, Claim.state.not_in(over))
    return list(await session.scalars(query.order_by(Claim.due_date, Claim.id)))


async def claim_named(session: AsyncSession, municipality: str, ref: str) -> Claim | None:
    """Return the claim with a number as people write it, or none: none has it, or several do."""
    query = select(Claim).where(Claim.municipality == municipality, is_ref(ref))
    found = list(await session.scalars(query.limit(2)))
    return found[0] if len(found) == 1 else None
