"""What people must look at on claims (opgaver): by due day, closed with a note, or answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.cases import TaskState
from data.queries import handoffs as handoff_queries
from data.queries import tasks as queries
from data.queries import units as unit_queries
from data.queries.searching import names_cpr
from data.queries.tasks import OWN, Chosen, Entry, Seen, TaskCounts, Whose
from data.values.ids import TaskId
from data.values.time import add_bank_days, day_of
from desk import filters, inbox, pages
from desk.auth import Acting, SignedIn, Visitor, Watching
from desk.filters import Choice
from desk.forms import Entered, FieldsError, Sent
from desk.objections import objection
from desk.pages import Notice
from desk.reading import note_search
from outreach import assignees, disputes, saved_views
from outreach import tasks as task_cases
from outreach.disputes import DisputeAnswer
from outreach.errors import NotFoundError
from outreach.rules import exchange
from outreach.rules.rights import Right
from outreach.rules.unit_answers import UnitAnswer

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.saved import SavedView
    from data.models.staff import Staff
    from data.queries.handoffs import QueueCounts
    from desk.objections import Objection
    from desk.pages import Part
    from desk.texts import Words
    from outreach.rules.exchange import Line
    from outreach.runtime import Runtime

router = APIRouter(route_class=pages.DeskRoute)

PAGE: Final = "tasks"
HERE: Final = "/desk/tasks"
#: What an address may ask of the list, in the order it is written in.
FILTERS: Final = ("view", "whose", "kind", "unit", "late", "q")
LONGEST_NOTE: Final = 4000
_LONGEST_WORDS: Final = 120
#: What the list, or a task's page, says after an act.
_DONE: Final = (
    "closed", "answered", "routed", "assigned", "reminded", "reopened", "written",
)  # fmt: skip

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
        chosen = self.chosen
        asked = {
            "view": "done" if chosen.state is TaskState.DONE else "",
            "whose": chosen.whose or "",
            "kind": chosen.kind,
            "unit": chosen.unit,
            "late": "1" if chosen.is_late else "",
            "q": chosen.words,
        }
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True)
class TaskFile:
    """One task with all its page shows."""

    entry: Entry
    said: Objection
    exchange: list[Line]
    #: Where it may be sent, and to whom it may be given.
    units: list[str]
    colleagues: list[Staff]
    #: Why its closing cannot be undone; none: it can.
    no_undo: str | None
    handoffs: QueueCounts
    #: What the unit's answer suggests for the dispute.
    suggested: DisputeAnswer | None = None
    #: The day that is offered when it goes to a unit.
    due_for_unit: date | None = field(default=None)


@dataclass(frozen=True)
class TaskSent(Sent):
    """A form that was sent from the page of a task."""

    task_id: UUID

    @classmethod
    def of(
        cls, request: Request, task_id: UUID, visitor: Visitor, form: str, **values: str
    ) -> TaskSent:
        """Take a form of one task's page."""
        return cls(request, visitor, f"{HERE}/{task_id}", form, values, task_id)

    @classmethod
    def ending(
        cls, request: Request, task_id: UUID, visitor: Visitor, form: str, **values: str
    ) -> TaskSent:
        """Take a form that ends the task: the list follows."""
        return cls(request, visitor, HERE, form, values, task_id)

    async def late(self) -> Response:
        """Show the task as somebody else has closed it, and what was written but not kept."""
        t = pages.words(self.request)
        notice = Notice("warning", t("tasks.already_closed"), t("conflict.title"), 409)
        return await self.show(notice, self.entered())

    async def show(self, notice: Notice, entered: Entered) -> Response:
        """Show the page of the task."""
        return await show(self.request, self.task_id, self.visitor, notice, entered)


# ----------------------------------------------------------------------------------------- the list
@router.get(HERE)
async def task_list(request: Request, visitor: SignedIn) -> Response:
    """Show the tasks, the soonest due first."""
    if names_cpr(request.query_params.get("q", "")):
        return RedirectResponse(f"{HERE}?no-cpr=1", status_code=303)
    tasks = await _tasks(request, visitor)
    views = await _views(request, visitor)
    async with pages.runtime_of(request).transaction() as session:
        words, found = tasks.chosen.words, len(tasks.entries)
        await note_search(session, request, visitor, "tasks", words, found)
    t = pages.words(request)
    return pages.page(
        request,
        "tasks.html",
        visitor=visitor,
        tasks=tasks,
        fields=_fields(t, tasks),
        saved=views,
        page_name=PAGE,
        no_cpr="no-cpr" in request.query_params,
        notice=done_notice(request) or filters.notice(t, request.query_params),
        parts=_parts(request, visitor, tasks),
    )


@router.get(f"{HERE}/live")
async def live(request: Request, visitor: Watching) -> Response:
    """Return the parts of the list that have changed since the page showed them."""
    tasks = await _tasks(request, visitor)
    return pages.changed(request, _parts(request, visitor, tasks).values())


def done_notice(request: Request) -> Notice | None:
    """Say what was done to a task just before, if anything was."""
    done = request.query_params.get("done", "")
    if done not in _DONE:
        return None
    return Notice("success", pages.words(request).known("tasks.done", done))


async def _tasks(request: Request, visitor: Visitor) -> TaskList:
    asked = request.query_params
    is_done = asked.get("view") == TaskState.DONE.value
    whose = asked.get("whose", "")
    chosen = Chosen(
        TaskState.DONE if is_done else TaskState.OPEN,
        _plain(asked.get("kind", "")),
        _plain(asked.get("unit", "")),
        Whose(whose) if whose in set(Whose) else None,
        is_late=asked.get("late") == "1" and not is_done,
        words=_plain(asked.get("q", "")),
    )
    runtime = pages.runtime_of(request)
    today = day_of(runtime.clock.now())
    async with runtime.transaction() as session:
        municipality, me = visitor.municipality, visitor.staff.id
        return TaskList(
            chosen,
            await queries.listed(session, Seen(municipality, me, today), chosen),
            await queries.counts(session, municipality, today),
            await handoff_queries.counts(session, municipality, me),
        )


async def _views(request: Request, visitor: Visitor) -> list[SavedView]:
    async with pages.runtime_of(request).transaction() as session:
        return await saved_views.of(session, visitor.staff, PAGE)


def _plain(asked: str) -> str:
    return " ".join(asked.replace("\x00", "").split())[:_LONGEST_WORDS]


def _fields(t: Words, tasks: TaskList) -> list[Choice]:
    """Make the fields of the filter; one with a single possible answer is left out."""
    chosen = tasks.chosen
    kinds = {*tasks.counts.kinds, *([chosen.kind] if chosen.kind else [])}
    units = [unit for unit in tasks.counts.units if unit != OWN]
    named = {OWN: t("tasks.own_unit")} | {unit: unit for unit in units}
    fields = [
        Choice("whose", chosen.whose or "", {each: t.known("tasks.whose", each) for each in Whose}),
        Choice("kind", chosen.kind, {kind: t.task_kind(kind) for kind in sorted(kinds)}),
        Choice("unit", chosen.unit, named if units or chosen.unit else {}),
    ]
    return [each for each in fields if each.options]


def _parts(request: Request, visitor: Visitor, tasks: TaskList) -> dict[str, Part]:
    most = queries.SHOWN_AT_ONCE
    return {
        "alert": inbox.alert(request, visitor, tasks.handoffs),
        "task_list": pages.part(request, "task_list", visitor, tasks=tasks, most=most),
    }


# ------------------------------------------------------------------------------------------- a task
@router.get(f"{HERE}/{{task_id}}")
async def task(request: Request, task_id: UUID, visitor: SignedIn) -> Response:
    """Show one task, and how it is closed or answered."""
    return await show(request, task_id, visitor, done_notice(request))


@router.post(f"{HERE}/{{task_id}}/close")
async def close(request: Request, task_id: UUID, visitor: Acting, note: _Text = "") -> Response:
    """Close a task with a note."""
    sent = TaskSent.ending(request, task_id, visitor, "close", note=note)

    async def work(session: AsyncSession) -> None:
        read_note(note)
        runtime, staff = pages.runtime_of(request), visitor.staff
        try:
            await task_cases.close_task(session, runtime, TaskId(task_id), staff, note)
        except task_cases.OwnAnswerError:
            raise FieldsError({"answer": "tasks.answer_first"}) from None

    return await sent.take(work, "closed")


@router.post(f"{HERE}/{{task_id}}/answer")
async def answer(
    request: Request, task_id: UUID, visitor: Acting, answer: _Text = "", note: _Text = ""
) -> Response:
    """Answer a dispute: the claim falls, is corrected, or stands."""
    sent = TaskSent.ending(request, task_id, visitor, "close", answer=answer, note=note)

    async def work(session: AsyncSession) -> None:
        runtime, staff = pages.runtime_of(request), visitor.staff
        found = await _found(session, task_id, visitor)
        if found.claim is None:
            raise NotFoundError("no claim")
        missing = {} if answer in set(DisputeAnswer) else {"answer": "tasks.answer_missing"}
        read_note(note, missing)
        verdict, claim_id = DisputeAnswer(answer), found.claim.id
        try:
            await disputes.answer(session, runtime, claim_id, staff, verdict, note)
        except disputes.HandedOverError:
            raise FieldsError({"answer": "tasks.recall_first"}) from None

    return await sent.take(work, "answered")


def read_note(note: str, faults: dict[str, str] | None = None, name: str = "note") -> None:
    """Check what was written in a field that must say something, beside other faults.

    Raises:
        FieldsError: it is empty or too long, or something else was wrong.
    """
    found = dict(faults or {})
    if not note.strip():
        found[name] = "tasks.note_missing"
    elif len(note.strip()) > LONGEST_NOTE:
        found[name] = "tasks.note_too_long"
    if found:
        raise FieldsError(found)


@router.get(f"{HERE}/{{task_id}}/{{_act}}")
async def after_an_act(task_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the task from the address of an act, when it is loaded again."""
    return RedirectResponse(f"{HERE}/{task_id}", status_code=303)


async def show(
    request: Request,
    task_id: UUID,
    visitor: Visitor,
    notice: Notice | None = None,
    entered: Entered | None = None,
) -> Response:
    """Show the page of a task, with what was written in one of its forms."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        file = await _file(session, runtime, await _found(session, task_id, visitor), visitor)
    return pages.page(
        request,
        "task.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        file=file,
        entry=file.entry,
        answers=list(DisputeAnswer),
        notice=notice,
        most=LONGEST_NOTE,
        entered=entered or Entered(),
        leads=visitor.may(Right.LEAD),
        parts={"alert": inbox.alert(request, visitor, file.handoffs)},
    )


async def _found(session: AsyncSession, task_id: UUID, visitor: Visitor) -> Entry:
    found = await queries.one(session, visitor.municipality, TaskId(task_id))
    if found is None:
        raise NotFoundError("no such task")
    return found


async def _file(
    session: AsyncSession, runtime: Runtime, entry: Entry, visitor: Visitor
) -> TaskFile:
    task, municipality = entry.task, visitor.municipality
    more: dict[str, Any] = {}
    is_open = task.closed_at is None
    if task.answered_as in set(UnitAnswer):
        more["suggested"] = disputes.AFTER_UNIT.get(UnitAnswer(task.answered_as))
    if task.kind in runtime.tasks.kinds:
        days = runtime.tasks.kinds[task.kind].due_bank_days
        more["due_for_unit"] = add_bank_days(day_of(runtime.clock.now()), days)
    may_move = is_open and task.claim_id is not None
    return TaskFile(
        entry=entry,
        said=objection(
            task,
            await unit_queries.message_of(session, task),
            await unit_queries.notes_of(session, task),
        ),
        exchange=exchange.lines(task, await unit_queries.names(session, exchange.writers(task))),
        units=await unit_queries.known_units(session, municipality) if may_move else [],
        colleagues=await assignees.colleagues(session, municipality) if is_open else [],
        no_undo=await assignees.why_not(session, runtime, task),
        handoffs=await handoff_queries.counts(session, municipality, visitor.staff.id),
        **more,
    )
