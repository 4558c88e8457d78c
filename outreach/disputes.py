"""A dispute is answered by the unit that owns the claim (indsigelse; F2, F18)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from data.models.claims import Claim, ClaimState
from data.values.money import NOTHING, Money
from outreach import audit, claims, postings, tasks, withdrawals
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.overrides import ReasonMissingError
from outreach.rules.unit_answers import UnitAnswer

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


class PartError(MindeligError):
    """The part under dispute must be more than nothing, and less than all that is owed."""

    code = "part_of_claim"


class HandedOverError(ConflictError):
    """The claim is with its recipient and must be recalled before it can fall."""

    code = "handed_over"


_CAN_BE_DISPUTED_IN_PART: Final = {ClaimState.OPEN, ClaimState.DISPUTED, ClaimState.IN_PLAN}
#: Why the claim is quiet for some bank days after the answer.
#: What the office is offered once the unit has answered: it decides, and may decide otherwise.
AFTER_UNIT: Final = {
    UnitAnswer.UPHELD: DisputeAnswer.WRITTEN_OFF,
    UnitAnswer.UPHELD_IN_PART: DisputeAnswer.CORRECTED,
    UnitAnswer.REJECTED: DisputeAnswer.REJECTED,
}
_QUIET_AFTER: Final = {
    DisputeAnswer.WRITTEN_OFF: "dispute_upheld",
    DisputeAnswer.CORRECTED: "dispute_corrected",
    DisputeAnswer.REJECTED: "dispute_rejected",
}


async def dispute_part(
    session: AsyncSession,
    runtime: Runtime,
    claim: Claim,
    staff: Staff,
    amount: Money,
    reason: str,
) -> Claim:
    """Say which part of a claim is disputed, øre (delvis indsigelse): the rest may be agreed on.

    Nothing is chased until the dispute is answered. Once the rest is paid, also in a plan, the
    claim waits for that answer as disputed. A claim in a plan stays in it: change the plan.

    Raises:
        NotFoundError: no such claim in the caseworker's municipality.
        ReasonMissingError: no reason is given.
        PartError: it is nothing, or all that is owed.
        NotDisputedError: the claim is over, at rest or handed over.
    """
    held = await session.get(Claim, claim.id, with_for_update=True, populate_existing=True)
    if held is None or held.municipality != staff.municipality:
        raise NotFoundError("no such claim")
    if not reason.strip():
        raise ReasonMissingError("say why")
    if held.state not in _CAN_BE_DISPUTED_IN_PART:
        raise NotDisputedError(held.state.value)
    if not NOTHING < amount < held.outstanding:
        raise PartError("more than nothing, and less than all")
    held.in_dispute, held.updated_at = amount, runtime.clock.now()
    if held.state is ClaimState.OPEN:
        held.state = ClaimState.DISPUTED
    actor = f"staff:{staff.id}"
    about: dict[str, str | float | bool | None] = {"summary": reason.strip(), "part": amount.oere}
    await tasks.open_task(
        session, runtime, claim=held, kind=tasks.DISPUTE, facts=about, actor=actor
    )
    await audit.record(
        session,
        runtime,
        municipality=held.municipality,
        actor=actor,
        act="claim_disputed_in_part",
        subject_kind="claim",
        subject_id=held.id,
        amount=amount.oere,
        reason=reason.strip(),
    )
    await withdrawals.weigh_again(session, runtime, [held.id])
    return held


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
    before = {"state": claim.state.value, "in_dispute": claim.in_dispute.oere}
    task = await tasks.settle(session, runtime, claim.id, tasks.DISPUTE, staff, note)
    if task is None and claim.state is not ClaimState.DISPUTED:
        raise NotDisputedError("no open dispute")
    if not note.strip():
        raise tasks.NoteMissingError("say why")
    await _apply(session, runtime, claim, staff, verdict, note)
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
        unit_answer=task.answered_as if task else None,
        before=before,
        after={"state": claim.state.value, "in_dispute": claim.in_dispute.oere},
    )
    return claim


async def _apply(
    session: AsyncSession,
    runtime: Runtime,
    claim: Claim,
    staff: Staff,
    verdict: DisputeAnswer,
    note: str,
) -> None:
    part, claim.in_dispute = claim.in_dispute, NOTHING
    if verdict is DisputeAnswer.WRITTEN_OFF:
        if claim.state is ClaimState.HANDED_OVER:
            raise HandedOverError("recall it first")
        await session.flush()
        await postings.write_off(session, runtime, claim, staff, note, part=part or None)
    if claim.state is ClaimState.DISPUTED:
        because, actor = _QUIET_AFTER[verdict], f"staff:{staff.id}"
        await claims.reopen(session, runtime, claim, because=because, actor=actor)
