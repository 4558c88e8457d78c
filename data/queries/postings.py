"""Questions about postings: what a claim's charges consist of, and what interest rests on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from data.models.cases import Effect, Override, Task
from data.models.claims import Claim, ClaimState
from data.models.payments import Allocation, Payment
from data.models.postings import Posting, PostingKind
from data.values.money import NOTHING, Money
from data.values.time import day_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId

DISPUTE = "dispute"
#: The steps a caseworker may name who holds interest back.
_OF_INTEREST = ("all", "interest")
#: What interest may run on at all; what a rule says besides comes after.
_RUNNING = (ClaimState.OPEN, ClaimState.IN_PLAN)


@dataclass(frozen=True, slots=True)
class Charges:
    """What stands on a claim besides its principal, less what was waived, øre (tillæg)."""

    fees: Money = NOTHING
    interest: Money = NOTHING


async def charges_of(
    session: AsyncSession, claim_ids: Collection[ClaimId]
) -> dict[ClaimId, Charges]:
    """Return fees and interest of each of these claims; none is left out."""
    fee = Posting.kind.in_([PostingKind.FEE, PostingKind.FEE_WAIVED])
    rows = await session.execute(
        select(Posting.claim_id, case((fee, "fees"), else_="interest"), Posting.amount).where(
            Posting.claim_id.in_(claim_ids), Posting.kind != PostingKind.WRITE_OFF
        )
    )
    sums = {claim_id: {"fees": NOTHING, "interest": NOTHING} for claim_id in claim_ids}
    for claim_id, what, amount in rows:
        sums[claim_id][what] += amount
    return {claim_id: Charges(**both) for claim_id, both in sums.items()}


async def fees_of(
    session: AsyncSession, claim_ids: Collection[ClaimId]
) -> list[tuple[Posting, Money]]:
    """Return the fees that stand on these claims, oldest first, each with what is left of it.

    A fee that was waived whole is left out.
    """
    waiver = aliased(Posting)
    rows = await session.execute(
        select(Posting, waiver.amount)
        .outerjoin(waiver, waiver.waives == Posting.id)
        .where(Posting.claim_id.in_(claim_ids), Posting.kind == PostingKind.FEE)
        .order_by(Posting.day, Posting.id)
    )
    fees = [(fee, fee.amount + (waived or NOTHING)) for fee, waived in rows]
    return [(fee, left) for fee, left in fees if left]


async def charged_since(
    session: AsyncSession, claim_ids: Sequence[ClaimId], since: datetime
) -> Money:
    """Return the fees and interest posted on these claims after an instant, waived or not."""
    found = await session.scalars(
        select(Posting.amount).where(
            Posting.claim_id.in_(claim_ids),
            Posting.created_at > since,
            Posting.kind.in_([PostingKind.FEE, PostingKind.INTEREST]),
        )
    )
    return sum(found, NOTHING)


async def paid_since(session: AsyncSession, claim_ids: Sequence[ClaimId], since: datetime) -> Money:
    """Return the payments put to these claims after an instant, less what was taken back."""
    found = await session.scalars(
        select(Allocation.amount).where(
            Allocation.claim_id.in_(claim_ids), Allocation.created_at > since
        )
    )
    return sum(found, NOTHING)


async def of_claim(session: AsyncSession, claim_id: ClaimId) -> list[Posting]:
    """Return a claim's postings, oldest first."""
    found = await session.scalars(
        select(Posting).where(Posting.claim_id == claim_id).order_by(Posting.id)
    )
    return list(found)


async def next_late(
    session: AsyncSession, municipality: str, today: date, after: UUID | None, at_a_time: int
) -> list[ClaimId]:
    """Lock the next claims that are late, owed and not at rest, in the order of their ids.

    A payment that is booked at this moment is waited for.
    """
    chosen = select(Claim.id).where(
        Claim.municipality == municipality,
        Claim.state.in_(_RUNNING),
        Claim.due_date < today,
        ~Claim.is_settled,
    )
    if after is not None:
        chosen = chosen.where(Claim.id > after)
    found = await session.scalars(chosen.order_by(Claim.id).limit(at_a_time).with_for_update())
    return list(found)


async def payments_of(
    session: AsyncSession, claim_ids: Sequence[ClaimId]
) -> dict[ClaimId, list[tuple[date, Money]]]:
    """Return day and sum of all that was put to these claims, oldest payment first."""
    rows = await session.execute(
        select(Allocation.claim_id, Payment.paid_on, Allocation.amount)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.claim_id.in_(claim_ids))
        .order_by(Payment.paid_on, Allocation.id)
    )
    payments: dict[ClaimId, list[tuple[date, Money]]] = defaultdict(list)
    for claim_id, paid_on, amount in rows:
        payments[claim_id].append((paid_on, amount))
    return payments


async def interest_keys_of(
    session: AsyncSession, claim_ids: Sequence[ClaimId]
) -> dict[ClaimId, set[str]]:
    """Return which periods' interest stands on these claims already."""
    rows = await session.execute(
        select(Posting.claim_id, Posting.key).where(
            Posting.claim_id.in_(claim_ids), Posting.kind == PostingKind.INTEREST
        )
    )
    keys: dict[ClaimId, set[str]] = defaultdict(set)
    for claim_id, key in rows:
        keys[claim_id].add(key)
    return keys


async def rests_of(
    session: AsyncSession, claim_ids: Sequence[ClaimId], now: datetime
) -> dict[ClaimId, date]:
    """Return the last day on which each claim rested for a dispute or a caseworker's word.

    That is today where the dispute is still open. A claim that never rested so is left out. The
    days of plans, respites and pauses stand in the case.
    """
    disputes = await session.execute(
        select(Task.claim_id, func.max(func.coalesce(Task.closed_at, now)))
        .where(Task.claim_id.in_(claim_ids), Task.kind == DISPUTE)
        .group_by(Task.claim_id)
    )
    rests = {claim_id: day_of(at) for claim_id, at in disputes if claim_id}
    words = await session.execute(
        select(Override.claim_id, Override.until, Override.revoked_at).where(
            Override.claim_id.in_(claim_ids),
            or_(
                Override.effect == Effect.SHELVE,
                and_(Override.effect == Effect.HOLD, Override.step.in_(_OF_INTEREST)),
            ),
        )
    )
    for claim_id, until, revoked_at in words:
        ends = [day for day in (until, day_of(revoked_at) if revoked_at else None) if day]
        if ends:
            rests[claim_id] = max(min(ends), rests.get(claim_id, min(ends)))
    return rests
