"""When a claim ends with time (forældelse): pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.law.limitation import Interruption, LimitationStart
from data.values.time import FIRST_WEEKEND_DAY, ONE_DAY, is_public_holiday, months_after

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from data.law.claim_types import TypeLaw
    from data.law.law import Law
    from data.law.limitation import LimitationLaw

MONTHS_A_YEAR = 12


def expires_on(
    due_date: date,
    period_end: date | None,
    acknowledged_on: date | None,
    type_law: TypeLaw,
    law: Law,
    *,
    earlier: Collection[date] = (),
) -> date:
    """Return the last day on which the claim is not time-barred (forældelsesdato).

    The years are those of the law on the day they begin to run. An acknowledgement of the debt
    (skylderkendelse) makes them begin anew, unless it came when the claim had ended already: then
    it revives nothing. `earlier` are acknowledgements before the last one: a chain of them
    carries a claim further than the last alone can show.

    Source: forældelsesloven §§ 2-3, 15, 27; dagtilbudsloven § 93 stk. 2; serviceloven § 165.
    """
    versions = law.limitation[type_law.limitation]
    limits = versions.on(due_date)
    begins = due_date
    if limits.counted_from is LimitationStart.PERIOD_END and period_end is not None:
        begins = period_end
        limits = versions.on(begins)
    expiry = _ends(begins, limits, law)
    for day in sorted(day for day in {*earlier, acknowledged_on} if day is not None):
        limits = versions.on(day)
        interrupts = Interruption.ACKNOWLEDGEMENT in limits.interrupted_by
        if interrupts and begins < day <= expiry:
            expiry = _ends(day, limits, law)
    return expiry


def is_time_barred(
    due_date: date,
    period_end: date | None,
    acknowledged_on: date | None,
    type_law: TypeLaw,
    law: Law,
    today: date,
    *,
    earlier: Collection[date] = (),
) -> bool:
    """Tell whether a claim has ended with time (er forældet) today; arguments as `expires_on`."""
    last = expires_on(due_date, period_end, acknowledged_on, type_law, law, earlier=earlier)
    return today > last


def _ends(begins: date, limits: LimitationLaw, law: Law) -> date:
    """Return the day the years end, rolled forward to a weekday (forældelsesloven § 27)."""
    day = months_after(begins, limits.years * MONTHS_A_YEAR)
    roll = law.limitation.roll.on(day)
    while day.weekday() >= FIRST_WEEKEND_DAY or is_public_holiday(day) or roll.is_closed(day):
        day += ONE_DAY
    return day
