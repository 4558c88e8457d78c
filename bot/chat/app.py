"""Puts the web chat into the web app: a page of its own, and the window for other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Response
from fastapi.staticfiles import StaticFiles

from bot.chat import pages, stream, writing
from bot.chat.pages import ChatRoute
from bot.chat.sessions import ROOT, Visiting

if TYPE_CHECKING:
    from fastapi import FastAPI

_PAGE: Final = f"{ROOT}/{{municipality}}"
_WINDOW: Final = f"{_PAGE}/embed"


def mount(app: FastAPI) -> None:
    """Put the chat at `/chat/{municipality}`; `app.state.runtime` must hold the runtime."""
    app.mount(pages.FILES, StaticFiles(directory=pages.STATIC), name="chat-static")
    app.include_router(router())


def router() -> APIRouter:
    """Return all routes of the chat: the same for the page and for the window."""
    chat = APIRouter(include_in_schema=False)
    for place in (_PAGE, _WINDOW):
        for part in (pages, writing, stream):
            chat.include_router(part.router, prefix=place)
    chat.add_api_route(f"{_PAGE}/widget.js", _widget, route_class_override=ChatRoute)
    return chat


async def _widget(visitor: Visiting) -> Response:
    """Return the one script that a municipality's own site names."""
    return Response(
        pages.widget_script(visitor),
        media_type="text/javascript; charset=utf-8",
        headers={
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )
