"""Server-sent events: `/desk/events` tells an open page to fetch what changed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse

from desk.auth import Visitor, Watching, is_still_signed_in
from desk.pages import DeskRoute
from outreach.broadcast import Broadcast

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HEARTBEAT_SECONDS: Final = 15.0
#: Changes closer together than this are one event.
QUIET_SECONDS: Final = 0.2
_RETRY: Final = "retry: 2000\n\n"
_CHANGED: Final = "event: changed\ndata: \n\n"
_ENDED: Final = "event: ended\ndata: \n\n"
_HEARTBEAT: Final = ": still here\n\n"

router = APIRouter(route_class=DeskRoute)


@router.get("/desk/events")
async def events(request: Request, visitor: Watching) -> StreamingResponse:
    """Tell the browser `changed` whenever its municipality changes, and at every connection.

    An event carries nothing: the page fetches what it shows. The stream says `ended` and stops
    when the session does.
    """
    return StreamingResponse(
        _stream(request, visitor),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _stream(request: Request, visitor: Visitor) -> AsyncIterator[str]:
    broadcast = _broadcast(request.app)
    async with broadcast.subscribe(visitor.municipality) as bell:
        yield _RETRY
        bell.set()  # a browser that was away fetches what it missed
        while not broadcast.is_closing:
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), HEARTBEAT_SECONDS)
            if not await is_still_signed_in(request):
                yield _ENDED
                return
            rang = bell.is_set()
            bell.clear()  # before the browser hears of it: a later change rings again
            yield _CHANGED if rang else _HEARTBEAT
            if rang:
                await asyncio.sleep(QUIET_SECONDS)


def close_streams(app: FastAPI) -> None:
    """End all streams, so that the web process can stop at once; browsers come back later."""
    _broadcast(app).close()


def _broadcast(app: FastAPI) -> Broadcast:
    """Return the process's one broadcast, made when the first browser asks."""
    state = app.state
    if not hasattr(state, "desk_broadcast"):
        state.desk_broadcast = Broadcast(state.runtime.database.engine.url)
    found: Broadcast = state.desk_broadcast
    return found
