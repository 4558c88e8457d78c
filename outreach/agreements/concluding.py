"""How a yes becomes an agreement (aftaleindgåelse): weighed once more, all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.claims import ClaimState
from data.values.time import day_of
from outreach import audit, claims, identity, pay_lines, suspensions, withdrawals
from outreach.agreements.offers import on_the_table
from outreach.agreements.terms import (
    Refusal,
    claims_of,
    locked_agreement,
    locked_claims,
    standing_against,
)
from outreach.rules.suspension import Because

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import Claim
    from data.models.conversations import Conversation
    from data.values.ids import ClaimId, MessageId
    from outreach.runtime import Runtime

#: Why a claim that a changed agreement no longer covers is quiet for some bank days.
CHANGED: Final = "agreement_changed"


async def accept(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message_id: MessageId
) -> Agreement | Refusal:
    """Conclude what is on the table, because the citizen said yes to the text they were shown.

    The claims are locked and weighed again: a payment since the offer means that it no longer
    fits. Agreeing acknowledges the debt, which the text shown says. A refusal takes all off the
    table, unless the same yes may count later: once they have proven who they are, or read it.
    """
    shown = await on_the_table(session, conversation)
    agreement = next((one for one in shown if one.state is AgreementState.OFFERED), None)
    if agreement is None:
        return Refusal.NO_OFFER
    if identity.level(conversation, runtime) < identity.PROVEN:
        return Refusal.NOT_PROVEN
    if agreement.shown_text is None:
        return Refusal.NOT_READ_BACK
    agreement.accepted_by = message_id
    refused = await conclude(
        session, runtime, agreement, actor=audit.CITIZEN, level=conversation.identity_level
    )
    if refused is None:
        _clear(shown, agreement, AgreementState.SUPERSEDED, "not_chosen")
        return agreement
    agreement.accepted_by = None
    gone = AgreementState.EXPIRED if refused is Refusal.EXPIRED else AgreementState.SUPERSEDED
    _clear(shown, None, gone, refused.value)
    return refused


def _clear(
    shown: list[Agreement], kept: Agreement | None, state: AgreementState, because: str
) -> None:
    for one in shown:
        if one is not kept:
            one.state, one.ended_because = state, because


async def conclude(
    session: AsyncSession, runtime: Runtime, agreement: Agreement, *, actor: str, level: int
) -> Refusal | None:
    """Make an agreement of what was shown, or say why it cannot be, with nothing changed.

    The claims are locked first, then the agreement that this one takes the place of, as payments
    do it. Numbers to pay it by are given here.
    """
    now = runtime.clock.now()
    if now > agreement.expires_at or _first_day(agreement) < day_of(now):
        return Refusal.EXPIRED
    let_go = await claims_of(session, agreement.replaces)
    held = await locked_claims(session, {part.claim_id for part in agreement.claims} | let_go)
    old = await locked_agreement(session, agreement.replaces) if agreement.replaces else None
    if agreement.replaces and (old is None or old.state is not AgreementState.ACCEPTED):
        return Refusal.CHANGED
    refused = await standing_against(session, runtime, agreement, held, let_go)
    if refused is not None:
        return refused
    agreement.state, agreement.accepted_at = AgreementState.ACCEPTED, now
    agreement.identity_level = level
    await _hold(session, runtime, agreement, held, let_go)
    if old is not None:
        await _take_the_place_of(session, runtime, old, agreement, held, actor)
    await pay_lines.give(session, runtime, agreement)
    await withdrawals.weigh_again(session, runtime, list(held))
    await record(session, runtime, agreement, actor, "agreement_accepted")
    return None


def _first_day(agreement: Agreement) -> date:
    """Return the first day something is asked of the citizen, or that their time is over."""
    return agreement.respite_until or agreement.instalments[0].due_on


async def _hold(
    session: AsyncSession,
    runtime: Runtime,
    agreement: Agreement,
    held: Mapping[ClaimId, Claim],
    let_go: frozenset[ClaimId],
) -> None:
    """Let the claims stand still; a plan that a respite lies on top of rests, and stays agreed."""
    resting = set()
    for part in agreement.claims:
        claim = held[part.claim_id]
        if claim.state is ClaimState.IN_PLAN and claim.id not in let_go:
            resting.add(claim.id)
            continue
        is_plan = agreement.kind is AgreementKind.PLAN
        claim.state = ClaimState.IN_PLAN if is_plan else ClaimState.IN_RESPITE
        claim.respite_until = agreement.respite_until
        claim.updated_at = runtime.clock.now()
    if resting:
        await session.flush()
        await suspensions.suspend_on(session, runtime, resting, Because.RESPITE)


async def _take_the_place_of(
    session: AsyncSession,
    runtime: Runtime,
    old: Agreement,
    new: Agreement,
    held: Mapping[ClaimId, Claim],
    actor: str,
) -> None:
    """End the agreement before as changed, which is no breach; what was paid on it stays paid."""
    old.state, old.ended_at = AgreementState.CHANGED, runtime.clock.now()
    old.ended_because = f"agreement:{new.id}"
    covered = {part.claim_id for part in new.claims}
    for part in old.claims:
        claim = held[part.claim_id]
        if claim.id not in covered and claim.state in {ClaimState.IN_PLAN, ClaimState.IN_RESPITE}:
            await claims.reopen(session, runtime, claim, because=CHANGED, actor=actor)
    await record(session, runtime, old, actor, "agreement_changed", by=str(new.id))


async def record(
    session: AsyncSession,
    runtime: Runtime,
    agreement: Agreement,
    actor: str,
    act: str,
    **facts: str,
) -> None:
    """Put what became of an agreement on record."""
    await audit.record(
        session,
        runtime,
        municipality=agreement.municipality,
        actor=actor,
        act=act,
        subject_kind="agreement",
        subject_id=agreement.id,
        kind=agreement.kind.value,
        message_id=str(agreement.accepted_by) if agreement.accepted_by else None,
        identity_level=agreement.identity_level,
        **facts,
    )
