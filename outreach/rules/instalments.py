"""Which instalment plans may be offered (afdragsordninger): pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from data.values.money import Money
from data.values.time import ONE_DAY, next_bank_day, previous_bank_day

if TYPE_CHECKING:
    from data.municipalities.policy import Plans

#: No plan the tables can hold is longer; such a proposal is a slip of the finger.
MOST_INSTALMENTS = 10_000
MONTHS_A_YEAR = 12
DAYS_A_MONTH = 31


class Every(StrEnum):
    """How often an instalment falls due (rytme)."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Rate:
    """One instalment (rate) of a proposal."""

    number: int
    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed to a citizen: instalments that add up to the total."""

    total: Money
    every: Every
    rates: tuple[Rate, ...]
    #: The citizen's own wish was below what the municipality allows, and this is the nearest.
    raised: bool = False

    @property
    def first(self) -> Rate:
        """The first instalment."""
        return self.rates[0]

    @property
    def last(self) -> Rate:
        """The last instalment, never the largest."""
        return self.rates[-1]


class PlanRefusal(StrEnum):
    """Why the assistant cannot offer a plan itself."""

    NOTHING_OWED = "nothing_owed"
    NO_AMOUNT = "no_amount"
    BEYOND_MANDATE = "beyond_mandate"  # a person may agree it


@dataclass(frozen=True, slots=True)
class Wish:
    """What the citizen asked for; no first day means the first that fits."""

    amount: Money
    every: Every = Every.MONTH
    day_of_month: int | None = None
    last_bank_day: bool = False
    first_on: date | None = None


def propose(total: Money, wish: Wish, policy: Plans, today: date) -> Proposal | PlanRefusal:
    """Turn a wish into a plan on bank days, or say why the assistant cannot.

    No amount and no length is too small or long where the policy sets none (Albertslund A12,
    A13); a plan beyond the assistant's mandate goes to a person, it is not refused.
    """
    if total.oere <= 0:
        return PlanRefusal.NOTHING_OWED
    if wish.amount.oere <= 0:
        return PlanRefusal.NO_AMOUNT
    amount, raised = _allowed_amount(total, wish, policy)
    count = -(-total.oere // amount.oere)
    if count > MOST_INSTALMENTS or _months(count, wish.every) > policy.assistant_may_agree_months:
        return PlanRefusal.BEYOND_MANDATE
    days = due_days(wish, count, today)
    if days[-1] > _months_on(today, policy.assistant_may_agree_months + 1):
        return PlanRefusal.BEYOND_MANDATE
    amounts = [amount] * (count - 1) + [total - amount * (count - 1)]
    rates = tuple(
        Rate(number, part, day)
        for number, (part, day) in enumerate(zip(amounts, days, strict=True), start=1)
    )
    return Proposal(total, wish.every, rates, raised=raised)


def _allowed_amount(total: Money, wish: Wish, policy: Plans) -> tuple[Money, bool]:
    """Raise a wish to the least the municipality allows, if it sets a least or a longest."""
    least = policy.least_monthly or Money(1)
    if policy.most_months is not None:
        parts = max(1, _count_in(policy.most_months, wish.every))
        least = max(least, Money(-(-total.oere // parts)))
    least = min(least, total)
    return max(wish.amount, least), wish.amount < least


def _count_in(months: int, every: Every) -> int:
    days = months * 365 // MONTHS_A_YEAR
    return {Every.WEEK: days // 7, Every.FORTNIGHT: days // 14, Every.MONTH: months}[every]


def _months(count: int, every: Every) -> int:
    weeks = {Every.WEEK: 1, Every.FORTNIGHT: 2}
    return count if every is Every.MONTH else -(-count * weeks[every] * 7 * MONTHS_A_YEAR // 365)


def due_days(wish: Wish, count: int, today: date) -> list[date]:
    """Return the bank days of `count` instalments, all after `today`, each later than the last."""
    wanted = wish.first_on if wish.first_on and wish.first_on > today else None
    if wish.every is Every.MONTH:
        return _monthly(wish, wanted, count, today)
    step = timedelta(days=7 if wish.every is Every.WEEK else 14)
    first = wanted or today + step
    return [next_bank_day(first + step * number) for number in range(count)]


def _monthly(wish: Wish, first: date | None, count: int, today: date) -> list[date]:
    month = (first or today).replace(day=1)
    if wish.last_bank_day:
        start = 0 if _last_bank_day(month) > today else 1
        return [_last_bank_day(_months_on(month, start + number)) for number in range(count)]
    day = first.day if first else wish.day_of_month or 1
    if next_bank_day(_on_day(month, day)) <= today:
        month = _months_on(month, 1)
    return [next_bank_day(_on_day(_months_on(month, number), day)) for number in range(count)]


def _on_day(month: date, day: int) -> date:
    """Return that day of the month, or its last day when the month is shorter."""
    return min(month.replace(day=1) + timedelta(days=day - 1), _months_on(month, 1) - ONE_DAY)


def _last_bank_day(day: date) -> date:
    return previous_bank_day(_months_on(day.replace(day=1), 1) - ONE_DAY)


def _months_on(day: date, count: int) -> date:
    """Return the same day `count` months on, or the 28th where it is later in the month."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + count, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, 28))
