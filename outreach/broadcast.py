"""Hands notices of change on to who waits for them: one listener a process, however many wait."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from data.notifications import ConnectionLost, Topic, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from sqlalchemy import URL

_BEGIN_AGAIN_SECONDS: Final = 1.0
HEARTBEAT_SECONDS: Final = 15.0
#: Changes closer together than this are one event.
QUIET_SECONDS: Final = 0.2
_RETRY: Final = "retry: 2000\n\n"
_CHANGED: Final = "event: changed\ndata: \n\n"
_ENDED: Final = "event: ended\ndata: \n\n"
_HEARTBEAT: Final = ": still here\n\n"


class Broadcast:
    """Listens to a topic while anybody is interested, and wakes those whom a change concerns."""

    def __init__(self, url: URL, topic: Topic = Topic.DESK) -> None:
        """Take the database's address; nothing is connected before somebody subscribes."""
        self._url, self._topic = url, topic
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._listener: asyncio.Task[None] | None = None
        #: The process is about to stop: nobody should wait for a bell any more.
        self.is_closing = False

    def close(self) -> None:
        """Ring every bell a last time, so that whoever listens can go."""
        self.is_closing = True
        for name in self._bells:
            self._ring(name)

    @asynccontextmanager
    async def subscribe(self, name: str) -> AsyncIterator[asyncio.Event]:
        """Yield a bell that rings (is set) whenever something may have changed.

        `name` is a municipality for the desk's topic, a conversation's id for the citizens'.
        Several changes before the bell is cleared ring it once. It also rings when listening
        begins, and begins again after a broken connection: something may have been missed.
        """
        bell = asyncio.Event()
        self._bells.setdefault(name, set()).add(bell)
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        try:
            yield bell
        finally:
            self._leave(name, bell)

    def _leave(self, name: str, bell: asyncio.Event) -> None:
        bells = self._bells[name]
        bells.discard(bell)
        if not bells:
            del self._bells[name]
        if not self._bells and self._listener is not None:
            self._listener.cancel()
            self._listener = None

    async def _listen(self) -> None:
        while True:
            with suppress(ConnectionLost):
                async with listening(self._url, self._topic) as notices:
                    for name in self._bells:
                        self._ring(name)
                    async for name in notices:
                        self._ring(name)
            await asyncio.sleep(_BEGIN_AGAIN_SECONDS)

    def _ring(self, name: str) -> None:
        for bell in self._bells.get(name, ()):
            bell.set()


async def server_sent(
    broadcast: Broadcast,
    name: str,
    is_open: Callable[[], Awaitable[bool]],
    *,
    heartbeat: float = HEARTBEAT_SECONDS,
) -> AsyncIterator[str]:
    """Tell a browser `changed` at once and at every change (server-sent events).

    Args:
        broadcast: who tells of changes.
        name: what the browser listens to.
        is_open: asked before each event; when it says no, the stream says `ended` and stops.
        heartbeat: seconds between two signs of life.
    """
    async with broadcast.subscribe(name) as bell:
        yield _RETRY
        bell.set()  # a browser that was away fetches what it missed
        while not broadcast.is_closing:
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), heartbeat)
            if not await is_open():
                yield _ENDED
                return
            rang = bell.is_set()
            bell.clear()  # before the browser hears of it: a later change rings again
            yield _CHANGED if rang else _HEARTBEAT
            if rang:
                await asyncio.sleep(QUIET_SECONDS)
