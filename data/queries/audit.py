"""The record as an auditor asks for it (log): by person, citizen, act and day, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    cast,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from data.models.agreements import Agreement
from data.models.audit import AuditEntry
from data.models.cases import Task
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.conversations import Conversation, Message
from data.models.hand_overs import HandOver
from data.models.handoffs import Handoff
from data.models.notes import Note
from data.models.payments import Allocation
from data.models.relations import Relation
from data.models.staff import Staff

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId, StaffId

#: Entries on one page.
SHOWN_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are asked for; nothing given asks for all of the municipality's."""

    actor: str = ""
    citizen_id: CitizenId | None = None
    #: One of these acts; none: any.
    acts: tuple[str, ...] = ()
    #: Any act but these.
    but: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


async def listed(
    session: AsyncSession, municipality: str, asked: Asked, *, before: int | None, most: int
) -> list[AuditEntry]:
    """Return entries, the newest first; `before` is the number of the last one seen."""
    query = select(AuditEntry).where(AuditEntry.municipality == municipality, *_conditions(asked))
    if before is not None:
        seen = select(AuditEntry.at, AuditEntry.id).where(AuditEntry.id == before)
        query = query.where(tuple_(AuditEntry.at, AuditEntry.id) < seen.scalar_subquery())
    newest = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return list(await session.scalars(newest.limit(most)))


async def of_citizen(session: AsyncSession, citizen: Citizen) -> list[AuditEntry]:
    """Return all that is on record about a citizen, the oldest first."""
    query = select(AuditEntry).where(
        AuditEntry.municipality == citizen.municipality, about(citizen.id)
    )
    return list(await session.scalars(query.order_by(AuditEntry.at, AuditEntry.id)))


def about(citizen_id: CitizenId) -> ColumnElement[bool]:
    """Ask for what is about a citizen, or about anything of theirs."""
    return tuple_(AuditEntry.subject_kind, AuditEntry.subject_id).in_(_subjects(citizen_id))


async def citizen_named(session: AsyncSession, municipality: str, given: str) -> Citizen | None:
    """Return the citizen with a case number; never by name or CPR number."""
    named = select(Claim.citizen_id).where(
        Claim.municipality == municipality, Claim.claim_ref == given
    )
    return await session.scalar(
        select(Citizen).where(Citizen.municipality == municipality, Citizen.id.in_(named)).limit(1)
    )


async def people(session: AsyncSession, municipality: str) -> dict[StaffId, str]:
    """Return all who work or worked in a municipality, by name."""
    rows = await session.execute(
        select(Staff.id, Staff.name)
        .where(Staff.municipality == municipality)
        .order_by(Staff.name, Staff.id)
    )
    return {row.id: row.name for row in rows}


async def names_of(
    session: AsyncSession, municipality: str, ids: Collection[UUID]
) -> dict[str, str]:
    """Return the names of citizens by their number in words."""
    rows = await session.execute(
        select(Citizen.id, Citizen.name).where(
            Citizen.municipality == municipality, Citizen.id.in_(ids)
        )
    )
    return {str(row.id): row.name for row in rows}


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.actor:
        found.append(AuditEntry.actor == asked.actor)
    if asked.citizen_id is not None:
        found.append(about(asked.citizen_id))
    if asked.acts:
        found.append(AuditEntry.act.in_(asked.acts))
    if asked.but:
        found.append(AuditEntry.act.not_in(asked.but))
    if asked.since is not None:
        found.append(AuditEntry.at >= asked.since)
    if asked.until is not None:
        found.append(AuditEntry.at < asked.until)
    return found


def _subjects(citizen_id: CitizenId) -> Select[tuple[str, str]]:
    """Name the citizen and all that is theirs, as the record names its subjects."""
    claims = select(Claim.id).where(Claim.citizen_id == citizen_id)
    talks = select(Conversation.id).where(Conversation.citizen_id == citizen_id)
    theirs = [
        ("claim", Claim.id, Claim.citizen_id == citizen_id),
        ("agreement", Agreement.id, Agreement.citizen_id == citizen_id),
        ("conversation", Conversation.id, Conversation.citizen_id == citizen_id),
        ("handoff", Handoff.id,
         or_(Handoff.citizen_id == citizen_id, Handoff.conversation_id.in_(talks))),
        ("task", Task.id, or_(Task.citizen_id == citizen_id, Task.claim_id.in_(claims))),
        ("hand_over", HandOver.id, HandOver.claim_id.in_(claims)),
        ("payment", Allocation.payment_id, Allocation.claim_id.in_(claims)),
        ("message", Message.id, Message.citizen_id == citizen_id),
        ("note", Note.id, Note.citizen_id == citizen_id),
        ("relation", Relation.id, Relation.citizen_id == citizen_id),
    ]  # fmt: skip
    rows = [
        select(literal(kind).label("kind"), cast(number, String).label("number")).where(which)
        for kind, number, which in theirs
    ]
    itself = select(literal("citizen").label("kind"), literal(str(citizen_id)).label("number"))
    every = union_all(itself, *rows).subquery()
    return select(every.c.kind, every.c.number)
