"""Lets imports take turns, and keeps PostgreSQL's plans fit for tables that grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.database import Database


async def one_import_at_a_time(session: AsyncSession, municipality: str) -> None:
    """Wait until no other import writes for the municipality, until this transaction ends.

    The tables grow from nothing while the file is taken, so a plan kept from the first batch would
    walk all rows for each of the later ones (measured: twice the time): each batch is planned anew.
    """
    await session.execute(text("set local plan_cache_mode = force_custom_plan"))
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"intake:{municipality}"},
    )


async def refresh_statistics(database: Database) -> None:
    """Let PostgreSQL look at tables that have just grown, before a round or an import reads them.

    Its own look comes up to a minute later; until then it would plan for small tables.
    """
    async with database.transaction() as session:
        await session.execute(text("analyze citizens, contact_points, claims"))
