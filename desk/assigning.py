"""A duty manager gives a conversation to somebody, also one that somebody has (tildeling)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.handoffs import Handoff, HandoffState
from data.queries import handoffs as queries
from data.values.ids import HandoffId
from desk import inbox, pages
from desk.auth import Acting, SignedIn, Visitor
from desk.pages import Notice
from outreach import takeovers
from outreach.errors import ConflictError, NotFoundError
from outreach.rules.rights import Right, rights_of
from outreach.takeovers import LONGEST_WHY

if TYPE_CHECKING:
    from data.models.staff import Staff
    from data.queries.handoffs import QueueCounts

router = APIRouter(route_class=pages.DeskRoute)

_HERE: Final = "/desk/handoffs/{handoff_id}/assign"
_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@router.get(_HERE)
async def form(request: Request, handoff_id: UUID, visitor: SignedIn) -> Response:
    """Show who could get the conversation."""
    return await _show(request, handoff_id, visitor)


@router.post(_HERE)
async def assign(
    request: Request, handoff_id: UUID, visitor: Acting, to: _Text = "", why: _Text = ""
) -> Response:
    """Give the conversation to somebody, with a reason on record."""
    runtime = pages.runtime_of(request)
    handoff, people, _ = await _found(request, handoff_id, visitor)
    chosen = next((each for each in people if str(each.id) == to), None)
    faults = {
        "to": "" if chosen else "assign.missing_person",
        "why": "" if 0 < len(why.strip()) <= LONGEST_WHY else "assign.missing_reason",
    }
    if chosen is None or any(faults.values()):
        return await _show(request, handoff_id, visitor, faults=faults, to=to, why=why)
    try:
        async with runtime.transaction() as session:
            await takeovers.assign(
                session, runtime, handoff.id, by=visitor.staff, to=chosen, why=why
            )
    except ConflictError:
        return await _show(request, handoff_id, visitor, to=to, why=why, is_over=True)
    return RedirectResponse("/desk?view=others&done=assigned", status_code=303)


async def _found(
    request: Request, handoff_id: UUID, visitor: Visitor
) -> tuple[Handoff, list[Staff], QueueCounts]:
    async with pages.runtime_of(request).transaction() as session:
        municipality, me = visitor.municipality, visitor.staff.id
        handoff = await queries.one(session, municipality, HandoffId(handoff_id))
        if handoff is None:
            raise NotFoundError("no such handoff")
        people = await queries.colleagues(session, municipality)
        counts = await queries.counts(session, municipality, me)
    return handoff, [each for each in people if Right.TALK in rights_of(each.roles)], counts


async def _show(
    request: Request,
    handoff_id: UUID,
    visitor: Visitor,
    *,
    faults: dict[str, str] | None = None,
    is_over: bool = False,
    to: str = "",
    why: str = "",
) -> Response:
    handoff, people, counts = await _found(request, handoff_id, visitor)
    t = pages.words(request)
    notice = None
    if is_over or handoff.state is HandoffState.CLOSED:
        notice = Notice("warning", t("assign.conflict"), t("conflict.title"), 409)
    elif faults:
        notice = Notice("warning", t("form.fault"), t("form.fault_title"), 422)
    return pages.page(
        request,
        "assign.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        handoff=handoff,
        people=people,
        notice=notice,
        faults=faults or {},
        to=to,
        why=why,
        most=LONGEST_WHY,
        parts={"alert": inbox.alert(request, visitor, counts)},
    )
