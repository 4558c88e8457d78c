"""Keeps what the rules said about many claims at once (afgørelser)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_

from data.models.claims import Decision, Outcome
from data.queries.bulk import as_rows, insert_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession


async def keep(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> set[tuple[UUID, str]]:
    """Write decisions, each with the same keys; return claim and step of what is new.

    An allowed step is never written over; a refusal only where its reason, its time or its facts
    have changed, so that a round twice writes nothing.
    """
    if not rows:
        return set()
    fresh = insert_rows(Decision, rows[0])
    written = await session.execute(
        fresh.on_conflict_do_update(
            index_elements=["claim_id", "step"],
            set_={name: fresh.excluded[name] for name in rows[0] if name not in _KEYS},
            where=and_(
                Decision.outcome == Outcome.REFUSED,
                or_(
                    Decision.outcome != fresh.excluded.outcome,
                    Decision.reason.is_distinct_from(fresh.excluded.reason),
                    Decision.retry_at.is_distinct_from(fresh.excluded.retry_at),
                    Decision.facts != fresh.excluded.facts,
                ),
            ),
        ).returning(Decision.claim_id, Decision.step),
        as_rows(rows),
    )
    return {(claim_id, step) for claim_id, step in written}


_KEYS = frozenset({"municipality", "claim_id", "step"})
