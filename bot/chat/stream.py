"""Server-sent events: an open chat is told at once that something is new (hændelser)."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from bot.chat.pages import ChatRoute
from bot.chat.sessions import Visiting
from bot.runtime import RuntimeOf
from data.notifications import Topic
from outreach import web_chats
from outreach.broadcast import Broadcast, server_sent

HEARTBEAT_SECONDS: Final = 30.0

router = APIRouter(route_class=ChatRoute)


@router.get("/events")
async def events(request: Request, visitor: Visiting, runtime: RuntimeOf) -> Response:
    """Tell the page `changed` whenever its conversation changes, and at every connection.

    An event carries nothing: the page fetches what it shows. The stream says `ended` and stops
    when the chat does. Without a chat there is nothing to tell: 204, and browsers ask no more.
    """
    async with runtime.transaction() as session:
        talk = await web_chats.find(session, runtime, visitor.policy.key, visitor.token)
    if talk is None:
        return Response(status_code=204)
    conversation_id = talk.id

    async def is_open() -> bool:
        async with runtime.transaction() as session:
            return await web_chats.stands(session, runtime, visitor.token, conversation_id)

    return StreamingResponse(
        server_sent(
            _broadcast(request.app), str(conversation_id), is_open, heartbeat=HEARTBEAT_SECONDS
        ),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def close_streams(app: FastAPI) -> None:
    """End all streams, so that the web process can stop at once; browsers come back later."""
    _broadcast(app).close()


def _broadcast(app: FastAPI) -> Broadcast:
    """Return the process's one broadcast to citizens, made when the first page asks."""
    state = app.state
    if not hasattr(state, "chat_broadcast"):
        state.chat_broadcast = Broadcast(state.runtime.database.engine.url, Topic.TALK)
    found: Broadcast = state.chat_broadcast
    return found
