"""Server-sent events: `/desk/events` tells an open page to fetch what changed."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse

from desk.auth import Watching, is_still_signed_in
from desk.pages import DeskRoute
from outreach.broadcast import Broadcast, server_sent

router = APIRouter(route_class=DeskRoute)


@router.get("/desk/events")
async def events(request: Request, visitor: Watching) -> StreamingResponse:
    """Tell the browser `changed` whenever its municipality changes, and at every connection.

    An event carries nothing: the page fetches what it shows. The stream says `ended` and stops
    when the session does.
    """
    return StreamingResponse(
        server_sent(
            _broadcast(request.app), visitor.municipality, lambda: is_still_signed_in(request)
        ),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


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
