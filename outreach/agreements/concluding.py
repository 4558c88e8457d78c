"""How a yes becomes an agreement (aftaleindgåelse): weighed once more, all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.claims import ClaimState
from data.queries import relations
from data.values.time import day_of
from outreach import audit, claims, identity, pay_lines, suspensions, withdrawals
from outreach.agreements.offers import on_the_table
from outreach.agreements.terms import (
    Refusal,
    claims_of,
    hold_debtors,
    let_go_by,
    locked_agreement,
    locked_claims,
    respites_on,
    standing_against,
)
from outreach.rules.suspension import Because

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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
    refused = await _under_guardianship(session, runtime, agreement) or await conclude(
        session, runtime, agreement, actor=audit.CITIZEN, level=conversation.identity_level
    )
    if refused is None:
        _clear(shown, agreement, AgreementState.SUPERSEDED, "not_chosen")
        return agreement
    agreement.accepted_by = None
    gone = AgreementState.EXPIRED if refused is Refusal.EXPIRED else AgreementState.SUPERSEDED
    _clear(shown, None, gone, refused.value)
    return refused


async def _under_guardianship(
    session: AsyncSession, runtime: Runtime, agreement: Agreement
) -> Refusal | None:
    """Refuse a yes that may be void, since a guardian decides (værgemålsloven)."""
    today = day_of(runtime.clock.now())
    is_guarded = await relations.has_guardian(session, agreement.citizen_id, today)
    return Refusal.FROZEN if is_guarded else None


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

    Who owes the claims is held first, then the claims, then the agreement that this one takes the
    place of, in the order in which payments and freezes do it. Numbers to pay it by are given here.
    """
    now = runtime.clock.now()
    if now > agreement.expires_at or _first_day(agreement) < day_of(now):
        return Refusal.EXPIRED
    covered = {part.claim_id for part in agreement.claims}
    touched = covered | await claims_of(session, agreement.replaces)
    await hold_debtors(session, touched)
    held = await locked_claims(session, touched)
    old = await locked_agreement(session, agreement.replaces) if agreement.replaces else None
    if agreement.replaces and (old is None or old.state is not AgreementState.ACCEPTED):
        return Refusal.CHANGED
    let_go = await let_go_by(session, agreement.replaces)
    refused = await standing_against(session, runtime, agreement, held, let_go)
    if refused is not None:
        return refused
    agreement.state, agreement.accepted_at = AgreementState.ACCEPTED, now
    agreement.identity_level = level
    await _hold(session, runtime, agreement, held, let_go)
    if old is not None:
        left_out = [held[claim_id] for claim_id in sorted(let_go - covered)]
        await _take_the_place_of(session, runtime, old, agreement, left_out, actor)
    await pay_lines.give(session, runtime, agreement)
    await withdrawals.weigh_again(session, runtime, list(held))
    version = runtime.policies[agreement.municipality].version
    await record(session, runtime, agreement, actor, "agreement_accepted", policy=version)
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
    left_out: Iterable[Claim],
    actor: str,
) -> None:
    """End the agreement before as changed, which is no breach; what was paid on it stays paid.

    A respite that lay on top of it ends with it, unless it is about other claims too.
    """
    covered = {part.claim_id for part in new.claims}
    on_top = await respites_on(session, covered) if old.kind is AgreementKind.PLAN else []
    for each in (old, *(one for one in on_top if one is not new)):
        each.state, each.ended_at = AgreementState.CHANGED, runtime.clock.now()
        each.ended_because = f"agreement:{new.id}"
        each.suspended_on = each.suspended_because = None
        await record(session, runtime, each, actor, "agreement_changed", by=str(new.id))
    for claim in left_out:
        await claims.reopen(session, runtime, claim, because=CHANGED, actor=actor)


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
