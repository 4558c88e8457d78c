"""Puts what happens to a caseworker's way in on record (log)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach import audit

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from outreach.runtime import Runtime

#: Who acts from the command line.
OPERATOR = "operator"


async def record(
    session: AsyncSession,
    runtime: Runtime,
    person: Staff,
    act: str,
    *,
    actor: str | None = None,
    before: str | bool | None = None,
    after: str | bool | None = None,
    **facts: str,
) -> None:
    """Write down one act about a caseworker: their own unless an `actor` is named."""
    await audit.record(
        session,
        runtime,
        municipality=person.municipality,
        actor=actor or f"staff:{person.id}",
        act=act,
        subject_kind="staff",
        subject_id=person.id,
        before=before,
        after=after,
        **facts,
    )
