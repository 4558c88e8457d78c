"""What interest (renter) a plan will cost if it is kept: pure, in øre."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from data.law.interest import NoInterest, PerStartedMonth, ReferencePlus
from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, months_after
from outreach.rules.interest import PERCENT, month_starts, of_period

if TYPE_CHECKING:
    from data.law.interest import InterestLaw
    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.rules.instalments import Rate
    from outreach.rules.owed import Owed

type Paid = list[tuple[date, Money]]


def expected_interest(
    owed: Sequence[Owed], rates: Sequence[Rate], law: Law, policy: Policy, today: date
) -> Money:
    """Return the interest that will be posted from today on if every instalment comes on its day.

    Nothing where the municipality takes none in agreements. `owed` stands in the order in which
    the money goes to the claims, each paid before the next; on a claim it counts for the principal
    first. The periods and the rounding are those of `postings.interest_due`, the running month
    included.

    Source: gebyrloven § 3 and the council's decision; renteloven §§ 3 and 5.
    """
    if not (policy.interest.charged and policy.interest.in_agreements):
        return NOTHING
    costs = []
    for claim, paid in zip(owed, _paid_on_each(owed, rates), strict=True):
        regime = law.claim_types[claim.claim_type].on(claim.due_date).regime
        first = max(claim.due_date + ONE_DAY, policy.interest.runs_from or claim.due_date)
        costs.append(_of_claim(claim, paid, law.interest.of(regime), first, today))
    return sum(costs, NOTHING)


def _paid_on_each(owed: Sequence[Owed], rates: Sequence[Rate]) -> Iterator[Paid]:
    """Yield what comes in on each claim, and when: one claim after the other."""
    coming = iter(rates)
    day, left = date.min, NOTHING
    for claim in owed:
        paid: Paid = []
        rest = claim.amount
        while rest > NOTHING:
            if not left:
                rate = next(coming)
                day, left = rate.due_on, rate.amount
            part = min(rest, left)
            paid.append((day, part))
            rest, left = rest - part, left - part
        yield paid


def _of_claim(claim: Owed, paid: Paid, rates: InterestLaw, first: date, today: date) -> Money:
    match rates:
        case PerStartedMonth():
            periods: Iterator[tuple[date, date]]
            days = month_starts(claim.due_date, max(first, today + ONE_DAY), paid[-1][0])
            periods = ((day, day) for day in days)
        case ReferencePlus():
            periods = _parts_of_months(max(first, today.replace(day=1)), paid)
        case NoInterest():
            return NOTHING
    parts = _unpaid_in(periods, claim.bears_interest, paid)
    return sum((_of_period(*part, claim.due_date, rates) for part in parts), NOTHING)


def _unpaid_in(
    periods: Iterable[tuple[date, date]], principal: Money, paid: Paid
) -> Iterator[tuple[Money, date, date]]:
    """Yield each period with what is unpaid of the principal in it, until nothing is."""
    unpaid, coming = principal, iter([*paid, (date.max, NOTHING)])
    day, amount = next(coming)
    for begin, end in periods:
        while day <= begin:
            unpaid, (day, amount) = unpaid - amount, next(coming)
        if unpaid <= NOTHING:
            return
        yield unpaid, begin, end


def _of_period(unpaid: Money, begin: date, end: date, due_date: date, rates: InterestLaw) -> Money:
    if isinstance(rates, PerStartedMonth):  # the very day a month begins: nothing to look up
        return Money(int(unpaid.oere * rates.on(begin) / PERCENT))
    return of_period(unpaid, due_date, begin, end, rates)


def _parts_of_months(first: date, paid: Paid) -> Iterator[tuple[date, date]]:
    """Yield the calendar months until all is paid, parted on the days money comes in."""
    last = paid[-1][0]
    starts = {first, *(day for day, _ in paid if day > first)}
    month = months_after(first.replace(day=1), 1)
    while month <= last:
        starts.add(month)
        month = months_after(month, 1)
    begins = [*sorted(starts), month]
    for begin, after in pairwise(begins):
        yield begin, after - ONE_DAY
