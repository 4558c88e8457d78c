"""What is agreed on (vilkår), how much of each claim, and what stands against it now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import String, case, cast, exists, select
from sqlalchemy.orm import selectinload

from data.models.agreements import Agreement, AgreementClaim, AgreementKind, AgreementState
from data.models.cases import Liability
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.values.ids import AgreementId, ClaimId
from data.values.money import NOTHING, Money
from outreach import cases

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.rules.instalments import Rate
    from outreach.rules.negotiation import Proposal
    from outreach.rules.wish import Rhythm
    from outreach.runtime import Runtime


class Refusal(StrEnum):
    """Why a yes could not become an agreement; `offer_<word>` says it to the citizen."""

    NO_OFFER = "no_offer"
    EXPIRED = "expired"
    CHANGED = "changed"  # something was paid or changed since the offer was shown
    NOT_PROVEN = "not_proven"
    NOT_READ_BACK = "not_read_back"
    PAID = "paid"
    HANDED_OVER = "handed_over"
    DISPUTED = "disputed"
    FROZEN = "frozen"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered: instalments, or a wait until a day; exactly one of the two.

    Money goes to the claims in the order they stand here.
    """

    claims: Sequence[Claim]
    rates: tuple[Rate, ...] = ()
    #: A respite's last day; of an assignment the day by which its money is expected.
    respite_until: date | None = None
    rhythm: Rhythm | None = None
    #: Why this was proposed: a key of the catalogue.
    why: str | None = None
    #: What money to come is given away (transport); only in an assignment.
    benefit: str | None = None

    @classmethod
    def of(cls, proposal: Proposal, claims: Iterable[Claim]) -> Terms:
        """Take what was negotiated, on these claims in the order that the proposal names them."""
        known = {claim.claim_ref: claim for claim in claims}
        is_plan = proposal.kind is AgreementKind.PLAN
        last = proposal.rates[-1].due_on if proposal.rates else None
        return cls(
            [known[ref] for ref in proposal.claims],
            rates=proposal.rates if is_plan else (),
            respite_until=None if is_plan else last,
            rhythm=proposal.rhythm,
            why=proposal.why.value,
        )

    @property
    def kind(self) -> AgreementKind:
        """Paying in parts, paying later, or giving money to come away."""
        if self.benefit is not None:
            return AgreementKind.ASSIGNMENT
        return AgreementKind.RESPITE if self.respite_until else AgreementKind.PLAN

    @property
    def total(self) -> Money:
        """The sum the agreement covers, øre."""
        return total_of(self.claims)

    @property
    def first_day(self) -> date:
        """The first day something is asked of the citizen, or that their time is over."""
        return self.respite_until or self.rates[0].due_on


def total_of(claims: Iterable[Claim]) -> Money:
    """Return what may be agreed on for these claims together, øre; what is disputed stays out."""
    return sum((claim.agreeable for claim in claims), NOTHING)


def agreeable(
    claim: Claim, kind: AgreementKind = AgreementKind.PLAN, let_go: Collection[ClaimId] = ()
) -> Money:
    """Return how much of a claim may be agreed on as it stands, øre.

    Nothing, while it is with a person, the state, or in another agreement than the one that is
    `let_go` for this. Of a disputed claim the undisputed part, where a caseworker has said which.
    A respite may lie on top of a plan, which then rests.
    """
    match claim.state:
        case ClaimState.OPEN:
            return claim.agreeable
        case ClaimState.DISPUTED:
            return claim.agreeable if claim.in_dispute else NOTHING
        case ClaimState.IN_PLAN | ClaimState.IN_RESPITE:
            rests = claim.state is ClaimState.IN_PLAN and kind is AgreementKind.RESPITE
            return claim.agreeable if rests or claim.id in let_go else NOTHING
        case _:
            return NOTHING


async def standing_against(
    session: AsyncSession,
    runtime: Runtime,
    agreement: Agreement,
    claims: Mapping[ClaimId, Claim],
    let_go: Collection[ClaimId],
) -> Refusal | None:
    """Return why what was offered cannot be concluded as the claims stand now, or none.

    One who owes a claim together with the citizen and is frozen or dead holds it still too.
    """
    covered = [claims[part.claim_id] for part in agreement.claims]
    found = await cases.load(session, runtime, [claim.id for claim in covered])
    debtors = [case.debtor for case in found.values()]
    if any(debtor.is_deceased for debtor in debtors):
        return Refusal.DECEASED
    if any(debtor.is_frozen for debtor in debtors):
        return Refusal.FROZEN
    if not any(claim.outstanding for claim in covered):
        return Refusal.PAID
    for part in agreement.claims:
        claim = claims[part.claim_id]
        if agreeable(claim, agreement.kind, let_go) != part.amount:
            return _WHY.get(claim.state, Refusal.CHANGED)
    return None


#: What a claim's state says of an offer that no longer fits.
_WHY = {ClaimState.HANDED_OVER: Refusal.HANDED_OVER, ClaimState.DISPUTED: Refusal.DISPUTED}


async def hold_debtors(session: AsyncSession, claim_ids: Collection[ClaimId]) -> None:
    """Let nobody freeze those who owe these claims until this is over, or wait for who does.

    They come before the claims: citizen, claims, agreement, as everywhere.
    """
    alone = select(Claim.citizen_id).where(Claim.id.in_(claim_ids))
    together = select(Liability.citizen_id).where(Liability.claim_id.in_(claim_ids))
    await session.execute(
        select(Citizen.id)
        .where(Citizen.id.in_(alone.union(together)))
        .order_by(Citizen.id)
        .with_for_update(read=True)
    )


async def locked_claims(session: AsyncSession, ids: Collection[ClaimId]) -> dict[ClaimId, Claim]:
    """Return claims as they stand now, locked; always in the same order, against deadlocks."""
    found = await session.scalars(
        select(Claim)
        .where(Claim.id.in_(ids))
        .order_by(Claim.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {claim.id: claim for claim in found}


async def locked_agreement(session: AsyncSession, agreement_id: AgreementId) -> Agreement | None:
    """Return an agreement, locked, with its instalments and claims."""
    return await session.scalar(
        select(Agreement)
        .where(Agreement.id == agreement_id)
        .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def respites_on(session: AsyncSession, claim_ids: Collection[ClaimId]) -> list[Agreement]:
    """Return the respites that stand on some of these claims and on no others, locked."""
    other = AgreementClaim.__table__.alias("other")
    beyond = exists().where(
        other.c.agreement_id == Agreement.id, other.c.claim_id.not_in(claim_ids)
    )
    about = exists().where(
        AgreementClaim.agreement_id == Agreement.id, AgreementClaim.claim_id.in_(claim_ids)
    )
    found = await session.scalars(
        select(Agreement)
        .where(
            Agreement.kind == AgreementKind.RESPITE,
            Agreement.state == AgreementState.ACCEPTED,
            about,
            ~beyond,
        )
        .order_by(Agreement.id)
        .with_for_update()
    )
    return list(found)


async def claims_of(session: AsyncSession, agreement_id: AgreementId | None) -> frozenset[ClaimId]:
    """Return which claims an agreement covers; nothing for none."""
    found = await session.scalars(
        select(AgreementClaim.claim_id).where(AgreementClaim.agreement_id == agreement_id)
    )
    return frozenset(found)


async def let_go_by(session: AsyncSession, agreement_id: AgreementId | None) -> frozenset[ClaimId]:
    """Return which claims are free once this agreement has ended; nothing for none.

    Those under a respite that lies on top of a plan are the plan's.
    """
    holds = case(
        (Agreement.respite_until.is_(None), ClaimState.IN_PLAN.value),
        else_=ClaimState.IN_RESPITE.value,
    )
    found = await session.scalars(
        select(Claim.id)
        .join(AgreementClaim, AgreementClaim.claim_id == Claim.id)
        .join(Agreement, Agreement.id == AgreementClaim.agreement_id)
        .where(Agreement.id == agreement_id, cast(Claim.state, String) == holds)
    )
    return frozenset(found)
