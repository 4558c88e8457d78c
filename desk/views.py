"""Saved views of the lists (gemte visninger): a filter under a name, one's own."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.values.ids import SavedViewId
from desk import all_talks, filters, inbox, pages, tasks
from desk.auth import Acting, SignedIn
from outreach import saved_views
from outreach.errors import ConflictError, NotFoundError
from outreach.saved_views import TooManyViewsError, ViewNameError

router = APIRouter(route_class=pages.DeskRoute)

#: Where each list is, and what its views keep.
_LISTS: Final = {
    inbox.PAGE: ("/desk", filters.QUEUE),
    all_talks.PAGE: ("/desk/conversations", filters.TALKS),
    tasks.PAGE: (tasks.HERE, tasks.FILTERS),
}
_Text = Annotated[pages.Typed, Form(max_length=2000)]


@router.get("/desk/views")
async def views(_visitor: SignedIn) -> Response:
    """Lead to the queue, when the address of a form is loaded again."""
    return RedirectResponse("/desk", status_code=303)


@router.post("/desk/views")
async def save(
    request: Request, visitor: Acting, of: _Text = "", name: _Text = "", query: _Text = ""
) -> Response:
    """Save what the list is asked for under a name."""
    if of not in _LISTS:
        raise NotFoundError("no such list")
    runtime = pages.runtime_of(request)
    kept = filters.kept(query, _LISTS[of][1])
    try:
        async with runtime.transaction() as session:
            await saved_views.save(session, runtime, visitor.staff, page=of, name=name, query=kept)
    except (ViewNameError, TooManyViewsError) as fault:
        return _back(of, kept, fault.code)
    return _back(of, kept, "view-saved")


@router.post("/desk/views/{view_id}/rename")
async def rename(request: Request, view_id: UUID, visitor: Acting, name: _Text = "") -> Response:
    """Give a view another name."""
    async with pages.runtime_of(request).transaction() as session:
        view = await saved_views.own(session, visitor.staff, SavedViewId(view_id))
        try:
            await saved_views.rename(session, visitor.staff, view, name)
        except (ViewNameError, ConflictError):
            return _back(view.page, view.query, ViewNameError.code)
    return _back(view.page, view.query, "view-renamed")


@router.post("/desk/views/{view_id}/first")
async def first(request: Request, view_id: UUID, visitor: Acting) -> Response:
    """Let the list open with a view, or no longer."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        view = await saved_views.open_with(session, runtime, visitor.staff, SavedViewId(view_id))
    return _back(view.page, view.query, "view-first")


@router.post("/desk/views/{view_id}/delete")
async def delete(request: Request, view_id: UUID, visitor: Acting) -> Response:
    """Delete a view."""
    async with pages.runtime_of(request).transaction() as session:
        view = await saved_views.remove(session, visitor.staff, SavedViewId(view_id))
    return _back(view.page, "", "view-deleted")


@router.get("/desk/views/{_view_id}/{_act}")
async def after_an_act(_view_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead to the queue, when the address of an act is loaded again."""
    return RedirectResponse("/desk", status_code=303)


def _back(page: str, query: str, done: str) -> Response:
    address = _LISTS[page][0]
    return RedirectResponse(f"{address}?{query}{'&' if query else ''}done={done}", status_code=303)
