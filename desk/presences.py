"""Who else looks at a conversation (tilstedeværelse): each open page beats while it is seen."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response

from desk import pages, thread
from desk.auth import Visitor, acting, signed_in, watching
from outreach import presences

router = APIRouter(route_class=pages.DeskRoute)

_Text = Annotated[pages.Typed, Form(max_length=200)]


async def beating(request: Request) -> Visitor:
    """Let a beat through: an open page keeps no session awake, but who writes is at work."""
    is_typing = bool((await request.form()).get("typing"))
    visitor = await (signed_in if is_typing else watching)(request)
    return await acting(request, visitor)


@router.post("/desk/conversations/{conversation_id}/presence")
async def beat(
    request: Request,
    conversation_id: UUID,
    visitor: Annotated[Visitor, Depends(beating)],
    typing: _Text = "",
    leaving: _Text = "",
    seen_presence: _Text = "",
) -> Response:
    """Note that the page is open, written in or closed; return who else is there, if new."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        talk = await thread.found(session, conversation_id, visitor)
        if leaving:
            await presences.leave(session, talk, visitor.staff)
            return Response(status_code=204)
        await presences.beat(session, runtime, talk, visitor.staff, is_typing=bool(typing))
        here = await presences.others(session, runtime, talk.id, visitor.staff.id)
    part = thread.presence(request, visitor, here)
    if part.mark == seen_presence:
        return Response(status_code=204)
    return pages.changed(request, [part])
