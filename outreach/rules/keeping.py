"""Is a plan kept (overholdt), missed for now, broken (misligholdt), or fulfilled: pure.

An instalment's life: its day, the bank days of grace (løbedage), the friendly word that it has
not come, the bank days of the way back. Only after all of that does it count against the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, add_bank_days, next_bank_day, previous_bank_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.municipalities.policy import Plans


class Keeping(StrEnum):
    """How a plan stands."""

    KEPT = "kept"
    MISSED = "missed"  # an instalment has not come, and can still be made good
    FULFILLED = "fulfilled"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment (rate), its day, and since when the citizen knows that it has not come.

    `told_on` is the day they were told, or a person was whom we could not tell it through.
    """

    on: date
    amount: Money
    number: int = 0
    told_on: date | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """An instalment that has not come in time (udeblevet rate)."""

    due: Due
    #: What of it is missing, øre.
    missing: Money
    #: The first day on which it was late.
    since: date
    #: The last day of the way back; none: nobody has been told yet, so it has not begun.
    way_back_ends: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan stands on a day (aftalens stilling)."""

    kind: Keeping
    missed: tuple[Missed, ...] = ()
    #: The first instalment to come that is not paid ahead.
    next: Due | None = None
    #: All that is not paid ahead, oldest first; what is missed is among it.
    uncovered: tuple[Due, ...] = ()

    @property
    def arrears(self) -> Money:
        """What is missing of the instalments that have not come in time, øre."""
        return sum((one.missing for one in self.missed), NOTHING)


def weigh(
    dues: Sequence[Due],
    paid: Money,
    covers_until: date | None,
    plans: Plans,
    *,
    owed: Money | None = None,
    is_suspended: bool = False,
) -> Standing:
    """Weigh a plan by what has come in on it since it was agreed, øre.

    Money counts for the oldest instalment first, so what is paid ahead counts for what comes
    later, and what comes late makes good. What has fallen away in another way (a waiver, a smaller
    bill, a part under dispute) comes off the end: no more is asked for than is still `owed`. Days
    count once all payments of them are known. The plan is broken when `missed_before_breach`
    instalments are missing after their way back, or its last one is. While it is suspended
    nothing is missed.

    Source: A25 (line 37), F20 (line 37); days and counts are the municipality's.
    """
    left = _uncovered(dues, paid, owed)
    uncovered = tuple(due for due, _ in left)
    if not left:
        return Standing(Keeping.FULFILLED)
    known = date.min if covers_until is None or is_suspended else covers_until
    missed = tuple(
        _missed(due, missing, plans)
        for due, missing in left
        if last_day(due, plans.grace_bank_days) <= known
    )
    coming = next(iter(uncovered[len(missed) :]), None)
    lost = [one.due for one in missed if one.way_back_ends and one.way_back_ends <= known]
    is_broken = len(lost) >= plans.missed_before_breach or uncovered[-1] in lost
    kind = Keeping.BROKEN if is_broken else Keeping.MISSED if missed else Keeping.KEPT
    return Standing(kind, missed, coming, uncovered)


def last_day(due: Due, grace_bank_days: int) -> date:
    """Return the last day on which an instalment still comes in time (løbedage counted)."""
    return add_bank_days(next_bank_day(due.on), grace_bank_days)


def reminded_on(due: Due, remind_bank_days_before: int) -> date:
    """Return the bank day on which the citizen is reminded of an instalment (påmindelse)."""
    day = next_bank_day(due.on)
    for _ in range(remind_bank_days_before):
        day = previous_bank_day(day - ONE_DAY)
    return day


def is_reminder_due(due: Due, plans: Plans, agreed_on: date, today: date) -> bool:
    """Tell whether a reminder helps today: its day has come, and the instalment's has not.

    Whoever agreed on that day or later has the plan fresh in mind.
    """
    if plans.remind_bank_days_before is None:
        return False
    reminded = reminded_on(due, plans.remind_bank_days_before)
    return agreed_on < reminded <= today < due.on


def _uncovered(dues: Sequence[Due], paid: Money, owed: Money | None) -> list[tuple[Due, Money]]:
    """Return the instalments that are not paid, by their days, and what each lacks."""
    in_all = sum((due.amount for due in dues), NOTHING)
    needed = in_all if owed is None else min(in_all, paid + owed)
    left, before = [], NOTHING
    for due in sorted(dues, key=lambda due: due.on):
        until_now = min(before + due.amount, needed)
        if until_now > max(before, paid):
            left.append((due, until_now - max(before, paid)))
        before = until_now
    return left


def _missed(due: Due, missing: Money, plans: Plans) -> Missed:
    since = last_day(due, plans.grace_bank_days) + ONE_DAY
    if due.told_on is None:
        return Missed(due, missing, since, None)
    return Missed(due, missing, since, add_bank_days(due.told_on, plans.way_back_bank_days))
