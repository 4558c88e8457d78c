"""Who is due a first message: the question a round asks, a batch of citizens at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, select, text

from data.models.citizens import Channel, Citizen, ContactPoint, OptOut
from data.models.claims import Claim, ClaimState, PaymentCoverage

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.engine import Row
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.sql.selectable import LateralFromClause

    from data.values.ids import CitizenId


async def due_for_first_contact(
    session: AsyncSession, municipality: str, today: date, after: UUID | None, at_a_time: int
) -> list[Row[Any]]:
    """Load the overdue claims of the next citizens that have not led to a first message.

    Each row holds the claim, its citizen, the telephone to write to (or none), whether that is
    shared, opted out or distrusted, and the day up to which payments are known.

    Args:
        session: the caller's transaction.
        municipality: whose claims.
        today: the day it is in Copenhagen.
        after: the last citizen of the batch before, or none at the start.
        at_a_time: how many citizens at the most.
    """
    citizens = _next_citizens(municipality, today, after).limit(at_a_time).subquery()
    phone = _newest_trusted_phone()
    rows = await session.execute(
        select(
            Claim,
            Citizen,
            phone.c.address.label("address"),
            _is_shared(phone.c.address).label("is_shared"),
            _is_opted_out(phone.c.address).label("opted_out"),
            _HAS_DISTRUSTED.label("is_distrusted"),
            PaymentCoverage.covers_until,
        )
        .join(citizens, citizens.c.id == Claim.citizen_id)
        .join(Citizen, Citizen.id == Claim.citizen_id)
        .outerjoin(phone, text("true"))
        .outerjoin(PaymentCoverage, PaymentCoverage.municipality == Claim.municipality)
        .where(_is_due(today))
        .order_by(Citizen.id, Claim.due_date, Claim.claim_ref)
    )
    return list(rows.all())


async def ways_to(
    session: AsyncSession, citizen_ids: Collection[CitizenId]
) -> dict[CitizenId, Row[Any]]:
    """Return each of these citizens with the telephone to write to, as for a first message."""
    phone = _newest_trusted_phone()
    rows = await session.execute(
        select(
            Citizen,
            phone.c.address.label("address"),
            _is_shared(phone.c.address).label("is_shared"),
            _is_opted_out(phone.c.address).label("opted_out"),
        )
        .outerjoin(phone, text("true"))
        .where(Citizen.id.in_(citizen_ids))
    )
    return {row.Citizen.id: row for row in rows}


_HAS_DISTRUSTED = exists().where(
    ContactPoint.citizen_id == Citizen.id, ContactPoint.distrusted_at.is_not(None)
)


def _newest_trusted_phone() -> LateralFromClause:
    return (
        select(ContactPoint.address)
        .where(
            ContactPoint.citizen_id == Citizen.id,
            ContactPoint.channel == Channel.SMS,
            ContactPoint.distrusted_at.is_(None),
        )
        .order_by(ContactPoint.id.desc())
        .limit(1)
        .lateral("phone")
    )


def _is_shared(address: ColumnElement[str]) -> ColumnElement[bool]:
    other = ContactPoint.__table__.alias("other")
    return exists().where(
        other.c.municipality == Citizen.municipality,
        other.c.channel == Channel.SMS,
        other.c.address == address,
        other.c.citizen_id != Citizen.id,
        other.c.distrusted_at.is_(None),
    )


def _is_opted_out(address: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        OptOut.municipality == Citizen.municipality,
        OptOut.channel == Channel.SMS,
        OptOut.address == address,
    )


def _next_citizens(municipality: str, today: date, after: UUID | None) -> Select[CitizenId]:
    found = (
        select(Claim.citizen_id.label("id"))
        .where(Claim.municipality == municipality, _is_due(today))
        .distinct()
        .order_by(Claim.citizen_id)
    )
    return found.where(Claim.citizen_id > after) if after else found


def _is_due(today: date) -> ColumnElement[bool]:
    """Overdue, not settled, and not written about yet."""
    settled = [ClaimState.PAID, ClaimState.WRITTEN_OFF]
    return and_(
        Claim.due_date < today, Claim.state.not_in(settled), Claim.first_contact_at.is_(None)
    )
