"""What a unit that owns claims may see (fagcentrets opgaver): its own tasks, and only that claim.

No CPR number, no other debt, no agreement and no conversation but the words of the objection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, select, union

from data.models.cases import Task, TaskState
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.conversations import Message
from data.models.notes import Note
from data.models.staff import Role, Staff

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId, StaffId, TaskId

#: Tasks a unit is shown at once; the soonest due are always among them.
SHOWN_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """One row of a unit's list: the task, and the claim it is about."""

    task: Task
    claim: Claim


@dataclass(frozen=True, slots=True)
class UnitTask:
    """One task of a unit with all it may see of it (formålsbegrænsning)."""

    task: Task
    claim: Claim
    #: None where name and address are protected: the claim's number tells enough.
    citizen_name: str | None
    #: What the citizen wrote that this is about, and what a caseworker wrote down of it.
    message: Message | None
    notes: list[Note]
    #: Earlier tasks of the claim that the same unit answered, the latest first.
    earlier: list[Task]


async def listed(session: AsyncSession, municipality: str, unit: str | None) -> list[UnitEntry]:
    """List a unit's open tasks: what it is to answer, the soonest due first, then what it has."""
    if unit is None:
        return []
    query = _of_unit(municipality, unit).order_by(
        Task.answered_at.is_not(None), Task.due_on, Task.opened_at, Task.id
    )
    rows = await session.execute(query.limit(SHOWN_AT_ONCE))
    return [UnitEntry(task, claim) for task, claim in rows]


async def one(
    session: AsyncSession, municipality: str, unit: str | None, task_id: TaskId
) -> UnitTask | None:
    """Return one open task of a unit, or none: another unit's does not exist."""
    if unit is None:
        return None
    found = (
        await session.execute(_of_unit(municipality, unit).where(Task.id == task_id))
    ).one_or_none()
    if found is None:
        return None
    task, claim = found
    return UnitTask(
        task=task,
        claim=claim,
        citizen_name=await _name(session, claim.citizen_id),
        message=await message_of(session, task),
        notes=await notes_of(session, task),
        earlier=await _earlier(session, task),
    )


async def message_of(session: AsyncSession, task: Task) -> Message | None:
    """Return the message that a task is about, or none; one of another citizen is none."""
    number = task.facts.get("message")
    if number is None:
        return None
    message = await session.get(Message, UUID(str(number)))
    is_theirs = (
        message is not None
        and message.municipality == task.municipality
        and (task.citizen_id is None or message.citizen_id in {None, task.citizen_id})
    )
    return message if is_theirs else None


async def notes_of(session: AsyncSession, task: Task) -> list[Note]:
    """Return what people wrote down for a task, the oldest first."""
    query = select(Note).where(Note.task_id == task.id)
    if task.citizen_id is not None:
        query = query.where(Note.citizen_id == task.citizen_id)
    return list(await session.scalars(query.order_by(Note.at, Note.id)))


async def names(session: AsyncSession, ids: Collection[StaffId]) -> dict[StaffId, str]:
    """Return the names of people by their ids."""
    if not ids:
        return {}
    rows = await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def known_units(session: AsyncSession, municipality: str) -> list[str]:
    """List the units that own claims here, or have people at the desk, by name."""
    owning = select(Claim.owning_unit.label("unit")).where(
        Claim.municipality == municipality, Claim.owning_unit.is_not(None)
    )
    manned = select(Staff.unit.label("unit")).where(
        Staff.municipality == municipality,
        Staff.unit.is_not(None),
        Staff.is_active,
        Staff.roles.contains([Role.UNIT.value]),
    )
    found = union(owning, manned).subquery()
    rows: Sequence[Row[Any]] = (await session.execute(select(found.c.unit))).all()
    return sorted((row.unit for row in rows), key=str.casefold)


def _of_unit(municipality: str, unit: str) -> Select[Task, Claim]:
    return (
        select(Task, Claim)
        .join(Claim, Claim.id == Task.claim_id)
        .where(
            Task.municipality == municipality,
            Task.unit == unit,
            Task.state == TaskState.OPEN,
        )
    )


async def _name(session: AsyncSession, citizen_id: CitizenId) -> str | None:
    citizen = await session.get_one(Citizen, citizen_id)
    is_protected = citizen.address_protected or citizen.protection_noted_at is not None
    return None if is_protected else citizen.name


async def _earlier(session: AsyncSession, task: Task) -> list[Task]:
    query = select(Task).where(
        Task.claim_id == task.claim_id,
        Task.unit == task.unit,
        Task.id != task.id,
        Task.answered_at.is_not(None),
    )
    return list(await session.scalars(query.order_by(Task.answered_at.desc())))
