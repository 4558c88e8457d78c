"""What a citizen asked for (ønske): sums, rhythm and days as they were understood: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from data.values.money import Money

_LAST = "last"


class Every(StrEnum):
    """How often an instalment falls due (rytme)."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    TWO_MONTHS = "two_months"
    QUARTER = "quarter"

    @property
    def months(self) -> int:
        """How many months lie between two instalments; none where weeks do."""
        return _MONTHS.get(self, 0)


_MONTHS = {Every.MONTH: 1, Every.TWO_MONTHS: 2, Every.QUARTER: 3}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often, and in those by months on which day (rytme); no day: the citizen named none."""

    every: Every
    day_of_month: int | None = None
    last_bank_day: bool = False

    @property
    def key(self) -> str:
        """As agreements keep it: `week`, `fortnight`, `month`, `month:15`, `month:last`."""
        if self.last_bank_day:
            return f"{self.every.value}:{_LAST}"
        return f"{self.every.value}:{self.day_of_month}" if self.day_of_month else self.every.value

    @classmethod
    def of(cls, key: str) -> Rhythm:
        """Read what `key` wrote.

        Raises:
            ValueError: it is no rhythm.
        """
        every, _, day = key.partition(":")
        if day == _LAST:
            return cls(Every(every), last_bank_day=True)
        return cls(Every(every), int(day) if day else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was said, and nothing else: what is none was not said.

    Two lumps ("halvdelen nu og resten til februar") are a first payment (`first_share` or
    `first_amount`, and `first_on`) and the days of what comes after it (`days`: here one, so it
    is all the rest). `count`, `days`, `amount` and `rhythm` never count a first payment in.
    Different sums for their own days are `parts`; what is left after them goes by `amount`,
    `rhythm`, `days` and `count`, as after a first payment. With a `rhythm`, the one day in `days`
    is where it goes on from ("500 nu og 200 om måneden fra januar").
    """

    #: What the citizen can pay each time, øre; with `whole`, not used.
    amount: Money | None = None
    rhythm: Rhythm | None = None
    #: The day of the first payment, or of the only one.
    first_on: date | None = None
    #: The first payment where it differs from those after it ("500 nu og så 200 om måneden").
    first_amount: Money | None = None
    #: The first payment as a share of all that is owed ("halvdelen nu").
    first_share: Fraction | None = None
    #: In how many instalments ("6 rater", "over et halvt år" with a monthly rhythm is 6).
    count: int | None = None
    #: Days named one by one ("d. 1. december, 15. december og 1. februar"), rising; after a
    #: first payment or `parts`, the days of the rest.
    days: tuple[date, ...] = ()
    #: Sums with days of their own ("1000 i december og 500 i januar"), by day; one beside a
    #: rhythm it does not begin ("200 om måneden, men 500 i januar").
    parts: tuple[tuple[date, Money], ...] = ()
    #: All of it at once ("det hele d. 1.", "jeg betaler resten til februar").
    whole: bool = False
    #: "when I get paid", with no day of its own: the last bank day of the month.
    payday: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said that a plan could be made of."""
        return self == Wish()
