"""The notes on a citizen, newest first (notater)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from data.models.claims import Claim
from data.models.notes import Note
from data.models.staff import Staff

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId

#: Notes that a page shows, the newest.
SHOWN_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Written:
    """A note with who wrote it, the claim it is about, and the note it corrects."""

    note: Note
    author: str
    claim: Claim | None
    corrected: Note | None


async def of_citizen(session: AsyncSession, citizen_id: CitizenId) -> list[Written]:
    """List the notes on a citizen."""
    corrected = aliased(Note)
    found = await session.execute(
        select(Note, Staff.name, Claim, corrected)
        .join(Staff, Staff.id == Note.staff_id)
        .outerjoin(Claim, Claim.id == Note.claim_id)
        .outerjoin(corrected, corrected.id == Note.corrects)
        .where(Note.citizen_id == citizen_id)
        .order_by(Note.at.desc(), Note.id)
        .limit(SHOWN_AT_ONCE)
    )
    return [Written(*row) for row in found]
