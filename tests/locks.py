"""Looks at who waits for whom in the database, so that a story can say what comes first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from outreach.runtime import Runtime

_WAITING = """
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'
"""


async def somebody_waits(runtime: Runtime) -> None:
    """Look until somebody waits for what another holds.

    Raises:
        TimeoutError: nobody does.
    """
    async with asyncio.timeout(20):
        while True:
            async with runtime.transaction() as session:
                if await session.scalar(text(_WAITING)):
                    return
