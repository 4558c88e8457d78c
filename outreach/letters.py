"""Queues the letters of a step (breve), one to each who owes the claim; `mailing` sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from data.models.cases import Liability
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.letters import Letter, LetterStatus
from data.queries.bulk import as_rows, insert_rows
from data.values.ids import LetterId, new_id
from data.values.money import NOTHING
from outreach import jobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId, ClaimId
    from outreach.rules.ladder import Move
    from outreach.runtime import Runtime


async def queue(
    session: AsyncSession,
    runtime: Runtime,
    moves: Sequence[tuple[Claim | Row[Any], Move]],
) -> list[LetterId]:
    """Queue each move's letter to the citizen and to each who owes with them (medhæftere).

    A letter is queued once a claim, step and citizen. One that stood down before is queued again:
    the step has been decided anew.
    """
    if not moves:
        return []
    debtors = await _debtors(session, [claim for claim, _ in moves])
    languages = await _languages(session, {one for all_ in debtors.values() for one in all_})
    rows = [
        {
            "id": new_id(),
            "municipality": claim.municipality,
            "claim_id": claim.id,
            "citizen_id": citizen_id,
            "step": move.name,
            "template": move.kind.value,
            "language": languages[citizen_id],
            "status": LetterStatus.QUEUED,
            "fee": NOTHING,
            "attempts": 0,
            "created_at": runtime.clock.now(),
        }
        for claim, move in moves
        for citizen_id in debtors[claim.id]
    ]
    fresh = insert_rows(Letter, rows[0])
    queued = await session.scalars(
        fresh.on_conflict_do_update(
            index_elements=["claim_id", "step", "citizen_id"],
            set_={
                "status": LetterStatus.QUEUED,
                "stood_down_because": None,
                "language": fresh.excluded.language,
                "attempts": 0,
                "created_at": fresh.excluded.created_at,
            },
            where=text("letters.status = 'stood_down'"),
        ).returning(Letter.id),
        as_rows(rows),
    )
    for municipality in sorted({claim.municipality for claim, _ in moves}):
        await wake(session, municipality)
    return list(queued)


async def wake(session: AsyncSession, municipality: str) -> None:
    """Queue one sending of letters for the municipality, unless one is waiting already."""
    await jobs.defer(
        session, "send_letters", once=f"send_letters:{municipality}", municipality=municipality
    )


async def _debtors(
    session: AsyncSession, claims: Sequence[Claim | Row[Any]]
) -> dict[ClaimId, list[CitizenId]]:
    """Return who owes each claim: its citizen first, then those who are liable with them."""
    debtors = {claim.id: [claim.citizen_id] for claim in claims}
    rows = await session.execute(
        select(Liability.claim_id, Liability.citizen_id)
        .where(Liability.claim_id.in_(debtors))
        .order_by(Liability.claim_id, Liability.created_at, Liability.citizen_id)
    )
    for claim_id, citizen_id in rows:
        if citizen_id not in debtors[claim_id]:
            debtors[claim_id].append(citizen_id)
    return debtors


async def _languages(session: AsyncSession, citizens: set[CitizenId]) -> dict[CitizenId, str]:
    rows = await session.execute(
        select(Citizen.id, Citizen.language).where(Citizen.id.in_(citizens))
    )
    return dict(rows.all())


async def of_citizen(session: AsyncSession, citizen_id: CitizenId) -> list[Row[Letter, str]]:
    """Return a citizen's letters (`Letter`, `claim_ref`), newest last."""
    rows = await session.execute(
        select(Letter, Claim.claim_ref)
        .join(Claim, Claim.id == Letter.claim_id)
        .where(Letter.citizen_id == citizen_id)
        .order_by(Letter.created_at, Letter.step)
    )
    return list(rows.all())


async def of_municipality(
    session: AsyncSession, municipality: str, *, status: LetterStatus | None, limit: int
) -> list[Row[Letter, str]]:
    """Return a municipality's latest letters (`Letter`, `claim_ref`), newest first."""
    chosen = (
        select(Letter, Claim.claim_ref)
        .join(Claim, Claim.id == Letter.claim_id)
        .where(Letter.municipality == municipality)
    )
    if status is not None:
        chosen = chosen.where(Letter.status == status)
    rows = await session.execute(
        chosen.order_by(Letter.created_at.desc(), Claim.claim_ref, Letter.step).limit(limit)
    )
    return list(rows.all())
