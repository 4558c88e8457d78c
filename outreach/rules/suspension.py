"""What a rest (suspension, bero) makes of a plan's days: pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from data.values.time import add_bank_days, next_bank_day
from outreach.rules.instalments import due_days, on_bank_days
from outreach.rules.keeping import last_day
from outreach.rules.wish import Every, Rhythm

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from data.municipalities.policy import Plans
    from outreach.rules.keeping import Due


class Because(StrEnum):
    """Why a plan stands still (årsag)."""

    FROZEN = "frozen"  # a hard case or a death (fredning)
    RESPITE = "respite"  # agreed on top of the plan (henstand)


@dataclass(frozen=True, slots=True)
class Rest:
    """The days a plan stood still, both counted, and why."""

    since: date
    until: date
    because: Because


def resumed(
    dues: Sequence[Due],
    uncovered: Collection[Due],
    rest: Rest,
    rhythm: str | None,
    plans: Plans,
) -> list[Due]:
    """Return a plan's instalments after a rest, in the order given.

    What fell due in it and is not paid moves to the end of the plan, in its rhythm, on bank days,
    never two on one day. A freeze also spares what was late but had days of grace left: nobody
    was to be asked for it then. A way back that the rest cut short begins anew.

    Args:
        dues: the instalments as they were agreed.
        uncovered: those of them that are not paid.
        rest: when the plan stood still, and why.
        rhythm: as agreements keep it; none: days named one by one, so one a month.
        plans: the municipality's days of grace and of the way back.
    """
    falls = {due for due in uncovered if _falls_in(due, rest, plans)}
    end = max(rest.until, *(due.on for due in dues))
    free = _days(dues, rhythm, end)
    moved = {due: next(free) for due in sorted(falls, key=lambda due: due.on)}
    return [
        replace(due, on=moved[due], told_on=None) if due in moved else _told_anew(due, rest, plans)
        for due in dues
    ]


def _falls_in(due: Due, rest: Rest, plans: Plans) -> bool:
    grace = plans.grace_bank_days
    last = last_day(due, grace) if rest.because is Because.FROZEN else next_bank_day(due.on)
    return due.on <= rest.until and last >= rest.since


def _told_anew(due: Due, rest: Rest, plans: Plans) -> Due:
    """Let the way back begin anew where it was not over when the rest began."""
    if due.told_on is None:
        return due
    was_over = add_bank_days(due.told_on, plans.way_back_bank_days) < rest.since
    return due if was_over else replace(due, told_on=rest.until)


def _days(dues: Sequence[Due], rhythm: str | None, end: date) -> Iterator[date]:
    """Yield the bank days on which the plan goes on after its end, without end."""
    first, last = min(due.on for due in dues), max(due.on for due in dues)
    wanted = due_days(Rhythm.of(rhythm), first) if rhythm else due_days(Rhythm(Every.MONTH), last)
    return on_bank_days((day for day in wanted if day > end), end)
