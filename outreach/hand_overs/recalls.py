"""Claims that come back from a recipient: rejected, returned, or recalled by us (tilbagekald)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from data.models.claims import Claim, ClaimState
from data.models.hand_overs import HandOver, HandOverState
from data.notifications import notify
from outreach import claims
from outreach.errors import ConflictError, NotFoundError
from outreach.hand_overs.waiting import hold, take_turns
from outreach.overrides import ReasonMissingError
from outreach.rules.decision import Reason
from outreach.withdrawals import record, step_back

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from outreach.runtime import Runtime

_WITH_THEM = (HandOverState.FILED, HandOverState.ACCEPTED)


class NotHandedOverError(ConflictError):
    """The claim is not with a recipient; what still waits is stopped, not recalled."""

    code = "not_handed_over"


async def recall(
    session: AsyncSession, runtime: Runtime, claim_ref: str, staff: Staff, reason: str
) -> HandOver:
    """Take a claim back from its recipient, and hold it here until the caseworker says otherwise.

    The recipient is told through its own portal; its receipt (`recalled`) is taken in like any
    other answer.

    Raises:
        NotFoundError: no such claim in the caseworker's municipality.
        NotHandedOverError: it is not with a recipient.
        ReasonMissingError: the reason says nothing.
    """
    if not reason.strip():
        raise ReasonMissingError("say why the claim is taken back")
    await take_turns(session, staff.municipality)
    claim = await claim_of(session, staff.municipality, claim_ref)
    hand_over = await session.scalar(
        select(HandOver)
        .where(HandOver.claim_id == claim.id, HandOver.state.in_(_WITH_THEM))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if hand_over is None:
        raise NotHandedOverError(f"{claim_ref} is not with a recipient: there is nothing to recall")
    actor = f"staff:{staff.id}"
    await take_back(session, runtime, hand_over, claim, HandOverState.RECALLED, actor, reason)
    hand_over.stopped_by, hand_over.stopped_because = staff.id, reason.strip()
    await session.flush()
    await hold(session, runtime, hand_over, staff, reason)
    await notify(session, hand_over.municipality)
    return hand_over


async def claim_of(session: AsyncSession, municipality: str, claim_ref: str) -> Claim:
    """Return a claim by its reference, locked.

    Raises:
        NotFoundError: there is none in the municipality.
    """
    claim = await session.scalar(
        select(Claim)
        .where(Claim.municipality == municipality, Claim.claim_ref == claim_ref.strip())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if claim is None:
        raise NotFoundError(f"{municipality} has no claim {claim_ref.strip()}")
    return claim


async def take_back(
    session: AsyncSession,
    runtime: Runtime,
    hand_over: HandOver,
    claim: Claim,
    state: HandOverState,
    actor: str,
    why: str | None = None,
) -> None:
    """The claim is ours again: open (or paid by now), with some bank days of quiet.

    The ladder's yes is taken back with it, so that a later round may hand it over anew; that one
    is not filed before the task about this one is closed.
    """
    hand_over.state, hand_over.updated_at = state, runtime.clock.now()
    if claim.state is ClaimState.HANDED_OVER:
        because = f"hand_over_{state.value}"
        await claims.reopen(session, runtime, claim, because=because, actor=actor)
    await step_back(session, runtime, claim.id, Reason.NEEDS_CASEWORKER)
    await record(session, runtime, hand_over, actor, f"hand_over_{state.value}", why=why)
