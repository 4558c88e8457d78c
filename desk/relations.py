"""Who belongs to a citizen (relationer): added with what was seen, and ended with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from data.models.relations import RelationKind
from data.queries import citizens as citizen_queries
from data.values.ids import RelationId
from data.values.phone import PhoneNumber
from desk import pages
from desk.auth import Acting, Visitor
from desk.citizens import CitizenSent, found
from desk.forms import FieldsError, read
from outreach import relations
from outreach.errors import NotFoundError
from outreach.relations import Person, RelationError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId

router = APIRouter(route_class=pages.DeskRoute)

_Text = Annotated[pages.Typed, Form(max_length=20_000)]
_Field = Annotated[pages.Typed, Field(max_length=20_000)]
_LONGEST: Final = {"name": 200, "organisation": 200, "email": 254, "scope": 400}


class PersonForm(BaseModel):
    """A guardian or a representative as the form sends it."""

    kind: _Field = ""
    name: _Field = ""
    organisation: _Field = ""
    phone: _Field = ""
    email: _Field = ""
    scope: _Field = ""
    until: _Field = ""
    reason: _Field = ""

    def person(self) -> Person:
        """Read who it is; all that is wrong is told at once.

        Raises:
            FieldsError: something is missing, too long, or no telephone number.
        """
        faults = {
            field: "relation.fault.too_long"
            for field, most in _LONGEST.items()
            if len(getattr(self, field)) > most
        }
        if self.kind not in {RelationKind.GUARDIAN, RelationKind.REPRESENTATIVE}:
            faults["kind"] = "relation.fault.kind"
        if not self.name.strip():
            faults["name"] = "relation.fault.name"
        phone = None
        try:
            phone = PhoneNumber.parse(self.phone) if self.phone.strip() else None
        except ValueError:
            faults["phone"] = "relation.fault.phone"
        if faults:
            raise FieldsError(faults)
        kind = RelationKind(self.kind)
        return Person(kind, self.name, self.organisation, phone, self.email, self.scope)


@router.post("/desk/citizens/{citizen_id}/relation")
async def add(
    request: Request, citizen_id: UUID, visitor: Acting, form: Annotated[PersonForm, Form()]
) -> Response:
    """Put a guardian or a representative on record."""

    async def work(session: AsyncSession) -> None:
        citizen = await found(session, citizen_id, visitor)
        person = form.person()
        until = read(form.reason, {"until": form.until})["until"]
        runtime = pages.runtime_of(request)
        try:
            await relations.add(
                session, runtime, citizen, visitor.staff, person, evidence=form.reason, until=until
            )
        except RelationError as fault:
            raise FieldsError({fault.field: "relation.fault.over"}) from None

    sent = CitizenSent.of(request, citizen_id, visitor, "relation", form.model_dump())
    return await sent.take(work, "related")


@router.post("/desk/citizens/{citizen_id}/household")
async def add_home(
    request: Request, citizen_id: UUID, visitor: Acting, other: _Text = "", reason: _Text = ""
) -> Response:
    """Put on record whom the citizen lives with."""

    async def work(session: AsyncSession) -> None:
        citizen = await found(session, citizen_id, visitor)
        read(reason)
        other_id = await _the_one(session, visitor, other)
        runtime = pages.runtime_of(request)
        try:
            await relations.add_home(
                session, runtime, citizen, visitor.staff, other_id, evidence=reason
            )
        except RelationError:
            raise FieldsError({"other": "relation.fault.self"}) from None

    values = {"other": other, "reason": reason}
    sent = CitizenSent.of(request, citizen_id, visitor, "household", values)
    return await sent.take(work, "related")


@router.post("/desk/citizens/{citizen_id}/end-relation")
async def end(
    request: Request, citizen_id: UUID, visitor: Acting, relation: _Text = "", reason: _Text = ""
) -> Response:
    """End a relation."""

    async def work(session: AsyncSession) -> None:
        citizen = await found(session, citizen_id, visitor)
        read(reason)
        try:
            number = RelationId(UUID(relation))
        except ValueError:
            raise NotFoundError("no such relation") from None
        runtime = pages.runtime_of(request)
        await relations.end(session, runtime, citizen, visitor.staff, number, reason)

    name = f"end-relation-{relation}"
    sent = CitizenSent.of(request, citizen_id, visitor, name, {"reason": reason})
    return await sent.take(work, "unrelated")


async def _the_one(session: AsyncSession, visitor: Visitor, asked: str) -> CitizenId:
    """Return the one citizen that a case number, a telephone number or a name finds."""
    hits = await citizen_queries.search(session, visitor.municipality, asked)
    if len(hits) != 1:
        raise FieldsError({"other": "relation.fault.one" if hits else "relation.fault.nobody"})
    return hits[0].citizen.id
