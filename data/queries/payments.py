"""Questions about money: what was put to a claim, what waits, and what it may be for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, Select, and_, any_, func, literal, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import aliased

from data.models.agreements import Agreement, AgreementClaim, AgreementState, Instalment
from data.models.base import MoneyColumn
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.models.payments import Allocation, Payment, PaymentKind
from data.values.money import NOTHING, Money

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId

#: Payments a caseworker is shown at once; the oldest are always among them.
SHOWN_AT_ONCE: Final = 100
#: Claims that a name or a sum alone may bring up, at most.
_AT_MOST: Final = 2000
_PAYABLE: Final = (
    ClaimState.OPEN, ClaimState.IN_PLAN, ClaimState.IN_RESPITE, ClaimState.DISPUTED,
    ClaimState.HANDED_OVER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """What of a payment stands on a claim (fordeling), with the payment it is of."""

    allocation: Allocation
    payment: Payment


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment of which something stands on no claim, and how much: less what went back of it."""

    payment: Payment
    amount: Money


@dataclass(frozen=True, slots=True)
class Asked:
    """What claims are looked for: their references, numbers, sums, and words of a name."""

    refs: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    sums: frozenset[Money] = frozenset()
    words: frozenset[str] = frozenset()


async def of_claim(session: AsyncSession, claim_id: ClaimId) -> list[Placed]:
    """Return all that was put to a claim or taken from it again, oldest payment first."""
    rows = await session.execute(
        select(Allocation, Payment)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.claim_id == claim_id)
        .order_by(Payment.paid_on, Allocation.id)
    )
    return [Placed(allocation, payment) for allocation, payment in rows]


async def of_payment(session: AsyncSession, payment_id: int) -> list[tuple[Allocation, Claim]]:
    """Return where a payment was put and moved to, in that order, with what was taken back."""
    rows = await session.execute(
        select(Allocation, Claim)
        .join(Payment, Payment.id == Allocation.payment_id)
        .join(Claim, Claim.id == Allocation.claim_id)
        .where(or_(Payment.id == payment_id, Payment.reverses == payment_id))
        .order_by(Allocation.id)
    )
    return [(allocation, claim) for allocation, claim in rows]


async def one(session: AsyncSession, municipality: str, payment_id: int) -> Payment | None:
    """Return one payment of this municipality, or none."""
    return await session.scalar(
        select(Payment).where(Payment.id == payment_id, Payment.municipality == municipality)
    )


async def waiting(session: AsyncSession, municipality: str) -> list[Waiting]:
    """Return the money that stands on no claim (uplaceret), oldest first."""
    back = aliased(Payment)
    gone = (
        select(func.coalesce(func.sum(back.amount - back.allocated), 0))
        .where(back.reverses == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )
    left = type_coerce(Payment.amount - Payment.allocated + gone, MoneyColumn())
    rows = await session.execute(
        select(Payment, left)
        .where(
            Payment.municipality == municipality,
            Payment.amount != Payment.allocated,
            or_(Payment.kind == PaymentKind.RECEIVED, Payment.reverses.is_(None)),
            left != NOTHING,
        )
        .order_by(Payment.paid_on, Payment.id)
        .limit(SHOWN_AT_ONCE)
    )
    return [Waiting(payment, Money(int(amount.oere))) for payment, amount in rows]


async def candidates(session: AsyncSession, municipality: str, asked: Asked) -> list[Row[Any]]:
    """Return claims that fit one of what is asked, with their citizen's name and next instalments.

    A sum or a name alone brings up only claims on which something is owed.
    """
    outstanding = type_coerce(Claim.principal + Claim.charged - Claim.paid, MoneyColumn())
    digits = func.regexp_replace(Claim.claim_ref, "[^0-9]", "", "g")
    found = [
        Claim.claim_ref == any_(literal(sorted(asked.refs), ARRAY(TEXT))),
        Claim.payment_id == any_(literal(sorted(asked.numbers), ARRAY(TEXT))),
        digits == any_(literal(sorted(asked.numbers), ARRAY(TEXT))),
    ]
    owed = and_(Claim.state.in_(_PAYABLE), outstanding > NOTHING)
    loose = [outstanding.in_(asked.sums)] if asked.sums else []
    loose += [Citizen.name.ilike(f"%{word}%") for word in sorted(asked.words)]
    if asked.sums:
        loose.append(Claim.id.in_(_due_soon(municipality, asked.sums)))
    where = or_(*found, and_(owed, or_(*loose))) if loose else or_(*found)
    query = (
        select(
            Claim.id, Claim.citizen_id, Claim.claim_ref, Claim.payment_id, Claim.due_date,
            outstanding.label("outstanding"), Citizen.name,
        )
        .join(Citizen, Citizen.id == Claim.citizen_id)
        .where(Claim.municipality == municipality, where)
        .order_by(Claim.due_date.desc(), Claim.id)
        .limit(_AT_MOST)
    )  # fmt: skip
    return list(await session.execute(query))


async def plans_of(
    session: AsyncSession, claim_ids: Collection[ClaimId], today: date
) -> dict[ClaimId, set[tuple[str | None, Money]]]:
    """Return number and sum of the instalments still to come of these claims' running plans."""
    rows = await session.execute(
        select(AgreementClaim.claim_id, Instalment.payment_id, Instalment.amount)
        .join(Agreement, Agreement.id == AgreementClaim.agreement_id)
        .join(Instalment, Instalment.agreement_id == Agreement.id)
        .where(
            AgreementClaim.claim_id.in_(claim_ids),
            Agreement.state == AgreementState.ACCEPTED,
            Instalment.due_on >= today,
        )
    )
    found: dict[ClaimId, set[tuple[str | None, Money]]] = {}
    for claim_id, number, amount in rows:
        found.setdefault(claim_id, set()).add((number, amount))
    return found


async def agreements_by_number(
    session: AsyncSession, municipality: str, numbers: Collection[str]
) -> dict[str, list[ClaimId]]:
    """Return the claims of the agreements that such payment ids are for."""
    if not numbers:
        return {}
    own = _numbered(Agreement.payment_id, Agreement.id, municipality, numbers)
    parts = _numbered(Instalment.payment_id, Instalment.agreement_id, municipality, numbers)
    found: dict[str, list[ClaimId]] = {}
    for query in (own, parts):
        for number, claim_id in await session.execute(query):
            found.setdefault(number, []).append(claim_id)
    return found


def _numbered(
    number: Any,  # noqa: ANN401 - a column of either table
    agreement_id: Any,  # noqa: ANN401
    municipality: str,
    numbers: Collection[str],
) -> Select[str, ClaimId]:
    return (
        select(number, AgreementClaim.claim_id)
        .join(AgreementClaim, AgreementClaim.agreement_id == agreement_id)
        .where(
            AgreementClaim.municipality == municipality,
            number == any_(literal(sorted(numbers), ARRAY(TEXT))),
        )
    )


def _due_soon(municipality: str, sums: Collection[Money]) -> Select[ClaimId]:
    return (
        select(AgreementClaim.claim_id)
        .join(Agreement, Agreement.id == AgreementClaim.agreement_id)
        .join(Instalment, Instalment.agreement_id == Agreement.id)
        .where(
            Agreement.municipality == municipality,
            Agreement.state == AgreementState.ACCEPTED,
            Instalment.amount.in_(sums),
        )
    )
