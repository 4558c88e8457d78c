"""Offers plans and respites, and concludes what the citizen says yes to (mindelige ordninger)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from data.models.agreements import (
    Agreement,
    AgreementClaim,
    AgreementKind,
    AgreementState,
    Instalment,
)
from data.models.claims import Claim, ClaimState
from data.values.ids import new_id
from data.values.money import NOTHING, Money
from data.values.time import day_of
from outreach import audit, identity, withdrawals

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.values.ids import MessageId
    from outreach.rules.instalments import Proposal
    from outreach.runtime import Runtime


class Refusal(StrEnum):
    """Why a yes could not become an agreement."""

    NO_OFFER = "no_offer"
    EXPIRED = "expired"
    CHANGED = "changed"  # something was paid or changed since the offer was shown
    NOT_PROVEN = "not_proven"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered: a plan, or a respite until a day; exactly one of the two."""

    claims: list[Claim]
    plan: Proposal | None = None
    respite_until: date | None = None

    @property
    def total(self) -> Money:
        """The sum the agreement covers, øre."""
        return total_of(self.claims)


def total_of(claims: list[Claim]) -> Money:
    """Return what is owed on these claims together, øre."""
    return sum((claim.outstanding for claim in claims), NOTHING)


async def offer(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, terms: Terms
) -> Agreement:
    """Put an offer on the table; it takes the place of one that lay there before.

    The text shown is stored with `shown` once it is written. Nothing is agreed yet.
    """
    if conversation.citizen_id is None:
        raise ValueError("an offer needs to know whom it is made to")
    now = runtime.clock.now()
    await withdraw(session, conversation, AgreementState.SUPERSEDED)
    stands = runtime.policies[conversation.municipality].plans.offer_stands_days
    agreement = Agreement(
        id=new_id(),
        municipality=conversation.municipality,
        citizen_id=conversation.citizen_id,
        conversation_id=conversation.id,
        kind=AgreementKind.RESPITE if terms.respite_until else AgreementKind.PLAN,
        state=AgreementState.OFFERED,
        total=terms.total,
        respite_until=terms.respite_until,
        offered_at=now,
        expires_at=now + timedelta(days=stands),
        channel=conversation.channel,
        identity_level=identity.level(conversation, runtime),
        instalments=_instalments(conversation.municipality, terms.plan),
        claims=[
            AgreementClaim(
                municipality=claim.municipality, claim_id=claim.id, amount=claim.outstanding
            )
            for claim in terms.claims
        ],
    )
    session.add(agreement)
    await session.flush()
    return agreement


def _instalments(municipality: str, plan: Proposal | None) -> list[Instalment]:
    return [
        Instalment(
            municipality=municipality, number=rate.number, amount=rate.amount, due_on=rate.due_on
        )
        for rate in (plan.rates if plan else ())
    ]


async def withdraw(
    session: AsyncSession, conversation: Conversation, state: AgreementState
) -> bool:
    """Take the offer off the table (declined, superseded, expired); tell whether one lay there."""
    gone = await session.execute(
        update(Agreement)
        .where(
            Agreement.conversation_id == conversation.id,
            Agreement.state == AgreementState.OFFERED,
        )
        .values(state=state)
        .returning(Agreement.id)
    )
    return bool(gone.scalars().all())


async def open_offer(session: AsyncSession, conversation: Conversation) -> Agreement | None:
    """Return the offer on the table, locked, with instalments and claims; or none."""
    return await session.scalar(
        select(Agreement)
        .where(
            Agreement.conversation_id == conversation.id,
            Agreement.state == AgreementState.OFFERED,
        )
        .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def accept(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message_id: MessageId
) -> Agreement | Refusal:
    """Conclude what is on the table, because the citizen said yes to the text they were shown.

    The claims are locked and weighed again: a payment since the offer means that it no longer
    fits. Agreeing acknowledges the debt, which the text shown says.
    """
    agreement = await open_offer(session, conversation)
    if agreement is None:
        return Refusal.NO_OFFER
    if identity.level(conversation, runtime) < identity.PROVEN:
        return Refusal.NOT_PROVEN
    now = runtime.clock.now()
    claims = await _locked_claims(session, agreement)
    if now > agreement.expires_at or _first_day(agreement) < day_of(now):
        agreement.state = AgreementState.EXPIRED
        return Refusal.EXPIRED
    if not _still_fits(agreement, claims) or agreement.shown_text is None:
        agreement.state = AgreementState.SUPERSEDED
        return Refusal.CHANGED
    agreement.state, agreement.accepted_at = AgreementState.ACCEPTED, now
    agreement.accepted_by, agreement.identity_level = message_id, conversation.identity_level
    for claim in claims:
        plan = agreement.kind is AgreementKind.PLAN
        claim.state = ClaimState.IN_PLAN if plan else ClaimState.IN_RESPITE
        claim.respite_until = None if plan else agreement.respite_until
        claim.updated_at = now
    await withdrawals.weigh_again(session, runtime, [claim.id for claim in claims])
    await audit.record(
        session,
        runtime,
        municipality=agreement.municipality,
        actor=audit.CITIZEN,
        act="agreement_accepted",
        subject_kind="agreement",
        subject_id=agreement.id,
        kind=agreement.kind.value,
        message_id=str(message_id),
        identity_level=agreement.identity_level,
    )
    return agreement


def _first_day(agreement: Agreement) -> date:
    """Return the first day the agreement asks the citizen to pay on."""
    return agreement.respite_until or agreement.instalments[0].due_on


def _still_fits(agreement: Agreement, claims: list[Claim]) -> bool:
    owed = {claim.id: claim.outstanding for claim in claims if claim.state is ClaimState.OPEN}
    return all(owed.get(part.claim_id) == part.amount for part in agreement.claims)


async def _locked_claims(session: AsyncSession, agreement: Agreement) -> list[Claim]:
    ids = [part.claim_id for part in agreement.claims]
    found = await session.scalars(
        select(Claim)
        .where(Claim.id.in_(ids))
        .order_by(Claim.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)
