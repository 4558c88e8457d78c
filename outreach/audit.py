"""Keeps each act and decision with its facts (log)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.models.staff import AuditEntry

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime

ASSISTANT = "assistant"
CITIZEN = "citizen"


async def record(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    actor: str,
    act: str,
    subject_kind: str,
    subject_id: object,
    **facts: str | float | bool | None,
) -> None:
    """Write down one act in the transaction that did it; facts hold ids and codes, no texts."""
    session.add(
        AuditEntry(
            municipality=municipality,
            at=runtime.clock.now(),
            actor=actor,
            act=act,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            facts=facts,
        )
    )
