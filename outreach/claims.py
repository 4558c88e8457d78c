"""What happens to claims by what a citizen says, or by time: a pause, a dispute (krav)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.claims import Claim, ClaimState
from data.values.time import day_of
from outreach import audit

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime


async def pause(
    session: AsyncSession, runtime: Runtime, claims: list[Claim], *, until: date, because: str
) -> None:
    """Write to nobody about these claims before the day after `until`; a longer pause stays."""
    for claim in claims:
        if claim.paused_until is not None and claim.paused_until >= until:
            continue
        claim.paused_until, claim.paused_because = until, because
        claim.updated_at = runtime.clock.now()
        await _record(session, runtime, claim, "claim_paused", because=because)


async def dispute(session: AsyncSession, runtime: Runtime, claims: list[Claim]) -> None:
    """Mark open claims as disputed (indsigelse): no step is taken until a person has answered."""
    for claim in claims:
        if claim.state is ClaimState.OPEN:
            claim.state, claim.updated_at = ClaimState.DISPUTED, runtime.clock.now()
            await _record(session, runtime, claim, "claim_disputed")


async def end_respites(session: AsyncSession, runtime: Runtime, municipality: str) -> int:
    """Open the claims whose time to wait is over, and end those agreements; return how many."""
    today, now = day_of(runtime.clock.now()), runtime.clock.now()
    ended = await session.scalars(
        update(Claim)
        .where(
            Claim.municipality == municipality,
            Claim.state == ClaimState.IN_RESPITE,
            Claim.respite_until < today,
        )
        .values(state=ClaimState.OPEN, respite_until=None, updated_at=now)
        .returning(Claim.id)
    )
    count = len(ended.all())
    if count:
        await session.execute(
            update(Agreement)
            .where(
                Agreement.municipality == municipality,
                Agreement.state == AgreementState.ACCEPTED,
                Agreement.kind == AgreementKind.RESPITE,
                Agreement.respite_until < today,
            )
            .values(state=AgreementState.ENDED)
        )
    return count


async def _record(
    session: AsyncSession, runtime: Runtime, claim: Claim, act: str, **facts: str
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=claim.municipality,
        actor=audit.CITIZEN,
        act=act,
        subject_kind="claim",
        subject_id=claim.id,
        **facts,
    )
