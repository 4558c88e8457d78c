"""Keeps to what a vendor lets us send in a second (tempo), in all and to one address."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

#: A second, and what the way there may shorten it by: two messages leave further apart than they
#: arrive when the first is held up.
_WINDOW_SECONDS: Final = 1.03
#: Messages leave evenly, but one that was late is made up for.
_EVENLY: Final = 0.8
#: Addresses remembered before those that may be written to again are forgotten.
_REMEMBERED: Final = 5_000


class Pace:
    """Lets so many leave in a second and no more; seconds of the event loop's clock."""

    def __init__(self, *, most: int, apart_each: float) -> None:
        """Take how many a second in all, and the seconds between two to one address."""
        self._apart = _EVENLY / most
        self._apart_each = apart_each
        #: When the last ones left, as many as may leave in a second.
        self._left: deque[float] = deque([float("-inf")] * most, maxlen=most)
        self._next_of: dict[Hashable, float] = {}
        self._rests_until = 0.0
        self._door = asyncio.Lock()

    def rests(self) -> float:
        """Return for how many seconds nothing may be sent, because the vendor asked for a rest."""
        return max(0.0, self._rests_until - asyncio.get_running_loop().time())

    def rest(self, seconds: float) -> None:
        """Send nothing for so many seconds."""
        until = asyncio.get_running_loop().time() + seconds
        self._rests_until = max(self._rests_until, until)

    async def turn(self, address: Hashable) -> None:
        """Wait until it is this message's turn; who asks first goes first.

        Whoever waits for an address to be free keeps nobody else waiting.
        """
        clock = asyncio.get_running_loop().time
        now = clock()
        at = self._next_of.get(address, now)
        self._next_of[address] = max(now, at) + self._apart_each
        if len(self._next_of) > _REMEMBERED:
            self._next_of = {key: when for key, when in self._next_of.items() if when > now}
        await asyncio.sleep(max(0.0, at - now))
        async with self._door:
            at = max(self._left[0] + _WINDOW_SECONDS, self._left[-1] + self._apart)
            await asyncio.sleep(max(0.0, at - clock()))
            # Counted from when it really leaves: a machine that was busy does not hurry afterwards.
            self._left.append(clock())
