"""Everything the ladder asks about a claim, one row a claim, in one question to the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from data.models.agreements import Agreement, AgreementClaim, AgreementKind, AgreementState
from data.models.cases import Circumstances, Effect, Liability, Override
from data.models.citizens import Channel, Citizen, ContactPoint, OptOut
from data.models.claims import Claim, ClaimState, Decision, Outcome, PaymentCoverage
from data.models.hand_overs import HandOver, HandOverState
from data.models.postings import Posting, PostingKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement, ScalarSelect, Select
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId

#: The row under which a claim's standing refusal is kept: there is one, whatever the step.
REFUSAL = "ladder"
HAND_OVER = "hand_over:1"
#: A hand-over that is in one of these has come to nothing.
_OVER = (
    HandOverState.STOPPED, HandOverState.REJECTED, HandOverState.RETURNED, HandOverState.RECALLED,
)  # fmt: skip
_OF_CLAIM = (
    Claim.id, Claim.municipality, Claim.citizen_id, Claim.claim_ref, Claim.claim_type,
    Claim.principal, Claim.charged, Claim.paid, Claim.due_date, Claim.bill_sent_on,
    Claim.payment_id, Claim.creditor_no, Claim.betalingsservice, Claim.state,
    Claim.respite_until, Claim.paused_until, Claim.tax_year, Claim.period_end,
    Claim.first_contact_at, Claim.owning_unit,
)  # fmt: skip
#: What is paid from the account by itself, or has a number to pay on, has told how to pay.
_CAN_BE_PAID = and_(Claim.payment_id.is_not(None), Claim.creditor_no.is_not(None))

_OTHER = aliased(Citizen)
_THEIRS = aliased(Circumstances)
#: So of the debtor, or of anyone who owes the claim too: one of them holds it still.
_IS_FROZEN = or_(
    Citizen.frozen_at.is_not(None),
    exists().where(
        Liability.claim_id == Claim.id,
        Liability.citizen_id == _OTHER.id,
        _OTHER.frozen_at.is_not(None),
    ),
)
_IS_DECEASED = or_(
    Circumstances.deceased_on.is_not(None),
    exists().where(
        Liability.claim_id == Claim.id,
        Liability.citizen_id == _THEIRS.citizen_id,
        _THEIRS.deceased_on.is_not(None),
    ),
)


async def by_id(session: AsyncSession, claim_ids: Sequence[ClaimId]) -> list[Row[Any]]:
    """Load the cases of some claims, in the order of their ids."""
    found = await session.execute(_cases().where(Claim.id.in_(claim_ids)).order_by(Claim.id))
    return list(found.all())


async def next_open(
    session: AsyncSession, municipality: str, today: date, after: UUID | None, at_a_time: int
) -> list[Row[Any]]:
    """Load the next open claims that are past their day and owed, in the order of their ids.

    What is paid, in a plan, in respite, disputed, shelved or with the state stands still by
    itself and is not walked past.
    """
    chosen = _cases().where(
        Claim.municipality == municipality,
        Claim.state == ClaimState.OPEN,
        Claim.due_date < today,
        ~Claim.is_settled,
    )
    if after is not None:
        chosen = chosen.where(Claim.id > after)
    found = await session.execute(chosen.order_by(Claim.id).limit(at_a_time))
    return list(found.all())


def _cases() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *_OF_CLAIM,
            _CAN_BE_PAID.label("can_be_paid"),
            _IS_FROZEN.label("is_frozen"),
            Circumstances.benefit,
            Circumstances.yearly_net_income,
            Circumstances.children_at_home,
            Circumstances.social_authorities_told_on,
            _IS_DECEASED.label("is_deceased"),
            PaymentCoverage.covers_until,
            _taken().label("taken"),
            _words().label("words"),
            _agreements().label("agreements"),
            _series().label("series"),
            _has_phone().label("has_phone"),
            _refusal().label("refusal"),
        )
        .join(Citizen, Citizen.id == Claim.citizen_id)
        .outerjoin(Circumstances, Circumstances.citizen_id == Claim.citizen_id)
        .outerjoin(PaymentCoverage, PaymentCoverage.municipality == Claim.municipality)
    )


def _taken() -> ScalarSelect[Any]:
    """The steps taken, oldest first, with what their letters said."""
    one = func.jsonb_build_array(
        Decision.step, Decision.decided_at, Decision.pay_by, Decision.facts
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, Decision.decided_at, Decision.step)))
        .where(
            Decision.claim_id == Claim.id,
            Decision.outcome == Outcome.ALLOWED,
            Decision.step != "first_contact",
            ~Decision.step.startswith("reach_", autoescape=True),
        )
        .scalar_subquery()
    )


def _refusal() -> ScalarSelect[Any]:
    """Why the claim stood still when it was last asked: reason, when to ask again, facts."""
    return (
        select(func.jsonb_build_array(Decision.reason, Decision.retry_at, Decision.facts))
        .where(Decision.claim_id == Claim.id, Decision.step == REFUSAL)
        .scalar_subquery()
    )


def _words() -> ScalarSelect[Any]:
    """What caseworkers have said and not taken back.

    A yes to a hand-over is good for one: where that came back or was stopped, it is used up.
    """
    used = exists().where(
        Override.effect == Effect.APPROVE,
        Override.step == HAND_OVER,
        HandOver.claim_id == Override.claim_id,
        HandOver.created_at >= Override.at,
        HandOver.state.in_(_OVER),
    )
    one = func.jsonb_build_array(
        Override.step, Override.effect, Override.until, Override.facts, Override.at
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, Override.at)))
        .where(Override.claim_id == Claim.id, Override.revoked_at.is_(None), ~used)
        .scalar_subquery()
    )


def _agreements() -> ScalarSelect[Any]:
    """Breaches, the days of each yes, the last breach, and the end of the last respite over."""
    broken = Agreement.state == AgreementState.BROKEN
    ended = and_(Agreement.kind == AgreementKind.RESPITE, Agreement.state == AgreementState.ENDED)
    one = func.jsonb_build_array(
        func.count().filter(broken),
        func.array_agg(Agreement.accepted_at),
        func.max(Agreement.broken_at),
        func.max(Agreement.respite_until).filter(ended),
    )
    return (
        select(one)
        .join(AgreementClaim, AgreementClaim.agreement_id == Agreement.id)
        .where(AgreementClaim.claim_id == Claim.id, Agreement.accepted_at.is_not(None))
        .scalar_subquery()
    )


def _series() -> ScalarSelect[Any]:
    """Days of the fees on all the citizen's claims of this type, and which are this claim's."""
    other = Claim.__table__.alias("other")
    return (
        select(func.jsonb_agg(func.jsonb_build_array(Posting.day, other.c.id == Claim.id)))
        .join(other, other.c.id == Posting.claim_id)
        .where(
            other.c.citizen_id == Claim.citizen_id,
            other.c.claim_type == Claim.claim_type,
            Posting.kind == PostingKind.FEE,
        )
        .scalar_subquery()
    )


def _has_phone() -> ColumnElement[bool]:
    opted_out = exists().where(
        OptOut.municipality == ContactPoint.municipality,
        OptOut.channel == ContactPoint.channel,
        OptOut.address == ContactPoint.address,
    )
    return exists().where(
        ContactPoint.citizen_id == Claim.citizen_id,
        ContactPoint.channel == Channel.SMS,
        ContactPoint.distrusted_at.is_(None),
        ~opted_out,
    )
