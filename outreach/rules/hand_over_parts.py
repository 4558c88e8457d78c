"""What is owed on a claim, part by part (hovedfordring og delfordringer): pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from data.models.postings import PostingKind
from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY
from outreach.rules.limitation import expires_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.law.claim_types import Code, TypeLaw
    from data.law.law import Law


class PartKind(StrEnum):
    """What one part of a claim is; each is a claim of its own at the state."""

    PRINCIPAL = "principal"  # hovedfordring
    FEE = "fee"  # gebyr
    INTEREST = "interest"  # rente


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee or interest on the claim (postering) with what was waived of it already taken off."""

    kind: PostingKind
    amount: Money
    day: date
    #: Last day to pay that its letter gave.
    pay_by: date | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """The claim as it was billed and paid; sums in øre, days in Copenhagen."""

    claim_ref: str
    principal: Money
    paid: Money
    due_date: date
    #: The due date rolled to a bank day, or the end of a respite that was granted.
    last_day_to_pay: date
    period_start: date | None = None
    period_end: date | None = None
    #: The last day on which the debtor acknowledged the debt.
    acknowledged_on: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a claim (delfordring), with its own code, dates and sums in øre."""

    kind: PartKind
    ref: str
    code: Code | None
    principal: Money
    outstanding: Money
    due_date: date
    last_day_to_pay: date
    limitation_date: date
    period_start: date | None = None
    period_end: date | None = None


def parts_of(
    bill: Bill, charges: Sequence[Charge], type_law: TypeLaw, law: Law
) -> tuple[Part, ...]:
    """Split a claim into its principal, one part a fee, and one part of all interest.

    The principal always comes first, also when nothing is left of it: the others refer to it.
    What was paid goes to the principal first, then to fees and interest from the oldest, which is
    how interest is counted here and never dearer for the debtor than another order.
    """
    parts = [_principal(bill, type_law, law)]
    fees = [one for one in charges if one.kind is PostingKind.FEE and one.amount > NOTHING]
    parts += [_fee(number, fee, bill, type_law, law) for number, fee in enumerate(fees, start=1)]
    interest = [one for one in charges if one.kind is PostingKind.INTEREST and one.amount > NOTHING]
    if interest:
        parts.append(_interest(interest, bill, type_law, law))
    main, *others = _settled(parts, bill.paid)
    return (main, *(part for part in others if part.outstanding))


def _settled(parts: list[Part], paid: Money) -> list[Part]:
    """Take what was paid off the parts in their order; what is too much stays with nobody."""
    settled, left = [], max(paid, NOTHING)
    for part in parts:
        covered = min(left, part.principal)
        left -= covered
        settled.append(replace(part, outstanding=part.principal - covered))
    return settled


def _principal(bill: Bill, type_law: TypeLaw, law: Law) -> Part:
    return Part(
        PartKind.PRINCIPAL,
        bill.claim_ref,
        next(iter(type_law.codes), None),
        bill.principal,
        bill.principal,
        bill.due_date,
        bill.last_day_to_pay,
        expires_on(bill.due_date, bill.period_end, bill.acknowledged_on, type_law, law),
        bill.period_start,
        bill.period_end,
    )


def _fee(number: int, fee: Charge, bill: Bill, type_law: TypeLaw, law: Law) -> Part:
    """A fee falls due on the day its letter asked for it; its limitation runs from there."""
    due = max(fee.pay_by or fee.day, fee.day)
    return Part(
        PartKind.FEE,
        f"{bill.claim_ref}/F{number}",
        next(iter(type_law.fee_codes), None),
        fee.amount,
        fee.amount,
        due,
        due,
        expires_on(due, None, bill.acknowledged_on, type_law, law),
    )


def _interest(interest: list[Charge], bill: Bill, type_law: TypeLaw, law: Law) -> Part:
    """All interest is one part: it is counted by the month, and nobody collects it by the month.

    Its limitation is that of the oldest interest in it, which is the safe side.
    """
    total = sum((one.amount for one in interest), NOTHING)
    first, last = (pick(one.day for one in interest) for pick in (min, max))
    return Part(
        PartKind.INTEREST,
        f"{bill.claim_ref}/I1",
        next(iter(type_law.interest_codes), None),
        total,
        total,
        last,
        max(last, bill.last_day_to_pay),
        expires_on(first, None, bill.acknowledged_on, type_law, law),
        min(bill.due_date + ONE_DAY, last),
        last,
    )
