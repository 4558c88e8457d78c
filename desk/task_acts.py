"""What the office does with a task besides closing it: sent on, given to somebody, written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.queries import handoffs
from data.queries import tasks as queries
from data.values.ids import CitizenId, ClaimId, StaffId, TaskId
from data.values.time import add_bank_days, day_of
from desk import inbox, pages
from desk.auth import Acting, SignedIn, Visitor
from desk.forms import Entered, FieldsError, Sent, read_days
from desk.tasks import HERE, TaskSent, read_note
from outreach import assignees, units
from outreach.errors import NotFoundError
from outreach.rules.rights import Right

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from desk.pages import Notice

router = APIRouter(route_class=pages.DeskRoute)

#: The form's word for: our own office, no unit.
OWN: Final = "-"
#: Why a closing cannot be undone, in words.
_NO_UNDO: Final = {
    "open": "tasks.no_undo.open",
    "act": "tasks.no_undo.act",
    "late": "tasks.no_undo.late",
    "followed": "tasks.no_undo.followed",
    "another": "tasks.no_undo.another",
}
_OVER: Final = (ClaimState.PAID, ClaimState.WRITTEN_OFF)
_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@router.post(f"{HERE}/{{task_id}}/route")
async def route(
    request: Request,
    task_id: UUID,
    visitor: Acting,
    unit: _Text = "",
    reason: _Text = "",
    due_on: _Text = "",
) -> Response:
    """Send a task to a unit, back to it with an answer, or take it back."""
    sent = TaskSent.of(request, task_id, visitor, "route", unit=unit, reason=reason, due_on=due_on)

    async def work(session: AsyncSession) -> None:
        faults = {} if unit else {"unit": "tasks.fault.unit"}
        day = _day(due_on, faults)
        read_note(reason, faults, "reason")
        try:
            await units.route(
                session, pages.runtime_of(request), TaskId(task_id), visitor.staff,
                unit=None if unit == OWN else unit, reason=reason, due_on=day,
            )  # fmt: skip
        except units.UnknownUnitError:
            raise FieldsError({"unit": "tasks.fault.unit"}) from None
        except units.DueDayError:
            raise FieldsError({"due_on": "tasks.fault.day_passed"}) from None

    return await sent.take(work, "routed")


@router.post(f"{HERE}/{{task_id}}/remind")
async def remind(request: Request, task_id: UUID, visitor: Acting) -> Response:
    """Remind a unit that is late."""

    async def work(session: AsyncSession) -> None:
        await units.remind(session, pages.runtime_of(request), TaskId(task_id), visitor.staff)

    return await TaskSent.of(request, task_id, visitor, "remind").take(work, "reminded")


@router.post(f"{HERE}/{{task_id}}/assign")
async def assign(request: Request, task_id: UUID, visitor: Acting, to: _Text = "") -> Response:
    """Give a task to oneself, to a colleague, or to nobody."""
    sent = TaskSent.of(request, task_id, visitor, "assign", to=to)

    async def work(session: AsyncSession) -> None:
        runtime, staff = pages.runtime_of(request), visitor.staff
        try:
            await assignees.assign(session, runtime, TaskId(task_id), staff, _person(to))
        except assignees.HeldError:
            raise FieldsError({"to": "tasks.fault.held"}) from None
        except assignees.NotAColleagueError:
            raise FieldsError({"to": "tasks.fault.colleague"}) from None

    return await sent.take(work, "assigned")


@router.post(f"{HERE}/{{task_id}}/reopen")
async def reopen(request: Request, task_id: UUID, visitor: Acting, reason: _Text = "") -> Response:
    """Open a task again that was closed just now."""
    sent = TaskSent.of(request, task_id, visitor, "reopen", reason=reason)

    async def work(session: AsyncSession) -> None:
        read_note(reason, name="reason")
        runtime, staff = pages.runtime_of(request), visitor.staff
        try:
            await assignees.reopen(session, runtime, TaskId(task_id), staff, reason)
        except assignees.NoUndoError as refusal:
            raise FieldsError({"reason": _NO_UNDO[refusal.because]}) from None

    return await sent.take(work, "reopened")


# --------------------------------------------------------------------------------- written by hand
class NewTask(Sent):
    """The form of a task that is written by hand."""

    async def show(self, notice: Notice, entered: Entered) -> Response:
        """Show the form."""
        return await _form(self.request, self.visitor, _citizen_of(self.request), notice, entered)


@router.get(f"{HERE}/new")
async def new(request: Request, visitor: SignedIn, citizen: UUID | None = None) -> Response:
    """Show the form of a new task; about a citizen it stands below that citizen's address."""
    if citizen is not None:
        return RedirectResponse(f"/desk/citizens/{citizen}/tasks/new", status_code=303)
    return await _form(request, visitor, None, None, Entered())


@router.get("/desk/citizens/{citizen_id}/tasks/new")
async def new_about(request: Request, citizen_id: UUID, visitor: SignedIn) -> Response:
    """Show the form of a new task about a citizen."""
    return await _form(request, visitor, citizen_id, None, Entered())


@router.post(f"{HERE}/new")
async def write(
    request: Request,
    visitor: Acting,
    what: _Text = "",
    due_on: _Text = "",
    claim: _Text = "",
    to: _Text = "",
) -> Response:
    """Write a task by hand."""
    values = {"what": what, "due_on": due_on, "claim": claim, "to": to}
    return await _write(NewTask(request, visitor, HERE, "new", values), None)


@router.post("/desk/citizens/{citizen_id}/tasks/new")
async def write_about(
    request: Request,
    citizen_id: UUID,
    visitor: Acting,
    what: _Text = "",
    due_on: _Text = "",
    claim: _Text = "",
    to: _Text = "",
) -> Response:
    """Write a task about a citizen by hand."""
    values = {"what": what, "due_on": due_on, "claim": claim, "to": to}
    return await _write(NewTask(request, visitor, HERE, "new", values), citizen_id)


async def _write(sent: NewTask, citizen_id: UUID | None) -> Response:
    given, runtime = sent.values, pages.runtime_of(sent.request)

    async def work(session: AsyncSession) -> None:
        faults: dict[str, str] = {}
        day = _day(given["due_on"], faults)
        if not given["what"].strip():
            faults["what"] = "tasks.fault.what"
        if faults:
            raise FieldsError(faults)
        citizen = await _citizen(session, sent.visitor, citizen_id) if citizen_id else None
        claim = await _claim(session, sent.visitor, citizen, given["claim"])
        await _keep(
            lambda: assignees.write(
                session, runtime, sent.visitor.staff, what=given["what"], due_on=day,
                citizen=citizen, claim=claim, to=_person(given["to"]),
            )
        )  # fmt: skip

    return await sent.take(work, "written")


async def _keep(write_it: Callable[[], Awaitable[object]]) -> None:
    """Do it, and tell at its field what stands against it."""
    try:
        await write_it()
    except assignees.WhatMissingError:
        raise FieldsError({"what": "tasks.fault.what"}) from None
    except assignees.DayPassedError:
        raise FieldsError({"due_on": "tasks.fault.day_passed"}) from None
    except assignees.HeldError:
        raise FieldsError({"to": "tasks.fault.held"}) from None
    except assignees.NotAColleagueError:
        raise FieldsError({"to": "tasks.fault.colleague"}) from None


async def _form(
    request: Request,
    visitor: Visitor,
    citizen_id: UUID | None,
    notice: Notice | None,
    entered: Entered,
) -> Response:
    runtime = pages.runtime_of(request)
    days = runtime.tasks.kinds[assignees.MANUAL].due_bank_days
    async with runtime.transaction() as session:
        citizen = await _citizen(session, visitor, citizen_id) if citizen_id else None
        claims = await queries.claims_of(session, citizen.id, _OVER) if citizen else []
        colleagues = await assignees.colleagues(session, visitor.municipality)
        counts = await handoffs.counts(session, visitor.municipality, visitor.staff.id)
    return pages.page(
        request,
        "task_new.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        citizen=citizen,
        claims=claims,
        colleagues=colleagues,
        leads=visitor.may(Right.LEAD),
        due=add_bank_days(day_of(runtime.clock.now()), days),
        longest=assignees.LONGEST_WHAT,
        notice=notice,
        entered=entered,
        parts={"alert": inbox.alert(request, visitor, counts)},
    )


async def _citizen(session: AsyncSession, visitor: Visitor, citizen_id: UUID) -> Citizen:
    found = await session.get(Citizen, CitizenId(citizen_id))
    if found is None or found.municipality != visitor.municipality:
        raise NotFoundError("no such citizen")
    return found


async def _claim(
    session: AsyncSession, visitor: Visitor, citizen: Citizen | None, given: str
) -> Claim | None:
    """Return the claim a task is about: one of the citizen's, or the one whose number is given."""
    if not given.strip():
        return None
    if citizen is None:
        found = await queries.claim_named(session, visitor.municipality, given.strip())
    else:
        number = _uuid(given)
        found = await session.get(Claim, ClaimId(number)) if number else None
        found = found if found is not None and found.citizen_id == citizen.id else None
    if found is None:
        raise FieldsError({"claim": "tasks.fault.claim"})
    return found


def _citizen_of(request: Request) -> UUID | None:
    number = request.path_params.get("citizen_id")
    return _uuid(str(number)) if number else None


def _person(given: str) -> StaffId | None:
    """Read whom a task is given to: nobody, or a person; what is no number is no colleague.

    Raises:
        FieldsError: it is no number.
    """
    if not given.strip():
        return None
    number = _uuid(given)
    if number is None:
        raise FieldsError({"to": "tasks.fault.colleague"})
    return StaffId(number)


def _day(given: str, faults: dict[str, str]) -> date:
    """Read a day, or add what is wrong with it to the faults; the day is then of no account."""
    try:
        day = read_days({"due_on": given})["due_on"]
    except FieldsError as fault:
        faults.update(fault.faults)
        day = None
    if day is None:
        faults.setdefault("due_on", "claim.fault.day")
        raise FieldsError(faults)
    return day


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given.strip())
    except ValueError:
        return None
