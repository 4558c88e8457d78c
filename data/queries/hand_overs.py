"""The files that claims were handed over with (overdragelsesfiler)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import defer

from data.models.hand_overs import HandOverFile

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import HandOverFileId

#: Files shown at once, the newest.
SHOWN_AT_ONCE: Final = 100


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
