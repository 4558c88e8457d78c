"""What people must look at on claims (opgaver): by due day, closed with a note, or answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.cases import TaskState
from data.queries import handoffs as handoff_queries
from data.queries import tasks as queries
from data.queries.tasks import OWN, Chosen, Entry, TaskCounts
from data.values.ids import TaskId
from data.values.time import day_of
from desk import inbox, pages
from desk.auth import Acting, SignedIn, Visitor, Watching
from desk.pages import Notice
from outreach import disputes
from outreach import tasks as task_cases
from outreach.disputes import DisputeAnswer
from outreach.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.queries.handoffs import QueueCounts
    from desk.pages import Part

router = APIRouter(route_class=pages.DeskRoute)

LONGEST_NOTE: Final = 4000
_DONE: Final = {"closed": "tasks.closed_now", "answered": "tasks.answered_now"}
_LONGEST_UNIT: Final = 120

_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class TaskList:
    """What the list shows."""

    chosen: Chosen
    entries: list[Entry]
    counts: TaskCounts
    handoffs: QueueCounts

    @property
    def address(self) -> str:
        """The list's own choice, as its address says it."""
        asked = {
            "view": self.chosen.state.value,
            "kind": self.chosen.kind,
            "unit": self.chosen.unit,
        }
        return urlencode(asked)


@router.get("/desk/tasks")
async def task_list(request: Request, visitor: SignedIn) -> Response:
    """Show the tasks, the soonest due first."""
    tasks = await _tasks(request, visitor)
    done = _DONE.get(request.query_params.get("done", ""))
    return pages.page(
        request,
        "tasks.html",
        visitor=visitor,
        tasks=tasks,
        notice=Notice("success", pages.words(request)(done)) if done else None,
        parts=_parts(request, visitor, tasks),
    )


@router.get("/desk/tasks/live")
async def live(request: Request, visitor: Watching) -> Response:
    """Return the parts of the list that have changed since the page showed them."""
    tasks = await _tasks(request, visitor)
    return pages.changed(request, _parts(request, visitor, tasks).values())


@router.get("/desk/tasks/{task_id}")
async def task(request: Request, task_id: UUID, visitor: SignedIn) -> Response:
    """Show one task, and how it is closed or answered."""
    return await _show(request, task_id, visitor)


@router.post("/desk/tasks/{task_id}/close")
async def close(request: Request, task_id: UUID, visitor: Acting, note: _Text = "") -> Response:
    """Close a task with a note."""
    fault = _note_fault(note)
    if fault is not None:
        return await _again(request, task_id, visitor, note=note, note_fault=fault)
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            await task_cases.close_task(session, runtime, TaskId(task_id), visitor.staff, note)
    except task_cases.OwnAnswerError:
        return await _again(request, task_id, visitor, note=note, answer_fault="tasks.answer_first")
    except ConflictError:
        return await _late(request, task_id, visitor, note)
    return RedirectResponse("/desk/tasks?done=closed", status_code=303)


@router.post("/desk/tasks/{task_id}/answer")
async def answer(
    request: Request, task_id: UUID, visitor: Acting, answer: _Text = "", note: _Text = ""
) -> Response:
    """Answer a dispute: the claim falls, is corrected, or stands."""
    entered = {"answer": answer, "note": note}
    fault = _note_fault(note)
    if fault is not None:
        entered["note_fault"] = fault
    if answer not in set(DisputeAnswer):
        entered["answer_fault"] = "tasks.answer_missing"
    if len(entered) > 2:  # noqa: PLR2004 - a fault was found
        return await _again(request, task_id, visitor, **entered)
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            found = await _found(session, task_id, visitor)
            if found.claim is None:
                raise NotFoundError("no claim")
            await disputes.answer(
                session, runtime, found.claim.id, visitor.staff, DisputeAnswer(answer), note
            )
    except disputes.HandedOverError:
        entered["answer_fault"] = "tasks.recall_first"
        return await _again(request, task_id, visitor, **entered)
    except ConflictError:
        return await _late(request, task_id, visitor, note)
    return RedirectResponse("/desk/tasks?done=answered", status_code=303)


@router.get("/desk/tasks/{task_id}/{_act}")
async def after_an_act(task_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the task from the address of an act, when it is loaded again."""
    return RedirectResponse(f"/desk/tasks/{task_id}", status_code=303)


def _note_fault(note: str) -> str | None:
    if not note.strip():
        return "tasks.note_missing"
    return "tasks.note_too_long" if len(note.strip()) > LONGEST_NOTE else None


async def _tasks(request: Request, visitor: Visitor) -> TaskList:
    asked = request.query_params
    is_done = asked.get("view") == TaskState.DONE.value
    chosen = Chosen(
        TaskState.DONE if is_done else TaskState.OPEN,
        _plain(asked.get("kind", "")),
        _plain(asked.get("unit", "")),
    )
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        municipality = visitor.municipality
        return TaskList(
            chosen,
            await queries.listed(session, municipality, chosen),
            await queries.counts(session, municipality, day_of(runtime.clock.now())),
            await handoff_queries.counts(session, municipality, visitor.staff.id),
        )


def _plain(asked: str) -> str:
    return asked.replace("\x00", "")[:_LONGEST_UNIT]


def _parts(request: Request, visitor: Visitor, tasks: TaskList) -> dict[str, Part]:
    return {
        "alert": inbox.alert(request, visitor, tasks.handoffs),
        "task_list": pages.part(
            request, "task_list", visitor, tasks=tasks, own=OWN, most=queries.SHOWN_AT_ONCE
        ),
    }


async def _found(session: AsyncSession, task_id: UUID, visitor: Visitor) -> Entry:
    found = await queries.one(session, visitor.municipality, TaskId(task_id))
    if found is None:
        raise NotFoundError("no such task")
    return found


async def _show(
    request: Request,
    task_id: UUID,
    visitor: Visitor,
    notice: Notice | None = None,
    **entered: str,
) -> Response:
    async with pages.runtime_of(request).transaction() as session:
        found = await _found(session, task_id, visitor)
        counts = await handoff_queries.counts(session, visitor.municipality, visitor.staff.id)
    return pages.page(
        request,
        "task.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        entry=found,
        answers=list(DisputeAnswer),
        notice=notice,
        most=LONGEST_NOTE,
        entered={"note": "", "answer": "", "note_fault": "", "answer_fault": "", **entered},
        parts={"alert": inbox.alert(request, visitor, counts)},
    )


async def _again(request: Request, task_id: UUID, visitor: Visitor, **entered: str) -> Response:
    """Show the page with what was written still in its field, and what is wrong with it."""
    t = pages.words(request)
    notice = Notice("warning", t("form.fault"), t("form.fault_title"), 422)
    return await _show(request, task_id, visitor, notice, **entered)


async def _late(request: Request, task_id: UUID, visitor: Visitor, note: str) -> Response:
    """Show the task as somebody else has closed it, and what was written but not kept."""
    t = pages.words(request)
    notice = Notice("warning", t("tasks.already_closed"), t("conflict.title"), 409)
    return await _show(request, task_id, visitor, notice, note=note)
