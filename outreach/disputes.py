"""A dispute is answered by the unit that owns the claim (indsigelse; F2, F18)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from data.models.claims import Claim, ClaimState
from outreach import audit, claims, tasks, withdrawals
from outreach.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import ClaimId
    from outreach.runtime import Runtime


class DisputeAnswer(StrEnum):
    """How a dispute ended (svaret på en indsigelse)."""

    WRITTEN_OFF = "written_off"  # upheld: the claim falls (medhold)
    CORRECTED = "corrected"  # upheld in part: the ledger sends the right sum (delvist medhold)
    REJECTED = "rejected"  # the claim stands as it was (ikke medhold)


class NotDisputedError(ConflictError):
    """There is no open dispute on the claim, or somebody has answered it."""

    code = "not_disputed"


class HandedOverError(ConflictError):
    """The claim is with its recipient and must be recalled before it can fall."""

    code = "handed_over"


#: Why the claim is quiet for some bank days after the answer.
_QUIET_AFTER: Final = {
    DisputeAnswer.CORRECTED: "dispute_corrected",
    DisputeAnswer.REJECTED: "dispute_rejected",
}


async def answer(
    session: AsyncSession,
    runtime: Runtime,
    claim_id: ClaimId,
    staff: Staff,
    verdict: DisputeAnswer,
    note: str,
) -> Claim:
    """Answer the open dispute on a claim, and close its task with the note.

    A claim that stands, or that the ledger corrects, is open again with some bank days of quiet,
    so that no step fires at once; a plan it is in goes on.

    Raises:
        NotFoundError: no such claim in the caseworker's municipality.
        NoteMissingError: the note says nothing.
        NotDisputedError: there is no open dispute on it.
        HandedOverError: it cannot fall here while its recipient has it.
    """
    claim = await session.get(Claim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None or claim.municipality != staff.municipality:
        raise NotFoundError("no such claim")
    task = await tasks.settle(session, runtime, claim.id, tasks.DISPUTE, staff, note)
    if task is None and claim.state is not ClaimState.DISPUTED:
        raise NotDisputedError("no open dispute")
    if not note.strip():
        raise tasks.NoteMissingError("say why")
    await _apply(session, runtime, claim, staff, verdict)
    await audit.record(
        session,
        runtime,
        municipality=claim.municipality,
        actor=f"staff:{staff.id}",
        act="dispute_answered",
        subject_kind="claim",
        subject_id=claim.id,
        answer=verdict.value,
        unit=task.unit if task else None,
    )
    return claim


async def _apply(
    session: AsyncSession, runtime: Runtime, claim: Claim, staff: Staff, verdict: DisputeAnswer
) -> None:
    if verdict is DisputeAnswer.WRITTEN_OFF:
        if claim.state is ClaimState.HANDED_OVER:
            raise HandedOverError("recall it first")
        claim.state, claim.respite_until = ClaimState.WRITTEN_OFF, None
        claim.updated_at = runtime.clock.now()
        await withdrawals.weigh_again(session, runtime, [claim.id])
    elif claim.state is ClaimState.DISPUTED:
        because, actor = _QUIET_AFTER[verdict], f"staff:{staff.id}"
        await claims.reopen(session, runtime, claim, because=because, actor=actor)
