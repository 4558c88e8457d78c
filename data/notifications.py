"""Tells open pages and calls that something changed: PostgreSQL's LISTEN and NOTIFY.

A notice names the municipality (to desks) or the conversation (to citizens) and nothing else: what
changed is read from the tables. PostgreSQL hands it out when the transaction commits, and never
when it is rolled back.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from psycopg import AsyncConnection, OperationalError, sql
from sqlalchemy import text

from data.database import libpq

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ConversationId

#: What a broken connection raises; the listener should begin again.
ConnectionLost = OperationalError

_NOTIFY = text("select pg_notify(:topic, :name)")


class Topic(StrEnum):
    """Who listens (emne)."""

    DESK = "desk"
    TALK = "talk"  # a citizen's open page, or their call


async def notify(session: AsyncSession, municipality: str) -> None:
    """Tell every desk of the municipality to look again, once this transaction is committed.

    The same notice several times in one transaction goes out once.
    """
    await session.execute(_NOTIFY, {"topic": Topic.DESK, "name": municipality})


async def notify_citizen(session: AsyncSession, conversation_id: ConversationId) -> None:
    """Tell a citizen's open page, or their call, to look again, once this is committed."""
    await session.execute(_NOTIFY, {"topic": Topic.TALK, "name": str(conversation_id)})


@asynccontextmanager
async def listening(url: URL, topic: Topic) -> AsyncIterator[AsyncGenerator[str]]:
    """Listen on a connection of its own, outside the pool; yields the names of a topic's notices.

    Inside the block the listening has begun: no later commit is missed. It needs a session of
    PostgreSQL to itself, so the address must not lead to a pooler that shares sessions.

    Raises:
        ConnectionLost: PostgreSQL cannot be reached, or not any more.
    """
    address = libpq(url.render_as_string(hide_password=False))
    async with await AsyncConnection.connect(address, autocommit=True) as connection:
        await connection.execute(sql.SQL("listen {}").format(sql.Identifier(topic)))
        yield _names(connection)


async def _names(connection: AsyncConnection) -> AsyncGenerator[str]:
    async for notice in connection.notifies():
        yield notice.payload
