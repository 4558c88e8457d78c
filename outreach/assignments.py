"""Assignments (transport i fremtidige tilgodehavender): money to come pays what is owed (A16).

A claim under an assignment is in respite until the day by which the money is expected: it is not
chased, and it cannot be forgotten, since a caseworker then looks at it again. What comes in is
booked like any payment, and the assignment ends when its claims are paid.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import selectinload

from data.models.agreements import (
    Agreement,
    AgreementChannel,
    AgreementClaim,
    AgreementKind,
    AgreementState,
)
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.notifications import notify
from data.values.time import day_of
from outreach import agreements, tasks
from outreach.agreements import (
    AcknowledgementMissingError,
    NotAllowedError,
    NotProvenError,
    NotRunningError,
    ReasonMissingError,
    StaleTermsError,
    StandsAgainstError,
    Terms,
    limits,
)
from outreach.agreements.concluding import conclude, record
from outreach.agreements.offers import draft, read_back
from outreach.agreements.terms import locked_agreement, locked_claims
from outreach.agreements.wording import acknowledges
from outreach.errors import NotFoundError
from outreach.rules.assignments import may_assign
from outreach.rules.decision import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import AgreementId, CitizenId
    from outreach.runtime import Runtime

#: MitID, or a caseworker who saw identification: what giving money away takes.
SIGNED: Final = 3
PAID: Final = "paid"
OVER: Final = "over"
LOOK_AGAIN: Final = "assignment_look_again"
_CLOSED: Final = {ClaimState.PAID, ClaimState.WRITTEN_OFF}


def benefits(runtime: Runtime, municipality: str) -> list[str]:
    """Return what may be assigned here today: the policy's list, less what the law forbids."""
    policy = runtime.policies[municipality].assignments
    today = day_of(runtime.clock.now())
    forbidden = runtime.law.assignments.on(today).forbidden
    return sorted(policy.benefits - forbidden) if policy else []


async def propose(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    citizen_id: CitizenId,
    claims: Sequence[Claim],
    *,
    benefit: str,
    expected_by: date,
    reason: str,
) -> Agreement:
    """Write down an assignment that is to be signed (transporterklæring); nothing is agreed yet.

    Args:
        session: the caller's transaction.
        runtime: clock, law and policies.
        staff: who talks to the citizen about it.
        citizen_id: whose money it is.
        claims: what it pays, in that order.
        benefit: which money: a key of the policy's whitelist.
        expected_by: the day by which the money is expected; then a caseworker looks again.
        reason: why, in the caseworker's words.

    Raises:
        NotFoundError: the citizen or a claim is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        NotAllowedError: law or policy forbids it.
        StaleTermsError: nothing can be agreed on for one of the claims any more.
    """
    citizen = await session.get(Citizen, citizen_id)
    if citizen is None or citizen.municipality != staff.municipality:
        raise NotFoundError("no such citizen")
    if not reason.strip():
        raise ReasonMissingError("say why")
    _may(runtime, staff.municipality, benefit)
    held = await locked_claims(session, {claim.id for claim in claims})
    fresh = [held[claim.id] for claim in claims]
    if any(claim.citizen_id != citizen_id for claim in fresh):
        raise NotFoundError("no such claim")
    terms = Terms(fresh, respite_until=expected_by, benefit=benefit)
    await limits.check(session, runtime, terms, may_go_beyond=False)
    try:
        made = draft(runtime, citizen_id, terms, let_go=frozenset())
    except ValueError as fault:
        raise StaleTermsError(str(fault)) from None
    made.channel, made.identity_level = AgreementChannel.COUNTER, 0
    made.proposed_by, made.reason = f"staff:{staff.id}", reason.strip()
    policy = runtime.policies[staff.municipality]
    read_back(made, agreements.text_of(terms, policy, citizen.language.value))
    session.add(made)
    await session.flush()
    await record(session, runtime, made, f"staff:{staff.id}", "assignment_proposed")
    await notify(session, made.municipality)
    return made


def _may(runtime: Runtime, municipality: str, benefit: str) -> None:
    whitelist = runtime.policies[municipality].assignments
    law = runtime.law.assignments.on(day_of(runtime.clock.now()))
    verdict = may_assign(
        benefit,
        law.forbidden,
        whitelist.benefits if whitelist else None,
        signed_by_caseworker=True,
    )
    if isinstance(verdict, Refused):
        raise NotAllowedError(replace(verdict, basis=law.source))


async def sign(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    agreement_id: AgreementId,
    *,
    channel: AgreementChannel,
    identity_level: int,
    shown_text: str | None = None,
) -> Agreement:
    """Conclude an assignment that the citizen has signed with a caseworker.

    Raises:
        NotFoundError: no such assignment in the caseworker's municipality.
        NotRunningError: it was signed, or taken back, already.
        NotProvenError: neither MitID nor identification seen in person.
        AcknowledgementMissingError: the text signed does not say that it acknowledges the debt.
        NotAllowedError: law or policy forbids it by now.
        StandsAgainstError: the claims have changed meanwhile.
    """
    found = await session.get(Agreement, agreement_id)
    if found is None or found.municipality != staff.municipality:
        raise NotFoundError("no such assignment")
    made = await locked_agreement(session, agreement_id)
    if made is None or made.benefit is None:
        raise NotFoundError("no such assignment")
    if made.state is not AgreementState.OFFERED:
        raise NotRunningError(made.state.value)
    in_person = channel is AgreementChannel.COUNTER and identity_level >= SIGNED - 1
    if identity_level < SIGNED and not in_person:
        raise NotProvenError("MitID, or identification in person")
    text = shown_text or made.shown_text or ""
    if not acknowledges(text):
        raise AcknowledgementMissingError("say that signing acknowledges the debt")
    _may(runtime, made.municipality, made.benefit)
    read_back(made, text)
    made.channel = channel
    actor = f"staff:{staff.id}"
    refused = await conclude(session, runtime, made, actor=actor, level=identity_level)
    if refused is not None:
        raise StandsAgainstError(refused)
    await notify(session, made.municipality)
    return made


async def review(session: AsyncSession, runtime: Runtime, municipality: str) -> int:
    """End the assignments whose claims are paid, or whose day has passed; return how many.

    Where the money has not come by its day a person is asked, who may agree on a new day; the
    claims are open again by then, as after any respite, and the ladder counts anew.
    """
    today = day_of(runtime.clock.now())
    ended = 0
    for assignment, covered in await _ending(session, municipality, today):
        left = [claim for claim in covered if _is_left(claim)]
        assignment.state, assignment.ended_at = AgreementState.ENDED, runtime.clock.now()
        assignment.ended_because = OVER if left else PAID
        await record(session, runtime, assignment, "rule", "agreement_ended")
        if left:
            await tasks.open_task(session, runtime, claim=left[0], kind=LOOK_AGAIN)
        ended += 1
    return ended


async def _ending(
    session: AsyncSession, municipality: str, today: date
) -> list[tuple[Agreement, list[Claim]]]:
    """Return the assignments that are over or paid, with their claims in order, both locked.

    The claims come first, as for whoever books a payment; what has changed meanwhile waits for
    the next round.
    """
    running = (
        Agreement.municipality == municipality,
        Agreement.kind == AgreementKind.ASSIGNMENT,
        Agreement.state == AgreementState.ACCEPTED,
    )
    is_owed = exists().where(
        AgreementClaim.agreement_id == Agreement.id,
        Claim.id == AgreementClaim.claim_id,
        Claim.state.not_in(_CLOSED),
        ~Claim.is_settled,
    )
    over = or_(Agreement.respite_until < today, ~is_owed)
    ids = list(await session.scalars(select(Agreement.id).where(*running, over)))
    covered = await session.scalars(
        select(AgreementClaim.claim_id).where(AgreementClaim.agreement_id.in_(ids))
    )
    held = await locked_claims(session, set(covered))
    found = await session.scalars(
        select(Agreement)
        .where(Agreement.id.in_(ids), *running, over)
        .options(selectinload(Agreement.claims))
        .order_by(Agreement.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(each, [held[part.claim_id] for part in each.claims]) for each in found]


def _is_left(claim: Claim) -> bool:
    return claim.state not in _CLOSED and not claim.is_settled
