"""What is owed on one claim, as far as an agreement is concerned (skyldigt beløb): pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data.values.money import NOTHING, Money


@dataclass(frozen=True, slots=True)
class Owed:
    """One claim, and how much of it may be agreed on, øre; what is disputed is left out already."""

    ref: str
    claim_type: str
    amount: Money
    #: The last day to pay it; interest runs from the day after, under the law of its type that day.
    due_date: date
    #: The unpaid principal in it, which alone bears interest; none: all of it.
    principal: Money | None = None

    @property
    def bears_interest(self) -> Money:
        """What interest is counted of, øre."""
        return self.amount if self.principal is None else min(self.principal, self.amount)


def total_of(owed: Iterable[Owed]) -> Money:
    """Return what is owed on these claims together, øre."""
    return sum((one.amount for one in owed), NOTHING)


def oldest_first(owed: Iterable[Owed]) -> list[Owed]:
    """Return the claims in the order money goes to them where nothing else is decided."""
    return sorted(owed, key=lambda one: (one.due_date, one.ref))
