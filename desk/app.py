"""The desk as one router, to be included in the web app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse

from desk import (
    agreements,
    all_talks,
    answers,
    assets,
    assigning,
    citizen_acts,
    citizen_flags,
    citizens,
    claim_acts,
    claims,
    contacts,
    conversations,
    corrections,
    duty,
    events,
    hand_overs,
    inbox,
    journal,
    me,
    notes,
    pages,
    payments,
    people,
    presences,
    providers,
    reading,
    record,
    relations,
    saved_texts,
    sign_in,
    task_acts,
    tasks,
    unit,
    views,
)
from desk.auth import SignedIn, needs
from outreach.errors import NotFoundError
from outreach.rules.rights import Right

if TYPE_CHECKING:
    from types import ModuleType

    from fastapi import FastAPI

#: Every part of the desk, the right its pages need and the right its forms need. A part that does
#: not stand here does not exist; signing in is the one that needs none.
_PARTS: Final[tuple[tuple[ModuleType, Right, Right], ...]] = (
    (inbox, Right.TALK, Right.TALK),
    (all_talks, Right.TALK, Right.TALK),
    (views, Right.TALK, Right.TALK),
    (assigning, Right.LEAD, Right.LEAD),
    (events, Right.BE_HERE, Right.BE_HERE),
    (answers, Right.TALK, Right.TALK),
    (presences, Right.TALK, Right.TALK),
    (saved_texts, Right.TALK, Right.LEAD),
    (conversations, Right.TALK, Right.TALK),
    (task_acts, Right.READ_TASKS, Right.ANSWER_TASKS),
    (tasks, Right.READ_TASKS, Right.ANSWER_TASKS),
    (claims, Right.READ_CASES, Right.ACT_ON_CASES),
    (claim_acts, Right.READ_CASES, Right.ACT_ON_CASES),
    (agreements, Right.READ_CASES, Right.ACT_ON_CASES),
    (citizen_acts, Right.READ_CASES, Right.ACT_ON_CASES),
    (citizen_flags, Right.READ_CASES, Right.ACT_ON_CASES),
    (contacts, Right.READ_CASES, Right.ACT_ON_CASES),
    (notes, Right.READ_CASES, Right.ACT_ON_CASES),
    (relations, Right.READ_CASES, Right.ACT_ON_CASES),
    (journal, Right.READ_CASES, Right.ACT_ON_CASES),
    (citizens, Right.READ_CASES, Right.ACT_ON_CASES),
    (reading, Right.READ_CASES, Right.READ_CASES),
    (record, Right.AUDIT, Right.AUDIT),
    (hand_overs, Right.READ_CASES, Right.ACT_ON_CASES),
    (payments, Right.READ_CASES, Right.ACT_ON_CASES),
    (corrections, Right.TEACH, Right.TEACH),
    (unit, Right.ANSWER_FOR_UNIT, Right.ANSWER_FOR_UNIT),
    (duty, Right.READ_TASKS, Right.LEAD),
    (me, Right.BE_HERE, Right.BE_HERE),
    (people, Right.MANAGE_PEOPLE, Right.MANAGE_PEOPLE),
)


def router() -> APIRouter:
    """Return all routes of the desk; `app.state.runtime` must hold the runtime."""
    desk = APIRouter(include_in_schema=False)
    desk.include_router(sign_in.router)
    desk.include_router(providers.router)
    for part, to_read, to_act in _PARTS:
        guards = [Depends(needs(to_read, to_act)), Depends(reading.guard)]
        desk.include_router(part.router, dependencies=guards)
    desk.add_api_route("/desk/{_path:path}", _nothing_here, route_class_override=pages.DeskRoute)
    return desk


async def _nothing_here(_path: str, _visitor: SignedIn) -> Response:
    if not _path:
        return RedirectResponse("/desk", status_code=303)
    raise NotFoundError("no such page")


def mount_static(app: FastAPI) -> None:
    """Serve style sheets, scripts, fonts and icons at `/static`; they hold no one's data."""
    app.mount("/static", assets.Assets(directory=assets.STATIC), name="static")
