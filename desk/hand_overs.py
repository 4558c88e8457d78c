"""Hand-overs (overdragelser): what will leave and can be stopped, what has left, what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.hand_overs import HandOverState
from data.queries import hand_overs as file_queries
from data.queries import handoffs as handoff_queries
from data.values.ids import HandOverFileId, HandOverId
from desk import inbox, pages
from desk.auth import Acting, SignedIn, Visitor, Watching
from desk.pages import Notice
from outreach import audit, hand_overs
from outreach.errors import ConflictError, NotFoundError
from outreach.hand_overs.writers import CsvWriter, file_name

if TYPE_CHECKING:
    from data.models.hand_overs import HandOverFile
    from data.queries.handoffs import QueueCounts
    from outreach.hand_overs import Listed

router = APIRouter(route_class=pages.DeskRoute)

LONGEST_REASON: Final = 4000
#: Rows shown at once; the first to leave are always among them.
SHOWN_AT_ONCE: Final = 200

_Text = Annotated[pages.Typed, Form(max_length=20_000)]


class View(StrEnum):
    """Which hand-overs are shown (visning)."""

    WAITING = "waiting"
    SENT = "sent"
    BACK = "back"
    STOPPED = "stopped"
    FILES = "files"


_STATES: Final = {
    View.WAITING: (HandOverState.WAITING, HandOverState.INVALID),
    View.SENT: (HandOverState.FILED, HandOverState.ACCEPTED),
    View.BACK: (HandOverState.REJECTED, HandOverState.RETURNED, HandOverState.RECALLED),
    View.STOPPED: (HandOverState.STOPPED,),
    View.FILES: (),
}


@dataclass(frozen=True, slots=True)
class Entered:
    """A reason that was not taken: for which hand-over, and what is wrong with it."""

    hand_over: str = ""
    reason: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Departures:
    """What the page shows."""

    view: View
    counts: QueueCounts
    listed: list[Listed] = field(default_factory=list)
    files: list[HandOverFile] = field(default_factory=list)


@router.get("/desk/hand-overs")
async def hand_over_list(request: Request, visitor: SignedIn) -> Response:
    """Show hand-overs, the first to leave first."""
    is_stopped = request.query_params.get("done") == "stopped"
    words = pages.words(request)
    notice = Notice("success", words("hand_overs.stopped_now")) if is_stopped else None
    return await _show(request, visitor, notice)


@router.get("/desk/hand-overs/live")
async def live(request: Request, visitor: Watching) -> Response:
    """Return what every page says on top; the list stays while reasons are written in it."""
    async with pages.runtime_of(request).transaction() as session:
        me = visitor.staff.id
        counts = await handoff_queries.counts(session, visitor.municipality, me)
    return pages.changed(request, [inbox.alert(request, visitor, counts)])


@router.get("/desk/hand-overs/files/{file_id}")
async def download(request: Request, file_id: UUID, visitor: SignedIn) -> Response:
    """Hand out a file as it was written, and put on record who fetched it."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        municipality = visitor.municipality
        file = await file_queries.one_file(session, municipality, HandOverFileId(file_id))
        if file is None:
            raise NotFoundError("no such file")
        await audit.record(
            session,
            runtime,
            municipality=municipality,
            actor=f"staff:{visitor.staff.id}",
            act="hand_over_file_fetched",
            subject_kind="hand_over_file",
            subject_id=file.id,
        )
        name = file_name(municipality, file.recipient, file.number, CsvWriter.suffix)
        return Response(
            file.content.encode(),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


@router.post("/desk/hand-overs/{hand_over_id}/stop")
async def stop(
    request: Request, hand_over_id: UUID, visitor: Acting, reason: _Text = ""
) -> Response:
    """Stop a hand-over in its quiet period, with a reason."""
    t, runtime = pages.words(request), pages.runtime_of(request)
    fault = _fault(reason)
    try:
        async with runtime.transaction() as session:
            number = HandOverId(hand_over_id)
            if fault is None:
                await hand_overs.stop(session, runtime, number, visitor.staff, reason)
    except ConflictError:
        notice = Notice("warning", t("hand_overs.too_late"), t("conflict.title"), 409)
        return await _show(request, visitor, notice)
    if fault is not None:
        entered = Entered(str(hand_over_id), reason, fault)
        notice = Notice("warning", t("form.fault"), t("form.fault_title"), 422)
        return await _show(request, visitor, notice, entered)
    return RedirectResponse("/desk/hand-overs?done=stopped", status_code=303)


@router.get("/desk/hand-overs/{_hand_over_id}/{_act}")
async def after_an_act(_hand_over_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the list from the address of an act, when it is loaded again."""
    return RedirectResponse("/desk/hand-overs", status_code=303)


def _fault(reason: str) -> str | None:
    if not reason.strip():
        return "claim.fault.reason"
    return "claim.fault.too_long" if len(reason.strip()) > LONGEST_REASON else None


async def _show(
    request: Request,
    visitor: Visitor,
    notice: Notice | None = None,
    entered: Entered | None = None,
) -> Response:
    departures = await _departures(request, visitor)
    return pages.page(
        request,
        "hand_overs.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        departures=departures,
        views=list(View),
        notice=notice,
        entered=entered or Entered(),
        most=LONGEST_REASON,
        most_rows=SHOWN_AT_ONCE,
        parts={"alert": inbox.alert(request, visitor, departures.counts)},
    )


async def _departures(request: Request, visitor: Visitor) -> Departures:
    asked = request.query_params.get("view", "")
    view = View(asked) if asked in set(View) else View.WAITING
    municipality = visitor.municipality
    async with pages.runtime_of(request).transaction() as session:
        counts = await handoff_queries.counts(session, municipality, visitor.staff.id)
        if view is View.FILES:
            return Departures(view, counts, files=await file_queries.files(session, municipality))
        found = await hand_overs.listed(session, municipality, _STATES[view])
        return Departures(view, counts, found[:SHOWN_AT_ONCE])
