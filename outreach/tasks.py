"""What a person must look at on a claim: opened once, listed by due day, closed (opgaver)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from data.law.tasks import Answers
from data.models.cases import Task, TaskState
from data.models.citizens import Citizen
from data.notifications import notify
from data.values.ids import new_id
from data.values.time import add_bank_days, day_of
from outreach import audit
from outreach.errors import ConflictError, MindeligError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import Claim
    from data.models.staff import Staff
    from data.values.ids import ClaimId, TaskId
    from outreach.runtime import Runtime

#: Which tasks there is one of on a claim, as the index says it.
ONE_OPEN = "state = 'open' and kind <> 'manual'"
DISPUTE = "dispute"
LOOK_AGAIN = "look_again"
PAYMENT_UNMATCHED = "payment_unmatched"
#: Stands in a task's facts when an act closed it: such an act is not undone with the task.
SETTLED = "settled"
#: A note alone leaves their question open, and the next round would ask it again.
ANSWERED_BY_AN_ACT = frozenset({DISPUTE, LOOK_AGAIN, PAYMENT_UNMATCHED})


class NoteMissingError(MindeligError):
    """A task is closed with a note on what was found or done."""

    code = "note_missing"


class TaskClosedError(ConflictError):
    """Somebody has closed the task already."""

    code = "task_closed"


class OwnAnswerError(MindeligError):
    """The task is closed by an act: a dispute answered, a shelving ended, money placed."""

    code = "own_answer"


async def open_task(
    session: AsyncSession,
    runtime: Runtime,
    *,
    claim: Claim | Row[Any],
    kind: str,
    facts: Mapping[str, str | float | bool | None] | None = None,
    unit: str | None = None,
    actor: str = audit.ASSISTANT,
) -> Task | None:
    """Open a task, or none if one of that kind is open on the claim; two at once open one.

    Args:
        session: the caller's transaction.
        runtime: clock, kinds of tasks and policies.
        claim: what is to be looked at: the claim, or its row of `data.queries.cases`.
        kind: a key of `data/law/tasks.yml`.
        facts: ids, codes and figures that the task rests on; no texts of citizens.
        unit: whose it is; none: as the kind and the municipality's policy say.
        actor: who opens it, for the record.

    Raises:
        KeyError: no such kind.
    """
    now = runtime.clock.now()
    law = runtime.tasks.kinds[kind]
    row = insert(Task).values(
        id=new_id(),
        municipality=claim.municipality,
        kind=kind,
        claim_id=claim.id,
        citizen_id=claim.citizen_id,
        unit=unit or _owner(runtime, claim, law.unit),
        facts=dict(facts or {}),
        state=TaskState.OPEN,
        opened_at=now,
        due_on=add_bank_days(day_of(now), law.due_bank_days),
    )
    once = row.on_conflict_do_nothing(
        index_elements=["claim_id", "kind"], index_where=text(ONE_OPEN)
    )
    task = await session.scalar(once.returning(Task))
    if task is not None:
        await record(session, runtime, task, actor, "task_opened", kind=kind)
    return task


async def ask(
    session: AsyncSession,
    runtime: Runtime,
    *,
    claim: Claim,
    kind: str,
    facts: Mapping[str, str | float | bool | None] | None = None,
) -> tuple[Task, bool]:
    """Ask people for something on behalf of the citizen; tell whether it is asked for anew.

    Who asks twice is told the day that was promised the first time.
    """
    task = await open_task(
        session, runtime, claim=claim, kind=kind, facts=facts, actor=audit.CITIZEN
    )
    if task is not None:
        return task, True
    known = await session.scalars(
        select(Task).where(
            Task.claim_id == claim.id, Task.kind == kind, Task.state == TaskState.OPEN
        )
    )
    return known.one(), False


async def ask_of_people(
    session: AsyncSession,
    runtime: Runtime,
    *,
    citizen: Citizen,
    kind: str,
    facts: Mapping[str, str | float | bool | None],
    actor: str = audit.CITIZEN,
) -> Task:
    """Ask people for something that is about no one claim (ønske), on behalf of the citizen.

    Who asks twice is told the day that was promised the first time. The citizen is locked, so that
    two conversations at once open one task.
    """
    await session.get_one(Citizen, citizen.id, with_for_update=True)
    known = await session.scalar(
        select(Task).where(
            Task.citizen_id == citizen.id,
            Task.claim_id.is_(None),
            Task.kind == kind,
            Task.state == TaskState.OPEN,
        )
    )
    if known is not None:
        return known
    now = runtime.clock.now()
    task = Task(
        municipality=citizen.municipality,
        kind=kind,
        citizen_id=citizen.id,
        facts=dict(facts),
        state=TaskState.OPEN,
        opened_at=now,
        due_on=add_bank_days(day_of(now), runtime.tasks.kinds[kind].due_bank_days),
    )
    session.add(task)
    await session.flush()
    await record(session, runtime, task, actor, "task_opened", kind=kind)
    return task


def _owner(runtime: Runtime, claim: Claim | Row[Any], answers: Answers) -> str | None:
    """Return the owning unit where policy sends such things there (F2, F18), else none: our own."""
    ownership = runtime.policies[claim.municipality].ownership
    to_owner = answers is Answers.OWNER and ownership.disputes_to_owner
    return claim.owning_unit if to_owner else None


async def held(session: AsyncSession, task_id: TaskId, staff: Staff) -> Task:
    """Return an open task of the caseworker's municipality, locked.

    Raises:
        NotFoundError: no such task there.
        TaskClosedError: it is closed already.
    """
    task = await session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None or task.municipality != staff.municipality:
        raise NotFoundError("no such task")
    if task.state is TaskState.DONE:
        raise TaskClosedError("closed")
    return task


async def close_task(
    session: AsyncSession, runtime: Runtime, task_id: TaskId, staff: Staff, note: str
) -> Task:
    """Close a task with a note on what was found or done.

    Raises:
        NotFoundError: no such task in the caseworker's municipality.
        TaskClosedError: it is closed already.
        NoteMissingError: the note says nothing.
        OwnAnswerError: it asks for an act: a dispute's answer, a word on a shelving.
    """
    task = await held(session, task_id, staff)
    if task.kind in ANSWERED_BY_AN_ACT:
        raise OwnAnswerError("this task is closed by what it asks for, not by a note")
    return await close_held(session, runtime, task, staff, note)


async def settle(
    session: AsyncSession, runtime: Runtime, claim_id: ClaimId, kind: str, staff: Staff, note: str
) -> Task | None:
    """Close the open task of a kind on a claim because its question is answered, if there is one.

    Raises:
        NoteMissingError: the note says nothing.
    """
    task = await session.scalar(
        select(Task)
        .where(Task.claim_id == claim_id, Task.kind == kind, Task.state == TaskState.OPEN)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if task is None:
        return None
    task.facts = task.facts | {SETTLED: True}
    return await close_held(session, runtime, task, staff, note)


async def close_held(
    session: AsyncSession, runtime: Runtime, task: Task, staff: Staff, note: str
) -> Task:
    """Close a task that the caller holds.

    Raises:
        NoteMissingError: the note says nothing.
    """
    if not note.strip():
        raise NoteMissingError("say what was found or done")
    task.state, task.closed_at = TaskState.DONE, runtime.clock.now()
    task.closed_by, task.note = staff.id, note.strip()
    await record(session, runtime, task, audit.actor(staff), "task_closed", kind=task.kind)
    return task


async def record(
    session: AsyncSession,
    runtime: Runtime,
    task: Task,
    actor: str,
    act: str,
    **facts: Any,  # noqa: ANN401 - as the record takes them
) -> None:
    """Put an act on a task on record, and tell the desks that something has changed."""
    await audit.record(
        session,
        runtime,
        municipality=task.municipality,
        actor=actor,
        act=act,
        subject_kind="task",
        subject_id=task.id,
        **facts,
    )
    await notify(session, task.municipality)
