"""Which interest (renter) is due to be posted on a claim, period by period: pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from data.law.interest import NoInterest, PerStartedMonth, ReferencePlus
from data.models.cases import Effect
from data.models.claims import ClaimState
from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, at_local
from outreach.rules.decision import Reason, Refused
from outreach.rules.interest import month_starts, of_period
from outreach.rules.obstacles import against_any_step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from data.law.interest import InterestLaw
    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case

#: What a caseworker's word on interest speaks of.
STEP = "interest"


@dataclass(frozen=True, slots=True)
class PaidIn:
    """Money that came in (indbetaling) on a day; below zero where one was taken back."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Period:
    """The days one posting of interest is for, both counted; `key` is never posted twice."""

    key: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class InterestDue:
    """Interest (renter) of one period that may be posted, øre, and what it rests on."""

    period: Period
    amount: Money
    basis: str


def interest_due(
    case: Case,
    payments: Sequence[PaidIn],
    posted: Collection[str],
    law: Law,
    policy: Policy,
    today: date,
) -> list[InterestDue] | Refused:
    """Return the interest to post today, oldest period first, or why there is none.

    Which law it is follows from the claim's type on its due date; the rate is that of each day.
    Money counts for the principal first, and from the very day it came in, so that a payment
    never raises interest. Parts of an øre are dropped, once a period and payment in it. Nothing
    is posted for days on which the claim rested, nor before all payments of the period are known.

    Args:
        case: the claim as it stands.
        payments: all payments on it.
        posted: the keys of the interest that stands on it, also where it was waived.
        law: the law.
        policy: the municipality's policy.
        today: the day it is in Copenhagen.

    Source: gebyrloven § 3 and the council's decision; renteloven §§ 3 and 5.
    """
    refusal = against_interest(case, law, policy, today)
    if refusal is not None:
        return refusal
    regime = law.claim_types[case.claim_type].on(case.due_date).regime
    rates = law.interest.of(regime)
    due = []
    for period in _periods(case, rates, policy.interest.runs_from, today):
        amount = _interest(case, payments, period, rates)
        if period.key not in posted and amount > NOTHING:
            basis = f"{_paragraph(rates, period)}; {policy.interest.source}"
            due.append(InterestDue(period, amount, basis))
    return due


def against_interest(case: Case, law: Law, policy: Policy, today: date) -> Refused | None:
    """Return what stands against posting interest, or none.

    All that stands against a reminder does: no proof of bill, deadline and how to pay; disputed,
    shelved, frozen, paused, with the state, written off, in respite, time-barred. A plan that
    is kept does too, unless the policy says that interest runs on in agreements.
    """
    if not policy.interest.charged:
        return Refused(Reason.NOT_IN_POLICY, basis=policy.interest.source, step=STEP)
    runs_on = policy.interest.in_agreements and case.state is ClaimState.IN_PLAN
    chased = replace(case, state=ClaimState.OPEN) if runs_on else case
    refusal = against_any_step(chased, law, policy, today)
    if refusal is not None:
        return replace(refusal, step=STEP)
    word = case.word(Effect.HOLD, STEP, today)
    if word is not None:
        until = at_local(word.until, 23, 59) if word.until else None
        return Refused(Reason.HELD_BY_CASEWORKER, until, step=STEP)
    if case.covers_until is None:
        return Refused(Reason.PAYMENTS_NOT_COVERED, step=STEP)
    return None


def _periods(
    case: Case, rates: InterestLaw, runs_from: date | None, today: date
) -> Iterator[Period]:
    """Yield the periods that are over, or begun where the law counts begun months."""
    rested = case.rested_until or case.due_date
    first = max(case.due_date, rested) + ONE_DAY
    first = max(first, runs_from or first)
    known = min(today, case.covers_until or case.due_date)
    match rates:
        case PerStartedMonth():
            yield from _started_months(case.due_date, first, known)
        case ReferencePlus():
            yield from _whole_months(first, min(known, today - ONE_DAY))
        case NoInterest():
            return


def _started_months(due_date: date, first: date, known: date) -> Iterator[Period]:
    """Yield the months of lateness that have begun; the number in the key counts them all."""
    for number, start in enumerate(month_starts(due_date, due_date + ONE_DAY, known), start=1):
        if start >= first:
            yield Period(f"interest:month:{number}", start, start)


def _whole_months(first: date, known: date) -> Iterator[Period]:
    """Yield the calendar months that are over, the first of them from the first day on."""
    while (last := first.replace(day=monthrange(first.year, first.month)[1])) <= known:
        yield Period(f"interest:{first:%Y-%m}", first, last)
        first = last + ONE_DAY


def _interest(case: Case, payments: Sequence[PaidIn], period: Period, rates: InterestLaw) -> Money:
    """Add up the interest between payments, each part on what was unpaid of the principal."""
    inside = {paid.on for paid in payments if period.first < paid.on <= period.last}
    begins = [period.first, *sorted(inside)]
    ends = [*(day - ONE_DAY for day in begins[1:]), period.last]
    parts = (
        of_period(_unpaid(case, payments, begin), case.due_date, begin, end, rates)
        for begin, end in zip(begins, ends, strict=True)
    )
    return sum(parts, NOTHING)


def _unpaid(case: Case, payments: Sequence[PaidIn], day: date) -> Money:
    return case.principal - sum((paid.amount for paid in payments if paid.on <= day), NOTHING)


def _paragraph(rates: InterestLaw, period: Period) -> str:
    """Name the law of the period's first day, with its rate, for the record."""
    match rates:
        case PerStartedMonth():
            month = rates.rates.on(period.first)
            return f"{month.percent} %, {month.source}"
        case ReferencePlus():
            return f"{rates.on(period.first)} % p.a., {rates.supplements.on(period.first).source}"
        case NoInterest():
            return ""
