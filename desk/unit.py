"""A unit's own page (fagcentrets side): its disputes and questions, and how it answers them.

It shows the claim and the words of the objection and no more (formålsbegrænsning, F32); each task
that is opened is on record. The answer goes to the collections office, which acts on it (F2, F18).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.cases import Task
from data.queries import units as queries
from data.values.ids import TaskId
from desk import pages
from desk.auth import Acting, SignedIn, Visitor, Watching
from desk.forms import LONGEST_REASON, Entered, FieldsError, Sent, read_money
from desk.objections import objection
from desk.pages import Notice
from outreach import units
from outreach.errors import NotFoundError
from outreach.rules import exchange
from outreach.rules.unit_answers import Given, UnitAnswer, choices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.queries.units import UnitTask
    from desk.pages import Part
    from outreach.rules.exchange import Line

router = APIRouter(route_class=pages.DeskRoute)

HERE: Final = "/desk/unit"
#: What is missing or wrong in an answer, in words.
_FAULTS: Final = {
    ("answer", "missing"): "unit.fault.answer_missing",
    ("reasons", "missing"): "unit.fault.reasons_missing",
    ("right_sum", "missing"): "unit.fault.right_sum_missing",
    ("right_sum", "part"): "unit.fault.right_sum_part",
    ("to_correct", "missing"): "unit.fault.to_correct_missing",
}
_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@dataclass(frozen=True)
class AnswerSent(Sent):
    """An answer that was sent from the page of a task."""

    task_id: UUID

    async def show(self, notice: Notice, entered: Entered) -> Response:
        """Show the task's page with what was written."""
        runtime, staff = pages.runtime_of(self.request), self.visitor.staff
        async with runtime.transaction() as session:
            found = await queries.one(session, staff.municipality, staff.unit, TaskId(self.task_id))
            if found is None:
                return await self.closed(await session.get(Task, self.task_id))
            said = await _exchange(session, found)
        return _page(self.request, self.visitor, found, said, notice, entered)

    async def closed(self, task: Task | None) -> Response:
        """Tell that a task of this unit was closed; one of any other is not there.

        Raises:
            NotFoundError: it is not this unit's.
        """
        staff = self.visitor.staff
        if task is None or (task.municipality, task.unit) != (staff.municipality, staff.unit):
            raise NotFoundError("no such task")
        return await self.late()

    async def late(self) -> Response:
        """Show the list, and beside it what was written but not taken."""
        t = pages.words(self.request)
        notice = Notice("warning", t("unit.late"), t("conflict.title"), 409)
        return await _list(self.request, self.visitor, notice, str(self.values["reasons"]))


@router.get(HERE)
async def unit_list(request: Request, visitor: SignedIn) -> Response:
    """Show what waits for the unit's answer, the soonest due first."""
    t = pages.words(request)
    is_done = request.query_params.get("done") == "answered"
    return await _list(request, visitor, Notice("success", t("unit.answered")) if is_done else None)


@router.get(f"{HERE}/live")
async def live(request: Request, visitor: Watching) -> Response:
    """Return the list if it has changed since the page showed it."""
    return pages.changed(request, (await _parts(request, visitor)).values())


@router.get(f"{HERE}/{{task_id}}")
async def task(request: Request, task_id: UUID, visitor: SignedIn) -> Response:
    """Show one task, and put on record that it was opened."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        found = await units.opened(session, runtime, TaskId(task_id), visitor.staff)
        said = await _exchange(session, found)
    return _page(request, visitor, found, said, None, Entered())


@router.post(f"{HERE}/{{task_id}}/answer")
async def answer(
    request: Request,
    task_id: UUID,
    visitor: Acting,
    answer: _Text = "",
    reasons: _Text = "",
    right_sum: _Text = "",
    to_correct: _Text = "",
) -> Response:
    """Take the unit's answer, or tell what is missing in it."""
    values = {
        "answer": answer, "reasons": reasons, "right_sum": right_sum, "to_correct": to_correct,
    }  # fmt: skip
    sent = AnswerSent(request, visitor, HERE, "answer", values, task_id)

    async def work(session: AsyncSession) -> None:
        given = _read(values)
        runtime = pages.runtime_of(request)
        try:
            await units.answer(session, runtime, TaskId(task_id), visitor.staff, given)
        except units.IncompleteAnswerError as fault:
            raise FieldsError(
                {name: _FAULTS[name, word] for name, word in fault.faults.items()}
            ) from None

    return await sent.take(work, "answered")


@router.get(f"{HERE}/{{task_id}}/{{_act}}")
async def after_an_act(task_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the task from the address of an act, when it is loaded again."""
    return RedirectResponse(f"{HERE}/{task_id}", status_code=303)


def _read(values: Mapping[str, str]) -> Given:
    """Read the form.

    Raises:
        FieldsError: no answer is chosen, the sum is none, or something is too long.
    """
    faults = {
        name: "claim.fault.too_long"
        for name in ("reasons", "to_correct")
        if len(values[name].strip()) > LONGEST_REASON
    }
    if values["answer"] not in set(UnitAnswer):
        faults["answer"] = "unit.fault.answer_missing"
    try:
        right_sum = read_money("right_sum", values["right_sum"])
    except FieldsError as fault:
        raise FieldsError(faults | dict(fault.faults)) from None
    if faults:
        raise FieldsError(faults)
    answered = UnitAnswer(values["answer"])
    return Given(answered, values["reasons"], right_sum, values["to_correct"])


async def _exchange(session: AsyncSession, found: UnitTask) -> list[Line]:
    names = await queries.names(session, exchange.writers(found.task))
    return exchange.lines(found.task, names)


def _page(
    request: Request,
    visitor: Visitor,
    found: UnitTask,
    said: list[Line],
    notice: Notice | None,
    entered: Entered,
) -> Response:
    return pages.page(
        request,
        "unit_task.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        found=found,
        said=objection(found.task, found.message, found.notes),
        exchange=said,
        answers=choices(found.task.kind),
        notice=notice,
        entered=entered,
        most=LONGEST_REASON,
        parts={},
    )


async def _list(
    request: Request, visitor: Visitor, notice: Notice | None, unsent: str = ""
) -> Response:
    return pages.page(
        request,
        "unit.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        unit=visitor.staff.unit,
        notice=notice,
        unsent=unsent,
        parts=await _parts(request, visitor),
    )


async def _parts(request: Request, visitor: Visitor) -> dict[str, Part]:
    staff = visitor.staff
    async with pages.runtime_of(request).transaction() as session:
        entries = await queries.listed(session, staff.municipality, staff.unit)
    most = queries.SHOWN_AT_ONCE
    return {"unit_list": pages.part(request, "unit_list", visitor, entries=entries, most=most)}
