"""How far a plan may go (rammer for ordninger), and what is nearest to one beyond: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING

from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, months_after, next_bank_day, previous_bank_day
from outreach.rules.instalments import (
    MOST_INSTALMENTS,
    Series,
    Terms,
    evenly,
    lay_out,
    least_each,
    on_bank_days,
)
from outreach.rules.terms import Slip

if TYPE_CHECKING:
    from data.municipalities.policy import Plans


class Bar(StrEnum):
    """What stands against a plan (hindring), or asks for a person; `Slip` says the rest."""

    NOTHING_OWED = "nothing_owed"
    TOO_LARGE = "too_large"  # more than any debt can be
    BELOW_LEAST = "below_least"
    TOO_LONG = "too_long"
    NO_PLAN_FOR_TYPE = "no_plan_for_type"
    # for a person
    PLAN_BEYOND_MANDATE = "plan_beyond_mandate"
    RESPITE_BEYOND_MANDATE = "respite_beyond_mandate"
    STATUTORY_PLAN = "statutory_plan"
    STATUTORY_RESPITE = "statutory_respite"
    INCOME_UNKNOWN = "income_unknown"
    SUPPORT_UNKNOWN = "support_unknown"
    BEYOND_TABLE = "beyond_table"


@dataclass(frozen=True, slots=True)
class Because:
    """Why not, or why a person (begrundelse): a code, and the paragraph or policy line."""

    code: Bar | Slip
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The municipality's limits for a plan on claims of these types, begun today."""

    plans: Plans
    types: frozenset[str]
    total: Money
    today: date

    @property
    def last_day(self) -> date | None:
        """The last bank day a plan may end on (længste løbetid), or none: any day."""
        months = self.plans.longest_for(self.types)
        return None if months is None else next_bank_day(months_after(self.today, months))

    @property
    def least_ends(self) -> date | None:
        """The bank day by which paying the least a month would end.

        None: there is no least, or it would take longer than any plan can be.
        """
        least = self.plans.least_monthly
        months = -(-self.total.oere // least.oere) if least else MOST_INSTALMENTS + 1
        return (
            None if months > MOST_INSTALMENTS else next_bank_day(months_after(self.today, months))
        )

    def because(self, bar: Bar | Slip) -> Because:
        """Return a limit with the policy line it stands in."""
        return Because(bar, self._longest_source if bar is Bar.TOO_LONG else self.plans.source)

    @property
    def _longest_source(self) -> str:
        months = self.plans.longest_for(self.types)
        exceptions = (one for one in self.plans.exceptions if one.claim_types & self.types)
        named = (one.source for one in exceptions if one.most_months == months)
        return next(named, self.plans.source)

    def against(self, terms: Terms) -> Bar | Slip | None:
        """Return which limit the terms break, or none.

        All of it on one day is no plan in parts: only the longest time counts. Instalments that
        come back are held against the least for their rhythm; sums on days of their own against
        the day by which paying the least would end, since a plan that ends sooner is allowed.
        """
        if terms.count(self.total) > MOST_INSTALMENTS:
            if not self._pays_the_least(terms):
                return Bar.BELOW_LEAST
            return Slip.TOO_MANY if self.last_day is None else Bar.TOO_LONG
        rates = lay_out(terms, self.total, self.today)
        last = rates[-1].due_on
        if self.last_day is not None and last > self.last_day:
            return Bar.TOO_LONG
        if len(rates) == 1 or self._pays_the_least(terms):
            return None
        is_uneven = terms.series is None or bool(terms.head)
        is_sooner = self.least_ends is None or last <= self.least_ends
        return None if is_uneven and is_sooner else Bar.BELOW_LEAST

    def _pays_the_least(self, terms: Terms) -> bool:
        """Tell whether each instalment but the first and the last is as large as the least."""
        series = terms.series
        if self.plans.least_monthly is None:
            return True
        if series is None:
            return False
        amounts = [*(amount for _, amount in terms.head[1:]), series.amount]
        return min(amounts) >= self._least(series)

    def _least(self, series: Series) -> Money:
        least = self.plans.least_monthly
        return least_each(least, series.rhythm.every) if least else NOTHING

    def nearest(self, terms: Terms) -> Terms:
        """Return what is allowed and nearest to terms that are not.

        Instalments that come back are raised, no more than it takes. Of sums on days of their own
        the days within the limits are kept, with like sums. What would begin too late begins now.
        """
        if terms.series is not None:
            return self._raised(terms, terms.series)
        ends = [day for day in (self.last_day, self.least_ends) if day is not None]
        if len(terms.head) == 1 or not ends:
            return self._at_once(self.last_day or terms.head[-1][0])
        rolled = takewhile(lambda day: day <= min(ends), on_bank_days(terms.days(), self.today))
        days = list(rolled)
        if not days:
            return self._at_once(min(ends))
        return Terms(tuple(zip(days, evenly(self.total, len(days)), strict=False)))

    def _at_once(self, day: date) -> Terms:
        return Terms(((previous_bank_day(day), self.total),))

    def _raised(self, terms: Terms, series: Series) -> Terms:
        least = self._least(series)
        amount = max(series.amount, least)
        head = tuple((day, max(part, least)) for day, part in terms.head[1:])
        terms = Terms((*terms.head[:1], *head), series)
        if self.last_day is None:
            return Terms(terms.head, self._of(series, series.start, amount))
        room = self.room(terms, self.last_day) - len(terms.head)
        if room < 1:
            now = Terms((), self._of(series, self.today + ONE_DAY, amount))
            room, terms = self.room(now, self.last_day), now
        rest = self.total - sum((part for _, part in terms.head), NOTHING)
        needed = Money(-(-rest.oere // max(room, 1)))
        start = terms.series.start if terms.series else series.start
        return Terms(terms.head, self._of(series, start, max(amount, needed)))

    def room(self, terms: Terms, last_day: date) -> int:
        """Tell how many instalments of these terms fit in until a day, that day counted."""
        days = on_bank_days(terms.days(), self.today)
        return sum(1 for _ in takewhile(lambda day: day <= last_day, days))

    def _of(self, series: Series, start: date, amount: Money) -> Series:
        return Series(series.rhythm, start, min(amount, self.total))
