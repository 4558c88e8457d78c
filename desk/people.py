"""The people of the desk (medarbejdere), for the administrator: who they are, and what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from data.models.staff import Role
from data.values.ids import StaffId
from desk import pages
from desk.auth import Acting, SignedIn, Visitor
from desk.pages import Notice
from outreach import staff as people
from outreach.errors import ConflictError, NotFoundError
from outreach.rules.rights import rights_of
from outreach.signing_in import passwords

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff

router = APIRouter(route_class=pages.DeskRoute)

PEOPLE: Final = "/desk/people"
ONE: Final = "/desk/people/{staff_id}"
_DONE: Final = {"roles", "disabled", "enabled", "factor"}
_ROLES: Final = tuple(Role)

_Text = Annotated[pages.Typed, Field(max_length=2000)]


class PersonForm(BaseModel):
    """What the form for a new person carries."""

    username: _Text = ""
    name: _Text = ""
    unit: _Text = ""
    roles: list[_Text] = Field(default_factory=list, max_length=50)
    #: `password`, or `provider` for who signs in at the municipality's own provider.
    method: _Text = "password"


class RolesForm(BaseModel):
    """What the form for roles carries."""

    unit: _Text = ""
    roles: list[_Text] = Field(default_factory=list, max_length=50)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One form about one person: who asks, and about whom."""

    request: Request
    visitor: Visitor
    staff_id: UUID

    @property
    def actor(self) -> str:
        """Who the record says did it."""
        return f"staff:{self.visitor.staff.id}"

    async def take(
        self, work: Callable[[AsyncSession, Staff], Awaitable[object]], done: str
    ) -> Response:
        """Do the act in one transaction and lead back, or show what stands against it."""
        try:
            async with pages.runtime_of(self.request).transaction() as session:
                await work(session, await self.person(session))
        except ConflictError as fault:
            return await _one(self.request, self.visitor, self.staff_id, _against(self, fault))
        except ValueError:
            raise NotFoundError("no such role") from None
        return RedirectResponse(f"{PEOPLE}/{self.staff_id}?done={done}", status_code=303)

    async def person(self, session: AsyncSession) -> Staff:
        """Return whom it is about, of the administrator's own municipality."""
        return await people.find(session, self.visitor.municipality, StaffId(self.staff_id))


@router.get(PEOPLE)
async def everyone(request: Request, visitor: SignedIn) -> Response:
    """List the municipality's people, with the form for a new one."""
    return await _list(request, visitor, PersonForm(roles=[Role.CASEWORKER]))


@router.post(PEOPLE)
async def add(request: Request, visitor: Acting, given: Annotated[PersonForm, Form()]) -> Response:
    """Add somebody; a one-time password is shown, once."""
    runtime = pages.runtime_of(request)
    password = passwords.one_time_password() if given.method != "provider" else None
    hashed = await passwords.hashed(password) if password else None
    try:
        async with runtime.transaction() as session:
            person = await people.add(
                session,
                runtime,
                username=given.username,
                name=given.name,
                municipality=visitor.municipality,
                password_hash=hashed,
                roles=given.roles,
                unit=given.unit,
                must_change_password=password is not None,
                actor=f"staff:{visitor.staff.id}",
            )
    except ConflictError as fault:
        return await _list(request, visitor, given, fault=fault.code)
    except ValueError:
        return await _list(request, visitor, given, fault="name")
    notice = Notice("success", pages.words(request)("people.added", name=person.name))
    return await _one(request, visitor, person.id, notice, password=password)


@router.get(ONE)
async def one(request: Request, visitor: SignedIn, staff_id: UUID) -> Response:
    """Show one person, and what an administrator can do for them."""
    done = request.query_params.get("done", "")
    text = pages.words(request).known("people.done", done) if done in _DONE else None
    return await _one(request, visitor, staff_id, Notice("success", text) if text else None)


@router.post(f"{ONE}/roles")
async def give_roles(
    request: Request, visitor: Acting, staff_id: UUID, given: Annotated[RolesForm, Form()]
) -> Response:
    """Let somebody be what was ticked, and nothing else."""
    asked, runtime = _Asked(request, visitor, staff_id), pages.runtime_of(request)

    async def work(session: AsyncSession, person: Staff) -> None:
        await people.give_roles(
            session, runtime, person, given.roles, given.unit, actor=asked.actor
        )

    return await asked.take(work, "roles")


@router.post(f"{ONE}/disable")
async def disable(request: Request, visitor: Acting, staff_id: UUID) -> Response:
    """Let somebody in no more."""
    asked, runtime = _Asked(request, visitor, staff_id), pages.runtime_of(request)

    async def work(session: AsyncSession, person: Staff) -> None:
        await people.disable(session, runtime, person.username, actor=asked.actor)

    return await asked.take(work, "disabled")


@router.post(f"{ONE}/enable")
async def enable(request: Request, visitor: Acting, staff_id: UUID) -> Response:
    """Let somebody in again."""
    asked, runtime = _Asked(request, visitor, staff_id), pages.runtime_of(request)

    async def work(session: AsyncSession, person: Staff) -> None:
        await people.enable(session, runtime, person.username, actor=asked.actor)

    return await asked.take(work, "enabled")


@router.post(f"{ONE}/password")
async def reset_password(request: Request, visitor: Acting, staff_id: UUID) -> Response:
    """Give somebody a one-time password; it is shown, once."""
    asked, runtime = _Asked(request, visitor, staff_id), pages.runtime_of(request)
    password = passwords.one_time_password()
    hashed = await passwords.hashed(password)
    try:
        async with runtime.transaction() as session:
            person = await asked.person(session)
            await people.reset_password(session, runtime, person, hashed, actor=asked.actor)
    except ConflictError as fault:
        return await _one(request, visitor, staff_id, _against(asked, fault))
    notice = Notice("success", pages.words(request)("people.done.password"))
    return await _one(request, visitor, staff_id, notice, password=password)


@router.post(f"{ONE}/second-factor")
async def reset_second_factor(request: Request, visitor: Acting, staff_id: UUID) -> Response:
    """Forget somebody's telephone, so that they set up another."""
    asked, runtime = _Asked(request, visitor, staff_id), pages.runtime_of(request)

    async def work(session: AsyncSession, person: Staff) -> None:
        await people.reset_second_factor(session, runtime, person, actor=asked.actor)

    return await asked.take(work, "factor")


async def _list(
    request: Request, visitor: Visitor, given: PersonForm, fault: str | None = None
) -> Response:
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        found = await people.everyone(session, visitor.municipality)
    return pages.page(
        request,
        "people.html",
        status=422 if fault else 200,
        visitor=visitor,
        people=found,
        given=given,
        fault=fault,
        roles=_ROLES,
        has_provider=visitor.municipality in runtime.providers.municipalities,
    )


async def _one(
    request: Request,
    visitor: Visitor,
    staff_id: UUID,
    notice: Notice | None,
    *,
    password: str | None = None,
) -> Response:
    async with pages.runtime_of(request).transaction() as session:
        person = await people.find(session, visitor.municipality, StaffId(staff_id))
    return pages.page(
        request,
        "person.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        person=person,
        notice=notice,
        password=password,
        roles=_ROLES,
        rights=sorted(rights_of(person.roles)),
    )


def _against(asked: _Asked, fault: ConflictError) -> Notice:
    t = pages.words(asked.request)
    return Notice("warning", t.known("people.fault", fault.code), t("people.fault_title"), 409)
