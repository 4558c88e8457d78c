"""Money that came to us for a claim that is with a recipient: it must hear of it (nedskrivning)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.claims import Claim
from outreach import tasks

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId
    from outreach.runtime import Runtime

WRITE_DOWN: Final = "write_down"


async def ask_for_write_downs(
    session: AsyncSession, runtime: Runtime, claim_ids: Collection[ClaimId]
) -> None:
    """Let a person report what was paid on these claims; one open task a claim is enough.

    What is to be reported is summed up by `mindelig hand-over write-downs`.
    """
    if not claim_ids:
        return
    for claim in await session.scalars(
        select(Claim).where(Claim.id.in_(claim_ids)).order_by(Claim.id)
    ):
        await tasks.open_task(session, runtime, claim=claim, kind=WRITE_DOWN, actor="import")
