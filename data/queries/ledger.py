"""What the books must add up to: postings of some days, balances, and claims that do not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from data.models.claims import Claim
from data.models.postings import Posting
from data.values.money import Money
from data.values.time import ONE_DAY, at_local

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession

_AT_A_TIME = 1000

#: Each claim's movements, by the day of a posting and the moment a payment was booked here.
_BALANCES = text("""
    with posted as (
        select claim_id,
            coalesce(sum(amount) filter (where day < :first), 0) as before,
            coalesce(sum(amount) filter (where day > :last), 0) as later,
            coalesce(sum(amount) filter (where kind = 'fee' and day between :first and :last), 0)
                as fees,
            coalesce(sum(amount) filter (
                where kind = 'interest' and day between :first and :last), 0) as interest,
            coalesce(sum(amount) filter (where kind in ('fee_waived', 'interest_waived')
                and day between :first and :last), 0) as waivers,
            coalesce(sum(amount) filter (
                where kind = 'write_off' and day between :first and :last), 0) as write_offs
        from postings where municipality = :municipality group by claim_id
    ), received as (
        select claim_id,
            coalesce(sum(amount) filter (where created_at < :starts), 0) as before,
            coalesce(sum(amount) filter (where created_at >= :ends), 0) as later,
            coalesce(sum(amount) filter (
                where created_at >= :starts and created_at < :ends), 0) as within
        from allocations where municipality = :municipality group by claim_id
    ), lines as (
        select claim_type,
            case when created_at < :starts then principal else 0 end
                + coalesce(posted.before, 0) - coalesce(received.before, 0) as opening,
            case when created_at >= :starts then principal else 0 end as claims,
            coalesce(posted.fees, 0) as fees,
            coalesce(posted.interest, 0) as interest,
            coalesce(posted.waivers, 0) as waivers,
            coalesce(posted.write_offs, 0) as write_offs,
            coalesce(received.within, 0) as payments,
            principal + charged - paid
                - coalesce(posted.later, 0) + coalesce(received.later, 0) as closing
        from claims
        left join posted on posted.claim_id = claims.id
        left join received on received.claim_id = claims.id
        where municipality = :municipality and created_at < :ends
    )
    select claim_type, sum(opening)::bigint as opening, sum(claims)::bigint as claims,
        sum(fees)::bigint as fees, sum(interest)::bigint as interest,
        sum(waivers)::bigint as waivers, sum(write_offs)::bigint as write_offs,
        sum(payments)::bigint as payments, sum(closing)::bigint as closing,
        sum(greatest(closing, 0))::bigint as outstanding,
        sum(greatest(-closing, 0))::bigint as overpaid
    from lines group by claim_type order by claim_type
""")
#: Each sum is joined once a claim: on tables the planner has no figures of yet it would loop.
_NO_LOOPS = text("set local enable_nestloop = off")
#: What had come in by the end of the days and stood on no claim: all money less all that was put.
_WAITING = text("""
    select (select coalesce(sum(amount), 0) from payments
            where municipality = :municipality and created_at < :ends)
        - (select coalesce(sum(amount), 0) from allocations
            where municipality = :municipality and created_at < :ends)
""")
_UNEVEN_PAYMENTS = text("""
    with put as (
        select payment_id, sum(amount)::bigint as oere
        from allocations where municipality = :municipality group by payment_id
    )
    select payment_ref, allocated, coalesce(put.oere, 0) as allocations
    from payments left join put on put.payment_id = payments.id
    where municipality = :municipality and allocated <> coalesce(put.oere, 0)
    order by payment_ref limit :at_most
""")
_UNEVEN = text("""
    with posted as (
        select claim_id, sum(amount)::bigint as oere
        from postings where municipality = :municipality group by claim_id
    ), received as (
        select claim_id, sum(amount)::bigint as oere
        from allocations where municipality = :municipality group by claim_id
    )
    select claim_ref, charged, coalesce(posted.oere, 0) as postings, paid,
        coalesce(received.oere, 0) as payments
    from claims
    left join posted on posted.claim_id = claims.id
    left join received on received.claim_id = claims.id
    where municipality = :municipality
        and (charged <> coalesce(posted.oere, 0) or paid <> coalesce(received.oere, 0))
    order by claim_ref limit :at_most
""")


@dataclass(frozen=True, slots=True)
class Balance:
    """How the claims of one type moved from the first day's morning to the last day's night, øre.

    `waivers` and `write_offs` are below zero. The principal is the ledger's own as it stands now,
    since its history is kept there; payments count on the day they were booked here.
    """

    claim_type: str
    opening: Money
    claims: Money
    fees: Money
    interest: Money
    waivers: Money
    write_offs: Money
    payments: Money
    closing: Money
    outstanding: Money
    overpaid: Money

    @property
    def difference(self) -> Money:
        """What does not add up (difference); nothing when the books are right."""
        charged = self.fees + self.interest + self.waivers + self.write_offs
        return self.opening + self.claims + charged - self.payments - self.closing


@dataclass(frozen=True, slots=True)
class Uneven:
    """A claim whose own sums are not those of its postings and payments (afvigelse), øre."""

    claim_ref: str
    charged: Money
    postings: Money
    paid: Money
    payments: Money


@dataclass(frozen=True, slots=True)
class UnevenPayment:
    """A payment whose own sum is not that of its allocations (afvigelse), øre."""

    payment_ref: str
    allocated: Money
    allocations: Money


async def balances(
    session: AsyncSession, municipality: str, first: date, last: date
) -> list[Balance]:
    """Return the balance of each claim type; opening and closing are reached on two roads.

    The opening balance is added up from single postings and payments, the closing one from what
    the claims themselves say: they meet only if the books are right.
    """
    await session.execute(_NO_LOOPS)
    rows = await session.execute(_BALANCES, _bounds(municipality, first, last))
    return [_sums(Balance, row) for row in rows]


async def uneven(session: AsyncSession, municipality: str, at_most: int) -> list[Uneven]:
    """Return the first claims whose sums are not those of their postings and payments."""
    await session.execute(_NO_LOOPS)
    rows = await session.execute(_UNEVEN, {"municipality": municipality, "at_most": at_most})
    return [_sums(Uneven, row) for row in rows]


async def waiting(session: AsyncSession, municipality: str, last: date) -> Money:
    """Return the money that stood on no claim at the end of a day (uplaceret), øre."""
    asked = {"municipality": municipality, "ends": at_local(last + ONE_DAY, 0)}
    return Money(int(await session.scalar(_WAITING, asked) or 0))


async def uneven_payments(
    session: AsyncSession, municipality: str, at_most: int
) -> list[UnevenPayment]:
    """Return the first payments whose sums are not those of their allocations."""
    asked = {"municipality": municipality, "at_most": at_most}
    rows = await session.execute(_UNEVEN_PAYMENTS, asked)
    return [_sums(UnevenPayment, row) for row in rows]


async def stream(
    session: AsyncSession, municipality: str, first: date, last: date
) -> AsyncIterator[tuple[Posting, str]]:
    """Yield the postings of some days with their claim's reference, by day and id."""
    rows = await session.stream(
        select(Posting, Claim.claim_ref)
        .join(Claim, Claim.id == Posting.claim_id)
        .where(Posting.municipality == municipality, Posting.day.between(first, last))
        .order_by(Posting.day, Posting.id)
        .execution_options(yield_per=_AT_A_TIME)
    )
    async for posting, claim_ref in rows:
        yield posting, claim_ref


def _bounds(municipality: str, first: date, last: date) -> dict[str, object]:
    return {
        "municipality": municipality,
        "first": first,
        "last": last,
        "starts": at_local(first, 0),
        "ends": at_local(last + ONE_DAY, 0),
    }


def _sums[Kind](kind: type[Kind], row: Row[Any]) -> Kind:
    """Turn a row of øre into sums."""
    values = row._mapping.items()  # noqa: SLF001 - SQLAlchemy's public name for it
    return kind(
        **{name: Money(value) if isinstance(value, int) else value for name, value in values}
    )
