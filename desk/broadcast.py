"""Hands notices of change on to open browsers: one listener a web process, however many."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from data.notifications import ConnectionLost, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import URL

_BEGIN_AGAIN_SECONDS: Final = 1.0


class Broadcast:
    """Listens while anybody is interested, and wakes those of the municipality that changed."""

    def __init__(self, url: URL) -> None:
        """Take the database's address; nothing is connected before somebody subscribes."""
        self._url = url
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._listener: asyncio.Task[None] | None = None
        #: The process is about to stop: nobody should wait for a bell any more.
        self.is_closing = False

    def close(self) -> None:
        """Ring every bell a last time, so that whoever listens can go."""
        self.is_closing = True
        for municipality in self._bells:
            self._ring(municipality)

    @asynccontextmanager
    async def subscribe(self, municipality: str) -> AsyncIterator[asyncio.Event]:
        """Yield a bell that rings (is set) whenever something may have changed.

        Several changes before the bell is cleared ring it once. It also rings when listening
        begins, and begins again after a broken connection: something may have been missed.
        """
        bell = asyncio.Event()
        self._bells.setdefault(municipality, set()).add(bell)
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        try:
            yield bell
        finally:
            self._leave(municipality, bell)

    def _leave(self, municipality: str, bell: asyncio.Event) -> None:
        bells = self._bells[municipality]
        bells.discard(bell)
        if not bells:
            del self._bells[municipality]
        if not self._bells and self._listener is not None:
            self._listener.cancel()
            self._listener = None

    async def _listen(self) -> None:
        while True:
            with suppress(ConnectionLost):
                async with listening(self._url) as notices:
                    for municipality in self._bells:
                        self._ring(municipality)
                    async for municipality in notices:
                        self._ring(municipality)
            await asyncio.sleep(_BEGIN_AGAIN_SECONDS)

    def _ring(self, municipality: str) -> None:
        for bell in self._bells.get(municipality, ()):
            bell.set()
