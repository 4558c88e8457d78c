"""Ways back into a plan after an instalment that did not come (vej tilbage): pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.values.money import NOTHING, Money
from outreach.rules.instalments import Rate, due_days, on_bank_days
from outreach.rules.wish import Every, Rhythm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from outreach.rules.keeping import Due


def late_of(uncovered: Sequence[Due], today: date) -> list[Due]:
    """Return the instalments whose day has come and that are not paid, in grace or not."""
    return [due for due in uncovered if due.on <= today]


def to_the_next(uncovered: Sequence[Due], left: Money, today: date) -> tuple[Rate, ...] | None:
    """Lay what is late on the next instalment; none: there is no instalment to come.

    Args:
        uncovered: the instalments that are not paid, oldest first.
        left: what is still to be paid on the plan, øre; the new instalments add up to it.
        today: the day it is.
    """
    sums = _sums(uncovered, left)
    late = len(late_of(uncovered, today))
    if late == len(uncovered):
        return None
    first = sum(sums[: late + 1], NOTHING)
    return _rates([due.on for due in uncovered[late:]], [first, *sums[late + 1 :]])


def to_the_end(
    uncovered: Sequence[Due], left: Money, rhythm: Rhythm | None, today: date
) -> tuple[Rate, ...]:
    """Move what is late to the end of the plan, in its rhythm; the others keep their days."""
    sums = _sums(uncovered, left)
    late = len(late_of(uncovered, today))
    kept = [due.on for due in uncovered[late:]]
    after = _days_after(max([today, *kept]), uncovered[0].on, rhythm)
    days = [*kept, *(day for day, _ in zip(after, range(late), strict=False))]
    return _rates(days, [*sums[late:], *sums[:late]])


def _sums(uncovered: Sequence[Due], left: Money) -> list[Money]:
    """Return what each still takes: the oldest may be paid in part, the last takes what is over."""
    sums, rest = [], left
    for due in reversed(uncovered[1:]):
        sums.append(min(due.amount, rest))
        rest -= sums[-1]
    first = min(uncovered[0].amount, rest)
    sums = [first, *reversed(sums)]
    sums[-1] += rest - first
    return sums


def _days_after(end: date, first: date, rhythm: Rhythm | None) -> Iterator[date]:
    wanted = due_days(rhythm, first) if rhythm else due_days(Rhythm(Every.MONTH), end)
    return on_bank_days((day for day in wanted if day > end), end)


def _rates(days: Sequence[date], sums: Sequence[Money]) -> tuple[Rate, ...]:
    pairs = [(day, part) for day, part in zip(days, sums, strict=True) if part]
    return tuple(Rate(number, part, day) for number, (day, part) in enumerate(pairs, start=1))
