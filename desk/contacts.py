"""A citizen's addresses (kontaktoplysninger): not theirs, theirs after all, stopped, allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from desk import pages
from desk.auth import Acting, Visitor
from desk.citizens import CitizenSent, open_file
from desk.forms import read
from outreach import contacts
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import ContactPoint
    from data.models.staff import Staff
    from outreach.runtime import Runtime

    type Act = Callable[[AsyncSession, Runtime, Staff, int, str], Awaitable[ContactPoint]]

router = APIRouter(route_class=pages.DeskRoute)

_Text = Annotated[pages.Typed, Form(max_length=20_000)]
#: What each act is called in addresses and forms.
WRONG_NUMBER: Final = "wrong-number"
TRUST: Final = "trust"
STOP: Final = "stop"
ALLOW: Final = "allow"


@router.post("/desk/citizens/{citizen_id}/wrong-number")
async def wrong_number(
    request: Request, citizen_id: UUID, visitor: Acting, contact: _Text = "", reason: _Text = ""
) -> Response:
    """Say that an address is not the citizen's."""
    return await _act(
        request, citizen_id, visitor, (contact, reason), WRONG_NUMBER, contacts.wrong_number
    )


@router.post("/desk/citizens/{citizen_id}/trust")
async def trust(
    request: Request, citizen_id: UUID, visitor: Acting, contact: _Text = "", reason: _Text = ""
) -> Response:
    """Say that an address is the citizen's after all."""
    return await _act(request, citizen_id, visitor, (contact, reason), TRUST, contacts.trust)


@router.post("/desk/citizens/{citizen_id}/stop")
async def stop(
    request: Request, citizen_id: UUID, visitor: Acting, contact: _Text = "", reason: _Text = ""
) -> Response:
    """Stop messages to an address."""
    return await _act(request, citizen_id, visitor, (contact, reason), STOP, contacts.stop)


@router.post("/desk/citizens/{citizen_id}/allow")
async def allow(
    request: Request, citizen_id: UUID, visitor: Acting, contact: _Text = "", reason: _Text = ""
) -> Response:
    """Allow messages to an address again, at the citizen's own wish."""
    return await _act(request, citizen_id, visitor, (contact, reason), ALLOW, contacts.allow)


async def _act(
    request: Request,
    citizen_id: UUID,
    visitor: Visitor,
    given: tuple[str, str],
    name: str,
    act: Act,
) -> Response:
    contact, reason = given

    async def work(session: AsyncSession) -> None:
        file = await open_file(session, citizen_id, visitor)
        read(reason)
        known = {str(each.point.id): each.point.id for each in file.contacts}
        if contact not in known:
            raise NotFoundError("not of this citizen")
        runtime = pages.runtime_of(request)
        await act(session, runtime, visitor.staff, known[contact], reason)

    sent = CitizenSent.of(request, citizen_id, visitor, f"{name}-{contact}", {"reason": reason})
    return await sent.take(work, name)
