"""Which handoff is taken first (køens rækkefølge): pure; `data/queries/queue.py` says it in SQL.

1. Danger to life (severity 0), always; then
2. what is late, or came back from somebody who forgot it: a promise is broken already. The more
   severe first; among equals the forgotten, then the one that has been late the longest; then
3. what is in time, by the share of its time that is left, times its severity: an eviction with
   half of its day left stands beside an ordinary question with a sixth of its days left.

Ties: soonest due, then first come, then the id, so that the list never shuffles by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from data.values.ids import HandoffId

LIFE_IN_DANGER: Final = 0
#: The last quarter of the time is shown in amber.
SOON_SHARE: Final = 4
_MICROSECOND: Final = timedelta(microseconds=1)
#: Shares are counted in so many parts, in whole numbers: here and in SQL the same.
_PARTS: Final = 1000


class Band(IntEnum):
    """Which of the three comes first (gruppe)."""

    LIFE = 0
    BROKEN_PROMISE = 1
    IN_TIME = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the order of the queue rests on (en ventende henvendelse)."""

    id: HandoffId
    severity: int
    opened_at: datetime
    due_at: datetime
    times_returned: int = 0

    def is_late(self, now: datetime) -> bool:
        """Tell whether the answer is overdue."""
        return now >= self.due_at

    def is_soon(self, now: datetime) -> bool:
        """Tell whether the last quarter of its time has begun, and it is not late yet."""
        whole = self.due_at - self.opened_at
        return not self.is_late(now) and (self.due_at - now) * SOON_SHARE <= whole


type Place = tuple[Band, int, int, datetime, datetime, str]


def place(waiting: Waiting, now: datetime) -> Place:
    """Return what to sort by: the smallest is taken first."""
    band = _band(waiting, now)
    weight = _weight(waiting, now) if band is Band.IN_TIME else waiting.severity
    forgotten_first = 0 if waiting.times_returned and band is not Band.IN_TIME else 1
    return (
        band,
        weight,
        forgotten_first,
        waiting.due_at,
        waiting.opened_at,
        str(waiting.id),
    )


def _band(waiting: Waiting, now: datetime) -> Band:
    if waiting.severity == LIFE_IN_DANGER:
        return Band.LIFE
    if waiting.is_late(now) or waiting.times_returned:
        return Band.BROKEN_PROMISE
    return Band.IN_TIME


def _weight(waiting: Waiting, now: datetime) -> int:
    """Return the share of its time that is left, in thousandths, times its severity."""
    left = (waiting.due_at - now) // _MICROSECOND
    whole = max((waiting.due_at - waiting.opened_at) // _MICROSECOND, 1)
    return left * _PARTS * waiting.severity // whole
