"""Passes on what became too much on one claim of a payment that named several (videreførsel).

A shared number's or an agreement's payment fills its claims in their order. Where one of them is
paid by its own reference later, the earlier money goes on to the others that still lack it, so that
it does not count which of the two came first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import aliased

from data.models.payments import Allocation, Payment, PaymentKind
from data.values.money import NOTHING, Money
from outreach import booking
from outreach.booking import Books
from outreach.intake import matching
from outreach.intake.matching import Target
from outreach.intake.payment_rows import told_again
from outreach.rules import allocation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId
    from outreach.booking import Row
    from outreach.intake.matching import Index, Known
    from outreach.payment_effects import FollowUp
    from outreach.rules.allocation import Part

RULE: Final = "rule"
#: Why money stands on another claim than first: `allocation_because` of the desk's texts.
PASSED_ON: Final = "passed_on"
_BY_STAFF: Final = aliased(Allocation)


async def pass_on(
    session: AsyncSession, known: Known, booked: Books, left: FollowUp
) -> dict[ClaimId, Row]:
    """Do so for the claims that money was just put to; return those that were moved.

    The books are written. What a caseworker has placed or moved stays where it is.
    """
    over = _overpaid(booked)
    several = await _named_several(session, over) if over else []
    if not several:
        return {}
    names = {name for payment in several for name in told_again(payment).names}
    index, claims = await matching.index(session, known, names, over)
    payments = await _locked(session, [payment.id for payment in several])
    stands = await booking.stands(session, [payment.id for payment in payments])
    books = Books(booked.day, claims)
    for payment in payments:
        target = index.target(told_again(payment))
        if isinstance(target, Target):
            _move(books, index, payment, target, stands[payment.id], left)
    await books.write(session)
    return books.moved


def _overpaid(booked: Books) -> set[ClaimId]:
    """Return the claims that money was put to and on which too much stands."""
    put_to = {one["claim_id"] for one in booked.allocations if one["amount"] > NOTHING}
    return {each for each in put_to if _too_much(booked.claims[each]) > NOTHING}


async def _named_several(session: AsyncSession, over: Collection[ClaimId]) -> Sequence[Payment]:
    """Find the payments on these claims that named more than one, and that no person has placed."""
    by_staff = select(_BY_STAFF.id).where(
        _BY_STAFF.payment_id == Payment.id, _BY_STAFF.made_by.startswith("staff:")
    )
    on_them = select(Allocation.payment_id).where(Allocation.claim_id.in_(over))
    found = await session.scalars(
        select(Payment).where(
            Payment.id.in_(on_them),
            Payment.kind == PaymentKind.RECEIVED,
            Payment.claim_id.is_(None),
            Payment.payment_id.is_not(None),
            ~by_staff.exists(),
        )
    )
    return found.all()


async def _locked(session: AsyncSession, payment_ids: Collection[int]) -> Sequence[Payment]:
    """Lock payments after their claims, as caseworkers' acts do; the last comes first."""
    found = await session.scalars(
        select(Payment)
        .where(Payment.id.in_(payment_ids))
        .order_by(Payment.id.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


def _move(
    books: Books,
    index: Index,
    payment: Payment,
    target: Target,
    stands: Sequence[Part],
    left: FollowUp,
) -> None:
    row: Row = {name: getattr(payment, name) for name in booking.OF_A_PAYMENT}
    for part in stands:
        claim = books.claims.get(cast("ClaimId", part.ref))
        if claim is None or claim not in target.claims:
            continue
        others = [index.share(one) for one in target.claims if one is not claim]
        too_much = min(part.amount, _too_much(claim))
        parts = allocation.pass_on(part.ref, too_much, others)
        if parts:
            books.put(row, parts, RULE, PASSED_ON)
        for each in parts[1:]:
            left.note(books.claims[cast("ClaimId", each.ref)], row)


def _too_much(claim: Row) -> Money:
    over: Money = claim["paid"] - booking.owed(claim)
    return over
