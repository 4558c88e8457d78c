"""The desk as one router, to be included in the web app."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from desk import (
    agreements,
    citizen_acts,
    citizens,
    claim_acts,
    claims,
    conversations,
    corrections,
    events,
    hand_overs,
    inbox,
    pages,
    payments,
    sign_in,
    tasks,
)
from desk.auth import SignedIn
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from fastapi import FastAPI

_PARTS: Final = (
    sign_in, inbox, events, conversations, tasks, claims, claim_acts, agreements, citizen_acts,
    citizens, hand_overs, payments, corrections,
)  # fmt: skip
STATIC: Final = Path(__file__).with_name("static")


def router() -> APIRouter:
    """Return all routes of the desk; `app.state.runtime` must hold the runtime."""
    desk = APIRouter(include_in_schema=False)
    for part in _PARTS:
        desk.include_router(part.router)
    desk.add_api_route("/desk/{_path:path}", _nothing_here, route_class_override=pages.DeskRoute)
    return desk


async def _nothing_here(_path: str, _visitor: SignedIn) -> Response:
    if not _path:
        return RedirectResponse("/desk", status_code=303)
    raise NotFoundError("no such page")


def mount_static(app: FastAPI) -> None:
    """Serve style sheets, scripts, fonts and icons at `/static`; they hold no one's data."""
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
