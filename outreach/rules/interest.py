"""What late payment costs in interest (renter), to the øre: pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from data.law.interest import NoInterest, PerStartedMonth, ReferencePlus
from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, months_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.law.interest import InterestLaw

PERCENT = Decimal(100)
DAYS_A_YEAR = 365
MONTHS_A_YEAR = 12


def of_period(unpaid: Money, due_date: date, first: date, last: date, law: InterestLaw) -> Money:
    """Return the interest of the days `first` to `last`, both counted, on an unpaid principal.

    `due_date` is the last day to pay; interest runs from the day after it, and none is
    counted for a day before. When a payment comes in the caller splits the period there.
    Parts of an øre are dropped, once a period: rounding never costs the citizen anything.

    Source: gebyrloven § 3 (1 % pr. påbegyndt måned fra forfaldsdagen); renteloven § 5
    (udlånsrente og tillæg), simple interest by the day of 365.
    """
    first = max(first, due_date + ONE_DAY)
    if unpaid <= NOTHING or first > last:
        return NOTHING
    match law:
        case PerStartedMonth():
            return _rounded(_by_months(unpaid, due_date, first, last, law))
        case ReferencePlus():
            return _rounded(_by_days(unpaid, first, last, law))
        case NoInterest():
            return NOTHING


def month_starts(due_date: date, first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last` on which a new month of lateness begins.

    The first month begins on the day after the due date, the next ones on the day after the same
    day of each month that follows (or its last day, where the month is shorter).
    """
    months = max(0, (first.year - due_date.year) * MONTHS_A_YEAR + first.month - due_date.month - 1)
    while (start := months_after(due_date, months) + ONE_DAY) <= last:
        if start >= first:
            yield start
        months += 1


def _by_months(
    unpaid: Money, due_date: date, first: date, last: date, law: PerStartedMonth
) -> Decimal:
    starts = month_starts(due_date, first, last)
    return sum((_share(unpaid, law.on(start)) for start in starts), Decimal(0))


def _by_days(unpaid: Money, first: date, last: date, law: ReferencePlus) -> Decimal:
    total = Decimal(0)
    begins = [first, *law.changes(first, last)]
    ends = [*(day - ONE_DAY for day in begins[1:]), last]
    for begin, end in zip(begins, ends, strict=True):
        days = (end - begin + timedelta(days=1)).days
        total += _share(unpaid, law.on(begin)) * days
    return total / DAYS_A_YEAR


def _share(amount: Money, percent: Decimal) -> Decimal:
    return Decimal(amount.oere) * max(percent, Decimal(0)) / PERCENT


def _rounded(oere: Decimal) -> Money:
    return Money(int(oere.to_integral_value(rounding=ROUND_DOWN)))
