"""The files that claims were handed over with (overdragelsesfiler)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import defer

from data.models.hand_overs import HandOver, HandOverFile, HandOverState

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId, HandOverFileId

#: Files shown at once, the newest.
SHOWN_AT_ONCE: Final = 100
#: What is on its way to a recipient, or with it.
ALIVE: Final = (HandOverState.WAITING, HandOverState.FILED, HandOverState.ACCEPTED)


async def files(session: AsyncSession, municipality: str) -> list[HandOverFile]:
    """List the files of a municipality without what is in them, the newest first."""
    query = (
        select(HandOverFile)
        .where(HandOverFile.municipality == municipality)
        .options(defer(HandOverFile.content, raiseload=True))
        .order_by(HandOverFile.created_at.desc(), HandOverFile.number.desc())
    )
    return list(await session.scalars(query.limit(SHOWN_AT_ONCE)))


async def one_file(
    session: AsyncSession, municipality: str, file_id: HandOverFileId
) -> HandOverFile | None:
    """Return one file of this municipality as it was written, or none."""
    return await session.scalar(
        select(HandOverFile).where(
            HandOverFile.municipality == municipality, HandOverFile.id == file_id
        )
    )


async def alive_of(
    session: AsyncSession, claim_ids: Collection[ClaimId]
) -> dict[ClaimId, HandOver]:
    """Return the hand-over under way, or done, of each of these claims that has one."""
    found = await session.scalars(
        select(HandOver).where(HandOver.claim_id.in_(claim_ids), HandOver.state.in_(ALIVE))
    )
    return {one.claim_id: one for one in found}
