"""Questions about claims, each answered with everything it needs loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from data.models.claims import Claim, ClaimState

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId


async def overdue_of(session: AsyncSession, citizen_id: CitizenId, today: date) -> list[Claim]:
    """Return a citizen's claims that are owed and past their last day to pay, oldest first.

    Those in a plan, in respite or disputed are among them; their `state` tells.
    """
    found = await session.scalars(
        select(Claim)
        .where(
            Claim.citizen_id == citizen_id,
            Claim.due_date < today,
            ~Claim.is_settled,
            Claim.state.not_in([ClaimState.PAID, ClaimState.WRITTEN_OFF]),
        )
        .order_by(Claim.due_date, Claim.claim_ref)
    )
    return list(found)


async def coming_of(session: AsyncSession, citizen_id: CitizenId, today: date) -> list[Claim]:
    """Return a citizen's open claims whose last day to pay is still to come, soonest first."""
    found = await session.scalars(
        select(Claim)
        .where(
            Claim.citizen_id == citizen_id,
            Claim.due_date >= today,
            Claim.state == ClaimState.OPEN,
            ~Claim.is_settled,
        )
        .order_by(Claim.due_date, Claim.claim_ref)
    )
    return list(found)


async def of_citizen(session: AsyncSession, citizen_id: CitizenId) -> list[Claim]:
    """Return all claims of a citizen, newest deadline first."""
    found = await session.scalars(
        select(Claim)
        .where(Claim.citizen_id == citizen_id)
        .order_by(Claim.due_date.desc(), Claim.claim_ref)
    )
    return list(found)
