"""What the office does with its tasks: written by hand, given to somebody, opened again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from data.models.audit import AuditEntry
from data.models.cases import Task, TaskState
from data.models.staff import Staff
from data.values.ids import new_id
from data.values.time import day_of
from outreach import audit, tasks
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.overrides import ReasonMissingError
from outreach.rules.rights import Right, rights_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from data.models.claims import Claim
    from data.values.ids import StaffId, TaskId
    from outreach.runtime import Runtime

MANUAL: Final = "manual"
LONGEST_WHAT: Final = 400
#: How long a closing can be undone; afterwards a new task is written.
REOPENED_WITHIN: Final = timedelta(hours=24)
#: Acts on record that change nothing: reading is no act that follows on a closing.
_READING: Final = ("claim_opened", "letter_opened", "journal_exported")


class HeldError(ConflictError):
    """Somebody else has the task; the text says who."""

    code = "task_held"


class NotAColleagueError(MindeligError):
    """Whoever is to have the task does not answer tasks here."""

    code = "not_a_colleague"


class WhatMissingError(MindeligError):
    """A task says what is to be done, in some words and not in many."""

    code = "what_missing"


class DayPassedError(MindeligError):
    """The due day has passed already."""

    code = "day_passed"


class NoUndoError(ConflictError):
    """The closing cannot be undone; `because` says why, as a word for the page."""

    code = "no_undo"

    def __init__(self, because: str) -> None:
        """Take the reason: `open`, `act`, `late`, `followed` or `another`."""
        super().__init__(because)
        self.because = because


async def colleagues(session: AsyncSession, municipality: str) -> list[Staff]:
    """List those who may have a task here, by name."""
    found = await session.scalars(
        select(Staff)
        .where(Staff.municipality == municipality, Staff.is_active)
        .order_by(Staff.name)
    )
    return [one for one in found if Right.ANSWER_TASKS in rights_of(one.roles)]


async def assign(
    session: AsyncSession,
    runtime: Runtime,
    task_id: TaskId,
    staff: Staff,
    to: StaffId | None,
) -> Task:
    """Give an open task to somebody, or to nobody; only who leads takes it from another.

    Raises:
        NotFoundError: no such task in the caseworker's municipality.
        TaskClosedError: it is closed already.
        HeldError: a colleague has it, or it is given to a colleague by one who does not lead.
        NotAColleagueError: they do not answer tasks here.
    """
    task = await tasks.held(session, task_id, staff)
    was = task.assigned_to
    leads = Right.LEAD in rights_of(staff.roles)
    if not leads and ((was not in {None, staff.id}) or to not in {None, staff.id}):
        raise HeldError(await _name(session, was or to))
    known = {one.id for one in await colleagues(session, task.municipality)} if to else set()
    if to is not None and to not in known:
        raise NotAColleagueError("choose another")
    if was != to:
        task.assigned_to = to
        await tasks.record(
            session, runtime, task, audit.actor(staff), "task_assigned",
            before={"assigned_to": str(was) if was else None},
            after={"assigned_to": str(to) if to else None},
        )  # fmt: skip
    return task


async def write(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    *,
    what: str,
    due_on: date,
    citizen: Citizen | None = None,
    claim: Claim | None = None,
    to: StaffId | None = None,
) -> Task:
    """Write a task by hand (manuel opgave): what is to be done, by when, about whom.

    Any number of them may be open on a claim.

    Raises:
        NotFoundError: the citizen or claim is another municipality's.
        WhatMissingError: it does not say what.
        DayPassedError: its day has passed.
        NotAColleagueError: whoever is to have it does not answer tasks here.
        HeldError: it is given to a colleague by one who does not lead.
    """
    about = claim or citizen
    if about is not None and about.municipality != staff.municipality:
        raise NotFoundError("no such case")
    words = audit.without_numbers(what.strip())
    if not words or len(words) > LONGEST_WHAT:
        raise WhatMissingError("say what")
    now = runtime.clock.now()
    if due_on < day_of(now):
        raise DayPassedError("in the past")
    citizen_id = claim.citizen_id if claim else citizen.id if citizen else None
    task = Task(
        id=new_id(), municipality=staff.municipality, kind=MANUAL, claim_id=claim and claim.id,
        citizen_id=citizen_id, facts={"what": words}, state=TaskState.OPEN, opened_at=now,
        due_on=due_on, opened_by=staff.id,
    )  # fmt: skip
    session.add(task)
    await session.flush()
    await tasks.record(
        session, runtime, task, audit.actor(staff), "task_written",
        kind=MANUAL, due_on=due_on.isoformat(),
    )  # fmt: skip
    return await assign(session, runtime, task.id, staff, to) if to else task


async def reopen(
    session: AsyncSession, runtime: Runtime, task_id: TaskId, staff: Staff, reason: str
) -> Task:
    """Open a task again that a note has just closed (fortryd), with a reason.

    Raises:
        NotFoundError: no such task in the caseworker's municipality.
        ReasonMissingError: no reason is given.
        NoUndoError: it is open, an act closed it, it is too long ago, something has followed, or
            another of the kind is open.
    """
    task = await session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None or task.municipality != staff.municipality:
        raise NotFoundError("no such task")
    if not reason.strip():
        raise ReasonMissingError("say why")
    because = await why_not(session, runtime, task)
    if because is not None:
        raise NoUndoError(because)
    before = {"state": task.state.value, "closed_by": str(task.closed_by)}
    earlier = [*task.facts.get("notes", []), task.note]
    task.facts = task.facts | {"notes": earlier}
    task.state, task.closed_at, task.closed_by, task.note = TaskState.OPEN, None, None, None
    await tasks.record(
        session, runtime, task, audit.actor(staff), "task_reopened",
        before=before, after={"state": task.state.value}, why=reason,
    )  # fmt: skip
    return task


async def why_not(session: AsyncSession, runtime: Runtime, task: Task) -> str | None:
    """Return why a task's closing cannot be undone, as a word for the page; none: it can."""
    if task.closed_at is None:
        return "open"
    if task.kind in tasks.ANSWERED_BY_AN_ACT or task.facts.get(tasks.SETTLED):
        return "act"
    if runtime.clock.now() - task.closed_at > REOPENED_WITHIN:
        return "late"
    if task.claim_id is None:
        return None
    again = select(Task.id).where(
        Task.claim_id == task.claim_id, Task.kind == task.kind, text(tasks.ONE_OPEN)
    )
    if await session.scalar(again) is not None:
        return "another"
    followed = select(AuditEntry.id).where(
        AuditEntry.subject_kind == "claim",
        AuditEntry.subject_id == str(task.claim_id),
        AuditEntry.at > task.closed_at,
        AuditEntry.act.not_in(_READING),
    )
    return "followed" if await session.scalar(followed.limit(1)) is not None else None


async def _name(session: AsyncSession, staff_id: StaffId | None) -> str:
    found = await session.get(Staff, staff_id) if staff_id else None
    return found.name if found else ""
