"""The queue of handoffs (henvendelser), and the list of all conversations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from data.queries import conversations, handoffs
from desk import pages
from desk.auth import SignedIn, Visitor, Watching

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.models.handoffs import Handoff
    from data.queries.handoffs import QueueCounts
    from desk.pages import Part

router = APIRouter(route_class=pages.DeskRoute)


class View(StrEnum):
    """Which handoffs are shown (visning)."""

    WAITING = "waiting"
    MINE = "mine"
    OTHERS = "others"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Queue:
    """What the list shows."""

    view: View
    counts: QueueCounts
    handoffs: list[Handoff]


@router.get("/desk")
async def inbox(request: Request, visitor: SignedIn) -> Response:
    """Show the handoffs, the most urgent first."""
    queue = await _queue(request, visitor)
    parts = _parts(request, visitor, queue)
    return pages.page(request, "inbox.html", visitor=visitor, view=queue.view, parts=parts)


@router.get("/desk/live")
async def live(request: Request, visitor: Watching) -> Response:
    """Return the parts of the list that have changed since the page showed them."""
    queue = await _queue(request, visitor)
    return pages.changed(request, _parts(request, visitor, queue).values())


@router.get("/desk/conversations")
async def every_conversation(request: Request, visitor: SignedIn) -> Response:
    """Show the latest conversations, whoever answers in them."""
    talks, counts = await _all(request, visitor)
    parts = _all_parts(request, visitor, talks, counts)
    return pages.page(request, "all.html", visitor=visitor, parts=parts)


@router.get("/desk/conversations/live")
async def live_conversations(request: Request, visitor: Watching) -> Response:
    """Return the parts of the list of conversations that have changed."""
    talks, counts = await _all(request, visitor)
    return pages.changed(request, _all_parts(request, visitor, talks, counts).values())


def alert(request: Request, visitor: Visitor, counts: QueueCounts) -> Part:
    """Write what every page says on top: that somebody must be answered today."""
    return pages.part(request, "alert", visitor, counts=counts)


async def _queue(request: Request, visitor: Visitor) -> Queue:
    asked = request.query_params.get("view", "")
    view = View(asked) if asked in set(View) else View.WAITING
    async with pages.runtime_of(request).transaction() as session:
        counts = await handoffs.counts(session, visitor.municipality, visitor.staff.id)
        return Queue(view, counts, await _listed(session, visitor, view))


async def _listed(session: AsyncSession, visitor: Visitor, view: View) -> list[Handoff]:
    municipality, me = visitor.municipality, visitor.staff.id
    match view:
        case View.WAITING:
            return await handoffs.waiting(session, municipality)
        case View.MINE:
            return await handoffs.held_by(session, municipality, me)
        case View.OTHERS:
            return await handoffs.held_by_others(session, municipality, me)
        case View.CLOSED:
            return await handoffs.closed(session, municipality)


def _parts(request: Request, visitor: Visitor, queue: Queue) -> dict[str, Part]:
    most = handoffs.SHOWN_AT_ONCE
    return {
        "alert": alert(request, visitor, queue.counts),
        "status": pages.part(request, "status", visitor, counts=queue.counts),
        "queue": pages.part(request, "queue", visitor, queue=queue, views=list(View), most=most),
    }


async def _all(request: Request, visitor: Visitor) -> tuple[list[Conversation], QueueCounts]:
    async with pages.runtime_of(request).transaction() as session:
        counts = await handoffs.counts(session, visitor.municipality, visitor.staff.id)
        return await conversations.latest(session, visitor.municipality), counts


def _all_parts(
    request: Request, visitor: Visitor, talks: list[Conversation], counts: QueueCounts
) -> dict[str, Part]:
    return {
        "alert": alert(request, visitor, counts),
        "talks": pages.part(request, "talks", visitor, talks=talks),
    }
