"""A caseworker's own views of their lists (gemte visninger): saved, renamed, put first, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from data.models.saved import SavedView
from data.values.ids import new_id
from outreach.errors import ConflictError, MindeligError, NotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import SavedViewId
    from outreach.runtime import Runtime

MOST_VIEWS: Final = 30
LONGEST_NAME: Final = 80
#: The view a list opens with is kept once more, as the view of its start.
_START: Final = "start of "


class ViewNameError(MindeligError):
    """A view needs a name, and not one the list has already."""

    code = "view_name"


class TooManyViewsError(MindeligError):
    """The list has as many views as it may."""

    code = "too_many_views"


async def of(session: AsyncSession, staff: Staff, page: str) -> list[SavedView]:
    """List somebody's views of a list, by name."""
    query = select(SavedView).where(SavedView.staff_id == staff.id, SavedView.page == page)
    return list(await session.scalars(query.order_by(func.lower(SavedView.name), SavedView.id)))


async def start(session: AsyncSession, staff: Staff, page: str) -> str | None:
    """Return what the list opens with, as its address says it; none: as everybody's does."""
    return await session.scalar(
        select(SavedView.query).where(
            SavedView.staff_id == staff.id, SavedView.page == _START + page
        )
    )


async def own(session: AsyncSession, staff: Staff, view_id: SavedViewId) -> SavedView:
    """Return a view of somebody's own, locked.

    Raises:
        NotFoundError: they have no such view.
    """
    view = await session.get(SavedView, view_id, with_for_update=True)
    if view is None or view.staff_id != staff.id or view.page.startswith(_START):
        raise NotFoundError("no such view")
    return view


async def save(
    session: AsyncSession, runtime: Runtime, staff: Staff, *, page: str, name: str, query: str
) -> None:
    """Keep a view under a name; the same name again keeps the new one instead.

    Raises:
        ViewNameError: the name is empty or too long.
        TooManyViewsError: there are as many as there may be.
    """
    called = _name(name)
    known = {view.name for view in await of(session, staff, page)}
    if called not in known and len(known) >= MOST_VIEWS:
        raise TooManyViewsError("delete one first")
    await _keep(session, runtime, staff, page, called, query)
    await _follow(session, staff, page, called, query=query)


async def rename(session: AsyncSession, staff: Staff, view: SavedView, name: str) -> None:
    """Give a view another name.

    Raises:
        ViewNameError: the name is empty or too long.
        ConflictError: another view of the list is called so.
    """
    called = _name(name)
    others = await of(session, staff, view.page)
    if any(each.name == called and each.id != view.id for each in others):
        raise ConflictError("name taken")
    await _follow(session, staff, view.page, view.name, name=called)
    view.name = called


async def remove(session: AsyncSession, staff: Staff, view_id: SavedViewId) -> SavedView:
    """Delete a view; a list that opened with it opens as everybody's does.

    Raises:
        NotFoundError: they have no such view.
    """
    view = await own(session, staff, view_id)
    await _clear_start(session, staff, view.page, only=view.name)
    await session.delete(view)
    return view


async def open_with(
    session: AsyncSession, runtime: Runtime, staff: Staff, view_id: SavedViewId
) -> SavedView:
    """Let the list open with a view; with the one it opens with already: as everybody's does.

    Raises:
        NotFoundError: they have no such view.
    """
    view = await own(session, staff, view_id)
    was = await start(session, staff, view.page)
    await _clear_start(session, staff, view.page)
    if was != view.query:
        await _keep(session, runtime, staff, _START + view.page, view.name, view.query)
    return view


async def _keep(
    session: AsyncSession, runtime: Runtime, staff: Staff, page: str, name: str, query: str
) -> None:
    row = insert(SavedView).values(
        id=new_id(),
        municipality=staff.municipality,
        staff_id=staff.id,
        page=page,
        name=name,
        query=query,
        created_at=runtime.clock.now(),
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["staff_id", "page", "name"], set_={"query": query}
        )
    )


async def _follow(session: AsyncSession, staff: Staff, page: str, was: str, **now: str) -> None:
    """Let the start of the list follow the view it is made of."""
    first = await session.scalar(
        select(SavedView).where(
            SavedView.staff_id == staff.id, SavedView.page == _START + page, SavedView.name == was
        )
    )
    for field, value in now.items():
        if first is not None:
            setattr(first, field, value)


async def _clear_start(
    session: AsyncSession, staff: Staff, page: str, only: str | None = None
) -> None:
    gone = delete(SavedView).where(SavedView.staff_id == staff.id, SavedView.page == _START + page)
    await session.execute(gone if only is None else gone.where(SavedView.name == only))


def _name(given: str) -> str:
    called = " ".join(given.split())
    if not called or len(called) > LONGEST_NAME:
        raise ViewNameError("a view needs a name of at most 80 letters")
    return called
