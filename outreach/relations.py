"""Puts on record who belongs to a citizen (relationer), on what evidence, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.models.citizens import Citizen
from data.models.relations import Relation, RelationKind
from data.notifications import notify
from data.queries import relations as queries
from data.values.time import day_of
from outreach import audit, citizens
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.overrides import ReasonMissingError

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import CitizenId, RelationId
    from data.values.phone import PhoneNumber
    from outreach.runtime import Runtime


class RelationError(MindeligError):
    """Something about a relation cannot be; `field` names it."""

    code = "relation"

    def __init__(self, field: str, text: str) -> None:
        """Take the field and what is wrong with it."""
        super().__init__(text)
        self.field = field


class KnownError(ConflictError):
    """It is on record already, or has ended already."""

    code = "relation_known"


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands beside a citizen: a guardian or a representative (værge, partsrepræsentant)."""

    kind: RelationKind
    name: str
    organisation: str = ""
    phone: PhoneNumber | None = None
    email: str = ""
    #: What it covers, in the caseworker's words.
    scope: str = ""


async def add(
    session: AsyncSession,
    runtime: Runtime,
    citizen: Citizen,
    staff: Staff,
    person: Person,
    *,
    evidence: str,
    until: date | None = None,
) -> Relation:
    """Put a guardian (værgemålsloven) or a representative (forvaltningsloven § 8) on record.

    A guardian decides for the citizen: the assistant agrees on nothing with them from now on.

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: nothing is said of what was seen: a power of attorney, a decree.
        RelationError: no name, or a last day that is over.
    """
    await citizens.hold(session, citizen, staff)
    if person.kind is RelationKind.HOUSEHOLD:
        raise RelationError("kind", "a home is shared with a citizen")
    if not person.name.strip():
        raise RelationError("name", "who is it")
    if until is not None and until < day_of(runtime.clock.now()):
        raise RelationError("until", "the day is over")
    row = Relation(
        citizen_id=citizen.id,
        kind=person.kind,
        name=person.name.strip(),
        organisation=person.organisation.strip() or None,
        phone=person.phone,
        email=person.email.strip() or None,
        scope=person.scope.strip() or None,
        until=until,
    )
    return await _keep(session, runtime, row, staff, evidence)


async def add_home(
    session: AsyncSession,
    runtime: Runtime,
    citizen: Citizen,
    staff: Staff,
    other_id: CitizenId,
    *,
    evidence: str,
) -> Relation:
    """Put on record that two citizens live together (husstand): one voice, nothing told across.

    Raises:
        NotFoundError: either is not of the caseworker's municipality.
        ReasonMissingError: nothing is said of how it is known.
        RelationError: it is the citizen themselves.
        KnownError: it is on record already.
    """
    if other_id == citizen.id:
        raise RelationError("other", "that is the citizen")
    other = await session.get(Citizen, other_id)
    if other is None or other.municipality != staff.municipality:
        raise NotFoundError("no such citizen")
    # Both are held, always in the same order: two at once write it down once.
    for each in sorted((citizen, other), key=lambda one: one.id):
        await citizens.hold(session, each, staff)
    today = day_of(runtime.clock.now())
    if await queries.share_a_home(session, citizen.id, other_id, today):
        raise KnownError("on record")
    row = Relation(citizen_id=citizen.id, kind=RelationKind.HOUSEHOLD, other_citizen_id=other_id)
    kept = await _keep(session, runtime, row, staff, evidence)
    await _record(session, runtime, kept, staff, "relation_added", other_id)
    return kept


async def end(
    session: AsyncSession,
    runtime: Runtime,
    citizen: Citizen,
    staff: Staff,
    relation_id: RelationId,
    reason: str,
) -> Relation:
    """End a relation; a home ends for both. It stays on record with who ended it and why.

    Raises:
        NotFoundError: no such relation of this citizen in the caseworker's municipality.
        ReasonMissingError: no reason is given.
        KnownError: it has ended already.
    """
    found = await queries.one(session, citizen.id, relation_id)
    if found is None or found.municipality != staff.municipality:
        raise NotFoundError("no such relation")
    if found.ended_at is not None:
        raise KnownError("ended")
    if not reason.strip():
        raise ReasonMissingError("say why")
    found.ended_at, found.ended_by = runtime.clock.now(), staff.id
    found.ended_because = reason.strip()
    await session.flush()
    for citizen_id in (found.citizen_id, found.other_citizen_id):
        if citizen_id is not None:
            await _record(session, runtime, found, staff, "relation_ended", citizen_id)
    await notify(session, found.municipality)
    return found


async def _keep(
    session: AsyncSession, runtime: Runtime, row: Relation, staff: Staff, evidence: str
) -> Relation:
    if not evidence.strip():
        raise ReasonMissingError("say what was seen")
    row.municipality, row.reason = staff.municipality, evidence.strip()
    row.added_by, row.added_at = staff.id, runtime.clock.now()
    session.add(row)
    await session.flush()
    await _record(session, runtime, row, staff, "relation_added", row.citizen_id)
    await notify(session, row.municipality)
    return row


async def _record(
    session: AsyncSession,
    runtime: Runtime,
    row: Relation,
    staff: Staff,
    act: str,
    citizen_id: CitizenId,
) -> None:
    reason = row.ended_because if act == "relation_ended" else row.reason
    await audit.record(
        session,
        runtime,
        municipality=row.municipality,
        actor=audit.actor(staff),
        act=act,
        subject_kind="citizen",
        subject_id=citizen_id,
        why=reason,
        relation=str(row.id),
        kind=row.kind.value,
    )
