"""What people must look at, by the day it is due (opgaver)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from data.models.cases import Task, TaskState
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.staff import Staff

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId, ClaimId, TaskId

#: Rows a caseworker is shown at once; the most urgent are always among them.
SHOWN_AT_ONCE: Final = 200
#: Asks for the tasks that are no unit's but the collections office's own.
OWN: Final = "-"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which tasks are asked for; empty words ask for all (filter)."""

    state: TaskState = TaskState.OPEN
    kind: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A task with what it is about, and who closed it."""

    task: Task
    claim: Claim | None
    citizen: Citizen | None
    closer: Staff | None


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks are open, how many late, and of which kinds and units there are any."""

    open: int
    late: int
    kinds: dict[str, int]
    units: dict[str, int]


async def listed(session: AsyncSession, municipality: str, chosen: Chosen) -> list[Entry]:
    """List tasks: the open ones by their due day, the closed ones the latest first."""
    query = _entries().where(Task.municipality == municipality, Task.state == chosen.state)
    if chosen.kind:
        query = query.where(Task.kind == chosen.kind)
    if chosen.unit == OWN:
        query = query.where(Task.unit.is_(None))
    elif chosen.unit:
        query = query.where(Task.unit == chosen.unit)
    if chosen.state is TaskState.OPEN:
        query = query.order_by(Task.due_on, Task.opened_at, Task.id)
    else:
        query = query.order_by(Task.closed_at.desc(), Task.id)
    return await _read(session, query.limit(SHOWN_AT_ONCE))


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
        )
        .where(Task.municipality == municipality, Task.state == TaskState.OPEN)
        .group_by(Task.kind, Task.unit)
    )
    kinds: dict[str, int] = {}
    units: dict[str, int] = {}
    late = 0
    for kind, unit, number, over in await session.execute(query):
        kinds[kind] = kinds.get(kind, 0) + number
        units[unit] = units.get(unit, 0) + number
        late += over
    return TaskCounts(sum(kinds.values()), late, kinds, dict(sorted(units.items())))


async def _read(session: AsyncSession, query: Select[Task, Claim, Citizen, Staff]) -> list[Entry]:
    found = await session.execute(query)
    return [Entry(task, claim, citizen, closer) for task, claim, citizen, closer in found]


def _entries() -> Select[Task, Claim, Citizen, Staff]:
    claim, citizen, closer = aliased(Claim), aliased(Citizen), aliased(Staff)
    return (
        select(Task, claim, citizen, closer)
        .outerjoin(claim, claim.id == Task.claim_id)
        .outerjoin(citizen, citizen.id == Task.citizen_id)
        .outerjoin(closer, closer.id == Task.closed_by)
    )
