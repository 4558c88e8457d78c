"""What plan a citizen asked for (ønsket om en ordning), or what is still to be asked: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import chain

from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, next_bank_day
from outreach.rules.instalments import (
    MOST_INSTALMENTS,
    STEPS,
    Part,
    Series,
    Terms,
    due_days,
    evenly,
    in_parts_of,
)
from outreach.rules.wish import Every, Rhythm, Wish

#: A day named further ahead is a slip of the finger; a plan of many instalments may run longer.
FARTHEST_YEARS = 30
LAST_DAY_OF_MONTH = 31
PAYDAY = Rhythm(Every.MONTH, last_bank_day=True)


class Missing(StrEnum):
    """What is to be asked before there is anything to propose."""

    AMOUNT = "amount"  # how much each time, or in how many instalments
    DATE = "date"  # when, or when the rest


class Slip(StrEnum):
    """Why what was said can be no plan at all (tastefejl)."""

    NO_AMOUNT = "no_amount"  # nought, or below
    NO_COUNT = "no_count"
    NO_SHARE = "no_share"  # all of it or more, or none
    NO_SUCH_DAY = "no_such_day"
    TOO_MANY = "too_many_instalments"
    IN_THE_PAST = "in_the_past"
    TOO_FAR_AHEAD = "too_far_ahead"


def terms_of(wish: Wish, total: Money, today: date) -> Terms | Missing | Slip:
    """Turn what was said into terms that cover `total`, or say what is missing or wrong.

    Nothing is weighed against law or policy. A day that is today ("nu") is the next bank day; the
    first payment of a wish without a day is the first of next month, or a week or a fortnight from
    today. A sum wins over a count that does not fit it. A rhythm with a day of its own begins
    on the first such day on or after the one that was named.
    """
    slip = _slip(wish, today)
    return slip or _Reading(_with_one_day_as_first(wish), total, today).terms()


def _with_one_day_as_first(wish: Wish) -> Wish:
    """Read a single day with nothing before it as the first day."""
    follows = wish.first_amount or wish.first_share or wish.first_on or wish.parts
    if len(wish.days) != 1 or follows:
        return wish
    return replace(wish, first_on=wish.days[0], days=())


def _slip(wish: Wish, today: date) -> Slip | None:
    sums = [wish.amount, wish.first_amount, *(amount for _, amount in wish.parts)]
    if any(amount is not None and amount <= NOTHING for amount in sums):
        return Slip.NO_AMOUNT
    if wish.count is not None and wish.count < 1:
        return Slip.NO_COUNT
    if (wish.count or 0) + len(wish.days) + len(wish.parts) > MOST_INSTALMENTS:
        return Slip.TOO_MANY
    if wish.first_share is not None and not 0 < wish.first_share < 1:
        return Slip.NO_SHARE
    return _wrong_day(wish, today)


def _wrong_day(wish: Wish, today: date) -> Slip | None:
    in_month = wish.rhythm.day_of_month if wish.rhythm else None
    if in_month is not None and not 1 <= in_month <= LAST_DAY_OF_MONTH:
        return Slip.NO_SUCH_DAY
    named = [*wish.days, *(day for day, _ in wish.parts)]
    if wish.first_on is not None:
        named.append(wish.first_on)
    if any(day < today for day in named):
        return Slip.IN_THE_PAST
    too_far = any(day.year > today.year + FARTHEST_YEARS for day in named)
    return Slip.TOO_FAR_AHEAD if too_far else None


@dataclass(frozen=True, slots=True)
class _Reading:
    """A wish without slips, read for one sum on one day."""

    wish: Wish
    total: Money
    today: date

    def terms(self) -> Terms | Missing:
        if self._is_one_different:
            return self._with_one_different()
        head = self._head()
        rest = self.total - sum((amount for _, amount in head), NOTHING)
        if rest <= NOTHING:
            return Terms(head)
        return self._what_follows(head, rest)

    def _what_follows(self, head: tuple[Part, ...], rest: Money) -> Terms | Missing:
        after = head[-1][0] if head else None
        if self.wish.days and self._goes_on_from is None:
            return self._on_named_days(head, rest)
        if self.wish.whole:
            return self._all_at_once(head, rest, after)
        if self.wish.amount is not None or self.wish.count is not None:
            return self._coming_back(head, rest, after)
        if not head or self.wish.rhythm is not None:
            return Missing.AMOUNT
        return self._all_at_once(head, rest, after) if self.wish.payday else Missing.DATE

    # ----------------------------------------------------------------------- what comes first
    def _head(self) -> tuple[Part, ...]:
        """Return a first payment and the sums that have days of their own, by day."""
        parts = [(self._ahead(day), amount) for day, amount in self.wish.parts]
        first = self._first()
        if first is not None:
            named = self.wish.first_on
            parts.append((self._ahead(named) if named else self._first_of_month, first))
        return _by_day(parts)

    def _first(self) -> Money | None:
        """Return the first payment; of a share, parts of an øre are dropped."""
        share = self.wish.first_share
        if self.wish.first_amount is not None or share is None:
            return self.wish.first_amount
        return Money(max(1, int(self.total.oere * share)))

    # -------------------------------------------------------------------------- what follows
    def _on_named_days(self, head: tuple[Part, ...], rest: Money) -> Terms | Missing:
        days = [self._ahead(day) for day in sorted(set(self.wish.days))]
        amount = None if self.wish.whole else self.wish.amount
        if amount is None:
            return Terms(_by_day(head, zip(days, evenly(rest, len(days)), strict=False)))
        sums = in_parts_of(rest, amount) if rest <= amount * len(days) else [amount] * len(days)
        named = _by_day(head, zip(days, sums, strict=False))
        left = rest - sum(sums, NOTHING)
        if not left:
            return Terms(named)
        if self.wish.rhythm is None:
            return Missing.DATE
        return self._coming_back(named, left, named[-1][0])

    @property
    def _is_one_different(self) -> bool:
        """Whether one payment of a series has a sum of its own ("men 500 i januar")."""
        wish = self.wish
        comes_back = wish.amount is not None and wish.rhythm is not None
        return comes_back and len(wish.parts) == 1 and self._first() is None and not wish.days

    def _with_one_different(self) -> Terms:
        """Let a sum of its own take the place of the instalment on its day, or of the next one."""
        [(named, other)] = self.wish.parts
        day, amount = self._ahead(named), self.wish.amount or other
        rhythm = self._rhythm(None)
        days = due_days(rhythm, self._begin(rhythm, None))
        before, replaced = list[Part](), next(days)
        while replaced < day:
            before.append((replaced, amount))
            replaced = next(days)
        start = replaced + STEPS.get(rhythm.every, ONE_DAY)
        return Terms((*before, (day, other)), Series(rhythm, start, min(amount, self.total)))

    def _all_at_once(
        self, head: tuple[Part, ...], rest: Money, after: date | None
    ) -> Terms | Missing:
        """Put all that is left on the one day that was named for it."""
        day = self._next_named(after)
        return Missing.DATE if day is None else Terms((*head, (day, rest)))

    def _coming_back(self, head: tuple[Part, ...], rest: Money, after: date | None) -> Terms:
        """Let the rest come back in a rhythm, by the sum that was said or else by the count."""
        rhythm = self._rhythm(after)
        begin = self._begin(rhythm, after)
        if self.wish.amount is not None:
            return Terms(head, Series(rhythm, begin, min(self.wish.amount, rest)))
        sums = evenly(rest, self.wish.count or 1)
        if in_parts_of(rest, sums[0]) == sums:
            return Terms(head, Series(rhythm, begin, sums[0]))
        # So few øre that the instalments differ by one.
        return Terms(head + tuple(zip(due_days(rhythm, begin), sums, strict=False)))

    # ------------------------------------------------------------------------------ the days
    def _rhythm(self, after: date | None) -> Rhythm:
        """Return the rhythm that was said, else by the month; a monthly one with its day."""
        said = self.wish.rhythm or Rhythm(Every.MONTH)
        if not said.every.months:
            return Rhythm(said.every)
        if said.last_bank_day or said.day_of_month is not None:
            return said
        if self.wish.payday:
            return replace(PAYDAY, every=said.every)
        like = self._next_named(after) or after
        return Rhythm(said.every, like.day if like else 1)

    def _begin(self, rhythm: Rhythm, after: date | None) -> date:
        """Return the day on or after which the instalments that come back begin."""
        named = self._next_named(after)
        step = STEPS.get(rhythm.every, ONE_DAY)
        if named is None:
            return (after or self.today) + step
        # "from February, on the last bank day": also when the day named lies after that day.
        if rhythm.last_bank_day:
            return max(named.replace(day=1), (after or self.today) + ONE_DAY)
        return named

    def _next_named(self, after: date | None) -> date | None:
        """Return the day that was named for what follows, or payday: the month's last bank day.

        A first payment takes the first day that was named; payday is then that of what follows.
        """
        if self._goes_on_from is not None:
            return self._goes_on_from if after is None or self._goes_on_from > after else None
        if self.wish.first_on is not None and self._first() is None:
            named = self._ahead(self.wish.first_on)
            return named if after is None or named > after else None
        if not self.wish.payday:
            return None
        return next(due_days(PAYDAY, (after or self.today) + ONE_DAY))

    @property
    def _goes_on_from(self) -> date | None:
        """Return the one day that a rhythm goes on from, after something else came first."""
        comes_back = self.wish.rhythm is not None or (self.wish.count or 1) > 1
        is_one = len(self.wish.days) == 1 and comes_back and not self.wish.whole
        return self._ahead(self.wish.days[0]) if is_one else None

    @property
    def _first_of_month(self) -> date:
        return next(due_days(Rhythm(Every.MONTH, 1), self.today + ONE_DAY))

    def _ahead(self, day: date) -> date:
        """Return a day ahead: "now" is the next bank day."""
        return day if day > self.today else next_bank_day(self.today + ONE_DAY)


def _by_day(*parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(chain(*parts), key=lambda part: part[0]))
