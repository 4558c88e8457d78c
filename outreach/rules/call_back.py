"""When a caseworker can call back (tilbagekald): pure, from the office's days and the slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.values.time import ONE_DAY, at_local, day_of, next_bank_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from data.municipalities.voice import CallBackSlot

#: A caller keeps so many choices in mind.
MOST: Final = 3
#: What is left of a slot must be long enough to call in.
_LEAST_LEFT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a day in which a citizen can be called."""

    day: date
    part: CallBackSlot

    @property
    def ends_at(self) -> datetime:
        """When it is over, in UTC."""
        return at_local(self.day, self.part.closes.hour, self.part.closes.minute)


def next_slots(parts: Sequence[CallBackSlot], now: datetime, most: int = MOST) -> list[Slot]:
    """Return the next parts of office days that are not over, or nearly, at `now`."""
    found: list[Slot] = []
    day = next_bank_day(day_of(now))
    while len(found) < most:
        slots = [Slot(day, part) for part in sorted(parts, key=lambda part: part.opens)]
        found += [slot for slot in slots if slot.ends_at - now >= _LEAST_LEFT]
        day = next_bank_day(day + ONE_DAY)
    return found[:most]
