"""How a plan is laid out (afdragsordning): on bank days, and to the øre: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, count, dropwhile, islice

from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, next_bank_day, previous_bank_day
from outreach.rules.wish import Every, Rhythm

#: Fifty years of weeks. No rule forbids more; it is a slip of the finger, and nobody could read it.
MOST_INSTALMENTS = 2_600
MONTHS_A_YEAR = 12
STEPS = {Every.WEEK: timedelta(days=7), Every.FORTNIGHT: timedelta(days=14)}
TIMES_A_YEAR = {Every.WEEK: 52, Every.FORTNIGHT: 26} | {
    every: MONTHS_A_YEAR // every.months for every in Every if every.months
}


#: A sum and the day it is wanted on, banks open or not.
type Part = tuple[date, Money]


@dataclass(frozen=True, slots=True)
class Rate:
    """One instalment (rate) on a bank day."""

    number: int
    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class Series:
    """Instalments that come back (løbende rater): the same sum each time, from a day on."""

    rhythm: Rhythm
    #: No instalment is wanted before this day.
    start: date
    amount: Money

    def days(self) -> Iterator[date]:
        """Yield the wanted days, without end."""
        return due_days(self.rhythm, self.start)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is made of (vilkår): sums on days of their own, then those that come back.

    Without a series the sums on days of their own cover all that is owed.
    """

    head: tuple[Part, ...] = ()
    series: Series | None = None

    def days(self) -> Iterator[date]:
        """Yield the days that are wanted, rising; without end where a series follows."""
        return chain((day for day, _ in self.head), self.series.days() if self.series else ())

    def count(self, total: Money) -> int:
        """Tell how many instalments cover `total`, without laying them out."""
        head = _covering(self.head, total)
        rest = total - sum(head, NOTHING)
        return len(head) + (-(-rest.oere // self.series.amount.oere) if self.series else 0)


@lru_cache(maxsize=16)  # a way is weighed first, and then shown
def lay_out(terms: Terms, total: Money, today: date) -> tuple[Rate, ...]:
    """Lay out instalments that add up to `total`, each on a bank day later than the last.

    The last one is what is left, so it is never larger than those before it in a series. None
    falls on `today` or earlier.

    Raises:
        ValueError: the terms do not cover the total.
    """
    amounts = _covering(terms.head, total)
    rest = total - sum(amounts, NOTHING)
    if rest and terms.series is None:
        raise ValueError(f"{rest} of {total} has no day")
    if terms.series is not None:
        amounts += in_parts_of(rest, terms.series.amount)
    days = on_bank_days(terms.days(), today)
    # The days of a series have no end: the sums say how many there are.
    return tuple(
        Rate(number, amount, day)
        for number, (amount, day) in enumerate(zip(amounts, days, strict=False), start=1)
    )


def due_days(rhythm: Rhythm, start: date) -> Iterator[date]:
    """Yield the days of a rhythm on or after `start` (forfaldsdage), banks open or not.

    Day 31 is the last day of a shorter month; a monthly rhythm that names no day keeps that of
    `start`. Every other month and every quarter count from the first such day. The last bank day
    of a month is always one on which banks are open.
    """
    if not rhythm.every.months:
        return (start + STEPS[rhythm.every] * number for number in count())
    days = (_in_month(rhythm, start, number) for number in count())
    ahead = dropwhile(lambda day: day < start, days)
    return islice(ahead, 0, None, rhythm.every.months)


def _in_month(rhythm: Rhythm, start: date, number: int) -> date:
    """Return the day of a rhythm in the month so many after that of `start`."""
    months = start.year * MONTHS_A_YEAR + start.month + number
    end = date(months // MONTHS_A_YEAR, months % MONTHS_A_YEAR + 1, 1) - ONE_DAY
    if rhythm.last_bank_day:
        return previous_bank_day(end)
    return end.replace(day=min(rhythm.day_of_month or start.day, end.day))


def on_bank_days(days: Iterable[date], today: date) -> Iterator[date]:
    """Roll each day to the next bank day; two that meet on one part, and all are after today."""
    last = today
    for day in days:
        last = next_bank_day(max(day, last + ONE_DAY))
        yield last


def in_parts_of(total: Money, amount: Money) -> list[Money]:
    """Part a sum into instalments of `amount`, the last one what is left.

    Raises:
        ValueError: `amount` is not above zero.
    """
    if amount <= NOTHING:
        raise ValueError(f"no instalment can be {amount}")
    whole, left = divmod(total.oere, amount.oere)
    return [amount] * whole + ([Money(left)] if left else [])


def evenly(total: Money, parts: int) -> list[Money]:
    """Part a sum into so many like instalments, the last one no larger than the others.

    All but the last are the same wherever there are øre enough for that; a sum of fewer øre than
    parts gives fewer.
    """
    parts = min(parts, total.oere)
    each = in_parts_of(total, Money(-(-total.oere // parts)))
    return each if len(each) == parts else total.split(parts)


def least_each(monthly: Money, every: Every) -> Money:
    """Return the least instalment of a rhythm where so much is the least a month, øre, rounded up.

    A month is the twelfth of a year of 52 weeks: weekly ones are 12/52 of it.
    """
    return Money(-(-monthly.oere * MONTHS_A_YEAR // TIMES_A_YEAR[every]))


def _covering(head: tuple[Part, ...], total: Money) -> list[Money]:
    """Return the sums of the head up to the total, the last one cut to it."""
    amounts, rest = [], total
    for _, amount in head:
        if rest <= NOTHING:
            break
        amounts.append(min(amount, rest))
        rest -= amount
    return amounts
