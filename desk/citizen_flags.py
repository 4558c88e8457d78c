"""What holds for a citizen as a whole: frozen, dead, protected, and the language they prefer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from data.models.citizens import Language
from desk import pages
from desk.auth import Acting, Visitor
from desk.citizens import CitizenSent, found
from desk.forms import FieldsError, read
from outreach import circumstances, citizens, contacts, preferences, protections

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from data.models.staff import Staff
    from outreach.runtime import Runtime

    type Act = Callable[[AsyncSession, Runtime, Citizen, Staff, str], Awaitable[None]]

router = APIRouter(route_class=pages.DeskRoute)

_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@router.post("/desk/citizens/{citizen_id}/freeze")
async def freeze(
    request: Request, citizen_id: UUID, visitor: Acting, because: _Text = "", reason: _Text = ""
) -> Response:
    """Stop all that is automatic for the citizen."""

    async def work(session: AsyncSession) -> None:
        citizen, runtime = await found(session, citizen_id, visitor), pages.runtime_of(request)
        read(reason)
        if because not in runtime.lexicon.kinds:
            raise FieldsError({"because": "person.fault.because"})
        await citizens.freeze_by_staff(session, runtime, citizen, visitor.staff, because, reason)

    values = {"because": because, "reason": reason}
    return await CitizenSent.of(request, citizen_id, visitor, "freeze", values).take(work, "frozen")


@router.post("/desk/citizens/{citizen_id}/unfreeze")
async def unfreeze(
    request: Request, citizen_id: UUID, visitor: Acting, reason: _Text = ""
) -> Response:
    """Let what is automatic begin again, with a note of what was done."""
    return await _act(request, citizen_id, visitor, reason, "unfreeze", citizens.unfreeze)


@router.post("/desk/citizens/{citizen_id}/deceased")
async def deceased(
    request: Request, citizen_id: UUID, visitor: Acting, deceased_on: _Text = "", reason: _Text = ""
) -> Response:
    """Put on record that the citizen has died."""

    async def work(session: AsyncSession) -> None:
        citizen = await found(session, citizen_id, visitor)
        on = read(reason, {"deceased_on": deceased_on})["deceased_on"]
        if on is None:
            raise FieldsError({"deceased_on": "claim.fault.day"})
        runtime = pages.runtime_of(request)
        try:
            await circumstances.record_death(session, runtime, citizen, visitor.staff, on, reason)
        except circumstances.CircumstanceError as fault:
            raise FieldsError({fault.field: "claim.fault.untrue"}) from None

    values = {"deceased_on": deceased_on, "reason": reason}
    sent = CitizenSent.of(request, citizen_id, visitor, "deceased", values)
    return await sent.take(work, "deceased")


@router.post("/desk/citizens/{citizen_id}/alive")
async def alive(
    request: Request, citizen_id: UUID, visitor: Acting, reason: _Text = ""
) -> Response:
    """Take back that the citizen has died."""
    return await _act(request, citizen_id, visitor, reason, "alive", circumstances.undo_death)


@router.post("/desk/citizens/{citizen_id}/protect")
async def protect(
    request: Request, citizen_id: UUID, visitor: Acting, reason: _Text = ""
) -> Response:
    """Note that the citizen's name and address are protected."""
    return await _act(request, citizen_id, visitor, reason, "protect", protections.protect)


@router.post("/desk/citizens/{citizen_id}/unprotect")
async def unprotect(
    request: Request, citizen_id: UUID, visitor: Acting, reason: _Text = ""
) -> Response:
    """Take the note of the protection back."""
    return await _act(request, citizen_id, visitor, reason, "unprotect", protections.lift)


@router.post("/desk/citizens/{citizen_id}/open-identity")
async def open_identity(
    request: Request, citizen_id: UUID, visitor: Acting, reason: _Text = ""
) -> Response:
    """Let the citizen prove who they are again, after too many wrong answers."""
    return await _act(request, citizen_id, visitor, reason, "open-identity", contacts.open_identity)


@router.post("/desk/citizens/{citizen_id}/stop-all")
async def stop_all(
    request: Request, citizen_id: UUID, visitor: Acting, reason: _Text = ""
) -> Response:
    """Stop all messages to the citizen, on every channel."""
    act = preferences.stop_everywhere_by_staff
    return await _act(request, citizen_id, visitor, reason, "stop-all", act)


@router.post("/desk/citizens/{citizen_id}/language")
async def language(
    request: Request, citizen_id: UUID, visitor: Acting, language: _Text = "", reason: _Text = ""
) -> Response:
    """Write to the citizen in the language they prefer."""

    async def work(session: AsyncSession) -> None:
        citizen = await found(session, citizen_id, visitor)
        read(reason)
        if language not in set(Language):
            raise FieldsError({"language": "person.fault.language"})
        await citizens.prefer_language(
            session,
            pages.runtime_of(request),
            citizen,
            visitor.staff,
            Language(language),
            reason,
        )

    values = {"language": language, "reason": reason}
    sent = CitizenSent.of(request, citizen_id, visitor, "language", values)
    return await sent.take(work, "language")


async def _act(
    request: Request, citizen_id: UUID, visitor: Visitor, reason: str, name: str, act: Act
) -> Response:
    async def work(session: AsyncSession) -> None:
        citizen = await found(session, citizen_id, visitor)
        read(reason)
        await act(session, pages.runtime_of(request), citizen, visitor.staff, reason)

    sent = CitizenSent.of(request, citizen_id, visitor, name, {"reason": reason})
    return await sent.take(work, name)
