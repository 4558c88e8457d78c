"""Units that own claims are asked, answer, and are reminded (fagcentre; F2, F18, F32).

An answer comes back to the collections office, which acts on it. All that was said between the two
stands in the task (`said`), the oldest first; each act is on record with the lawful basis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from data.models.cases import Task, TaskState
from data.models.claims import Claim
from data.queries import units as queries
from data.values.time import add_bank_days, day_of
from outreach import audit, tasks
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.overrides import ReasonMissingError
from outreach.rules.exchange import SAID
from outreach.rules.unit_answers import Given, UnitAnswer, faults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import TaskId
    from outreach.runtime import Runtime

#: What the office says to a unit, beside the words of `UnitAnswer`.
ROUTED, REPLIED, TAKEN_BACK, REMINDED = "routed", "replied", "taken_back", "reminded"
#: Where in a task's facts the days of a reminder and of passing it on stand.
REMINDED_ON, ESCALATED_ON = "reminded_on", "escalated_on"
#: What is true of the unit that has the task, and no longer of the next.
_OF_ONE_UNIT: Final = frozenset({REMINDED_ON, ESCALATED_ON})
#: Money and shelvings are the office's own; a unit is asked about a claim.
_OWN_MATTERS: Final = frozenset({tasks.LOOK_AGAIN, tasks.PAYMENT_UNMATCHED})


class IncompleteAnswerError(MindeligError):
    """Something of the unit's answer is missing or wrong; `faults` says what, by field."""

    code = "unit_answer_incomplete"

    def __init__(self, found: Mapping[str, str]) -> None:
        """Take the faults by field."""
        super().__init__("incomplete")
        self.faults = found


class AnsweredError(ConflictError):
    """The unit has answered already, or the office has taken the task back."""

    code = "unit_answered"


class UnknownUnitError(MindeligError):
    """No claim and nobody here names that unit, or it has the task already."""

    code = "unit_unknown"


class DueDayError(MindeligError):
    """The deadline is a day that has passed."""

    code = "due_day"


class NotForUnitsError(ConflictError):
    """Only what is about a claim's correctness can go to a unit."""

    code = "not_for_units"


async def opened(
    session: AsyncSession, runtime: Runtime, task_id: TaskId, staff: Staff
) -> queries.UnitTask:
    """Return what a unit may see of one of its open tasks, and put the reading on record (F32).

    Raises:
        NotFoundError: it is another unit's, closed, or not there.
    """
    found = await queries.one(session, staff.municipality, staff.unit, task_id)
    if found is None:
        raise NotFoundError("no such task")
    basis = runtime.tasks.units.basis
    await tasks.record(
        session, runtime, found.task, audit.actor(staff), "task_opened_by_unit",
        unit=found.task.unit, claim=str(found.claim.id), basis=basis,
    )  # fmt: skip
    return found


async def answer(
    session: AsyncSession, runtime: Runtime, task_id: TaskId, staff: Staff, given: Given
) -> Task:
    """Take a unit's answer: the office has it from now on, with a deadline of its own.

    Raises:
        NotFoundError: it is another unit's task, or not there.
        TaskClosedError: the office has closed it.
        AnsweredError: somebody of the unit has answered, or it was taken back.
        IncompleteAnswerError: reasons, the right sum or what to correct is missing.
    """
    task = await tasks.held(session, task_id, staff)
    if staff.unit is None or task.unit != staff.unit or task.claim_id is None:
        raise NotFoundError("no such task")
    if task.answered_at is not None:
        raise AnsweredError(task.answered_as or "")
    claim = await session.get_one(Claim, task.claim_id)
    if found := faults(given, task.kind, claim.owed):
        raise IncompleteAnswerError(found)
    before = _stand(task)
    in_part = given.answer is UnitAnswer.UPHELD_IN_PART
    details = {
        "right_sum": given.right_sum.oere if in_part and given.right_sum else None,
        "to_correct": given.to_correct.strip() if in_part else None,
    }
    now = runtime.clock.now()
    _say(runtime, task, staff, given.answer.value, given.reasons, **details)
    task.answer = audit.without_numbers(given.reasons.strip())
    task.answered_as = given.answer.value
    task.answered_at, task.answered_by = now, staff.id
    task.due_on = add_bank_days(day_of(now), runtime.tasks.units.office_bank_days)
    await tasks.record(
        session, runtime, task, audit.actor(staff), "task_answered_by_unit",
        before=before, after=_stand(task), right_sum=details["right_sum"],
        basis=runtime.tasks.units.basis,
    )  # fmt: skip
    return task


async def route(
    session: AsyncSession,
    runtime: Runtime,
    task_id: TaskId,
    staff: Staff,
    *,
    unit: str | None,
    reason: str,
    due_on: date,
) -> Task:
    """Send a task to a unit, back to it with an answer to its question, or take it back (none).

    Raises:
        NotFoundError: no such task in the caseworker's municipality.
        TaskClosedError: it is closed already.
        NotForUnitsError: it is not about a claim's correctness.
        ReasonMissingError: no reason, or no answer, is given.
        DueDayError: the deadline has passed.
        UnknownUnitError: nobody knows the unit, or it has the task and has not answered.
    """
    task = await tasks.held(session, task_id, staff)
    if task.claim_id is None or task.kind in _OWN_MATTERS:
        raise NotForUnitsError(task.kind)
    if not reason.strip():
        raise ReasonMissingError("say why")
    if due_on < day_of(runtime.clock.now()):
        raise DueDayError("in the past")
    waits = task.answered_at is None
    known = unit is None or unit in await queries.known_units(session, staff.municipality)
    if not known or (unit == task.unit and waits):
        raise UnknownUnitError("choose another")
    before = _stand(task)
    word = TAKEN_BACK if unit is None else REPLIED if unit == task.unit else ROUTED
    _say(runtime, task, staff, word, reason, to=unit)
    _put(task, unit, due_on)
    await tasks.record(
        session, runtime, task, audit.actor(staff), f"task_{word}",
        before=before, after=_stand(task), why=reason,
        basis=runtime.tasks.units.basis if unit else None,
    )  # fmt: skip
    return task


async def remind(session: AsyncSession, runtime: Runtime, task_id: TaskId, staff: Staff) -> Task:
    """Remind a unit of a task that is late (erindring): it stands on the unit's own page.

    Raises:
        NotFoundError: no such task in the caseworker's municipality.
        TaskClosedError: it is closed already.
        AnsweredError: it waits for no unit any more.
    """
    task = await tasks.held(session, task_id, staff)
    if task.unit is None or task.answered_at is not None:
        raise AnsweredError("nobody is waited for")
    await _remind(session, runtime, task, staff)
    return task


async def remind_late(session: AsyncSession, runtime: Runtime, staff: Staff) -> int:
    """Remind every unit of the caseworker's municipality that is late; return of how many tasks."""
    late = await _late(session, runtime, staff.municipality)
    for task in late:
        await _remind(session, runtime, task, staff)
    return len(late)


async def chase(session: AsyncSession, runtime: Runtime, municipality: str) -> int:
    """Remind late units, and after some bank days pass it on (eskalering); return how many.

    Each task is reminded by rule once and passed on once; both stand on the duty list.
    """
    today = day_of(runtime.clock.now())
    moved = 0
    for task in await _late(session, runtime, municipality):
        passed_on = add_bank_days(task.due_on, runtime.tasks.units.escalated_after_bank_days)
        if REMINDED_ON not in task.facts:
            await _remind(session, runtime, task, None)
            moved += 1
        if today >= passed_on and ESCALATED_ON not in task.facts:
            task.facts = task.facts | {ESCALATED_ON: today.isoformat()}
            await tasks.record(
                session, runtime, task, "rule", "unit_escalated",
                unit=task.unit, due_on=task.due_on.isoformat(),
            )  # fmt: skip
            moved += 1
    return moved


async def _late(session: AsyncSession, runtime: Runtime, municipality: str) -> list[Task]:
    """Return the tasks a unit should have answered, locked; one that is being answered is left."""
    late = await session.scalars(
        select(Task)
        .where(
            Task.municipality == municipality,
            Task.state == TaskState.OPEN,
            Task.due_on < day_of(runtime.clock.now()),
            Task.unit.is_not(None),
            Task.answered_at.is_(None),
        )
        .order_by(Task.id)
        .with_for_update(skip_locked=True)
    )
    return list(late)


async def _remind(session: AsyncSession, runtime: Runtime, task: Task, staff: Staff | None) -> None:
    today = day_of(runtime.clock.now())
    _say(runtime, task, staff, REMINDED, "")
    task.facts = task.facts | {REMINDED_ON: today.isoformat()}
    await tasks.record(
        session, runtime, task, audit.actor(staff) if staff else "rule", "unit_reminded",
        unit=task.unit, due_on=task.due_on.isoformat(),
    )  # fmt: skip


def _put(task: Task, unit: str | None, due_on: date) -> None:
    task.unit, task.due_on, task.assigned_to = unit, due_on, None
    task.answer = task.answered_as = task.answered_at = task.answered_by = None
    kept = {key: value for key, value in task.facts.items() if key not in _OF_ONE_UNIT}
    task.facts = kept


def _say(
    runtime: Runtime,
    task: Task,
    staff: Staff | None,
    word: str,
    text: str,
    **details: str | int | None,
) -> None:
    """Add one line to what was said between the office and its units; CPR numbers are taken out."""
    line: dict[str, Any] = {
        "at": runtime.clock.now().isoformat(),
        "by": str(staff.id) if staff else None,
        "unit": task.unit,
        "as": word,
        "text": audit.without_numbers(text.strip()),
        **{name: value for name, value in details.items() if value is not None},
    }
    task.facts = task.facts | {SAID: [*task.facts.get(SAID, []), line]}


def _stand(task: Task) -> dict[str, str | None]:
    return {"unit": task.unit, "due_on": task.due_on.isoformat(), "answered_as": task.answered_as}
