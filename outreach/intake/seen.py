"""Remembers what a file has said so far, outside our own memory."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from data.database import Database

_MAKE = text(
    "create temporary table intake_seen"
    " (key bytea primary key, line bigint not null, digest bytea not null)"
)
_DROP = text("drop table if exists intake_seen")
#: A plan kept from the first batch would walk the whole table for each later key.
_PLAN_ANEW = text("set plan_cache_mode = force_custom_plan")
_AS_BEFORE = text("reset plan_cache_mode")
_ADD = text(
    "insert into intake_seen"
    " select distinct on (key) key, line, digest"
    " from unnest(cast(:keys as bytea[]), cast(:lines as bigint[]), cast(:digests as bytea[]))"
    " as given (key, line, digest) order by key, line"
    " on conflict do nothing"
)
_FIND = text("select key, line, digest from intake_seen where key = any(cast(:keys as bytea[]))")


def digest(*parts: str) -> bytes:
    """Return 16 bytes that stand for these texts, and cannot be read back."""
    return blake2b("\x1f".join(parts).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Sighting:
    """A key (of a claim, of a debtor), where in the file it stands, and what stands there."""

    key: bytes
    line: int
    contents: bytes


class Seen:
    """What this file has said so far, as hashes in a temporary table of one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database) -> AsyncIterator[Seen]:
        """Remember until the end of the block."""
        async with database.engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            for statement in (_DROP, _MAKE, _PLAN_ANEW):
                await connection.execute(statement)
            try:
                yield cls(connection)
            finally:
                for statement in (_DROP, _AS_BEFORE):
                    await connection.execute(statement)

    async def first(self, sightings: Iterable[Sighting]) -> dict[bytes, Sighting]:
        """Remember these, and return for each key where the file named it first."""
        given = list(sightings)
        keys = [sighting.key for sighting in given]
        columns = {
            "keys": keys,
            "lines": [sighting.line for sighting in given],
            "digests": [sighting.contents for sighting in given],
        }
        await self._connection.execute(_ADD, columns)
        found = await self._connection.execute(_FIND, {"keys": keys})
        return {bytes(key): Sighting(bytes(key), line, held) for key, line, held in found}
