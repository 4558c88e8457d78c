"""Is a plan kept (overholdt), ended, or broken (misligholdt): pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from data.values.money import NOTHING, Money
from data.values.time import add_bank_days, next_bank_day


class Keeping(StrEnum):
    """How a plan stands."""

    KEPT = "kept"
    FULFILLED = "fulfilled"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment (rate) and its day."""

    on: date
    amount: Money


def keeping(
    instalments: Sequence[Due],
    paid: Money,
    covers_until: date | None,
    grace_bank_days: int,
) -> Keeping:
    """Weigh a plan by what has come in since it was agreed, øre.

    An instalment counts as missed once its day and the days of grace are over and all payments of
    those days are known; what was paid ahead counts for what comes later.

    Source: A25 (line 37), F20 (line 37); the days of grace are the municipality's.
    """
    if paid >= sum((due.amount for due in instalments), NOTHING):
        return Keeping.FULFILLED
    if covers_until is None:
        return Keeping.KEPT
    over = [due.amount for due in instalments if last_day(due, grace_bank_days) <= covers_until]
    return Keeping.KEPT if paid >= sum(over, NOTHING) else Keeping.BROKEN


def last_day(due: Due, grace_bank_days: int) -> date:
    """Return the last day on which an instalment still comes in time (løbedage counted)."""
    return add_bank_days(next_bank_day(due.on), grace_bank_days)
