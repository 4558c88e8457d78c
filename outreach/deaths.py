"""What a death changes at once (dødsfald): nothing more is sent, and the estate is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.cases import Task, TaskState
from outreach import audit, citizens, contacts, stand_downs, tasks
from outreach.rules.decision import Reason

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from data.models.staff import Staff
    from outreach.runtime import Runtime

#: The hard case a death is (a key of `data/hard_cases/cases.yml`).
DECEASED: Final = "hard_deceased_debtor"
#: The task that a death opens: creditors file within eight weeks (dødsboskifteloven §§ 81, 83).
ESTATE: Final = "estate"


async def stop_everything(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff
) -> None:
    """Stop all that is automatic and all that is on its way, and open the task about the estate.

    Whoever writes from the telephone of the dead is somebody else: proofs given there are gone.
    The caller holds the citizen. Done twice it does no more.
    """
    actor = audit.actor(staff)
    await citizens.freeze(session, runtime, citizen.id, because=DECEASED, actor=actor)
    await stand_downs.of_citizen(session, runtime, citizen.id, Reason.DECEASED)
    await contacts.forget_identity(session, citizen.id)
    await tasks.ask_of_people(
        session, runtime, citizen=citizen, kind=ESTATE, facts={}, actor=actor
    )  # fmt: skip


async def begin_again(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, reason: str
) -> None:
    """Lift what the death froze, and close the task about the estate; the caller holds them.

    A citizen who was frozen for something else before stays frozen for it.
    """
    if citizen.frozen_because == DECEASED:
        await citizens.unfreeze(session, runtime, citizen, staff, reason)
    waiting = await session.scalars(
        select(Task.id).where(
            Task.citizen_id == citizen.id, Task.kind == ESTATE, Task.state == TaskState.OPEN
        )
    )
    for task_id in waiting:
        await tasks.close_task(session, runtime, task_id, staff, reason)
