"""What a hand-over does to agreements: the municipality can make and keep none any longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update

from data.models.agreements import Agreement, AgreementClaim, AgreementState
from data.models.claims import Claim, ClaimState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId

_IN_AGREEMENT = (ClaimState.IN_PLAN, ClaimState.IN_RESPITE)


async def hold_agreements(session: AsyncSession, claim_ids: Sequence[ClaimId]) -> None:
    """Lock what is offered or agreed about these claims, before the claims themselves.

    A citizen's yes locks in that order too: so one of the two waits, and none of them fails.
    """
    about = select(AgreementClaim.agreement_id).where(AgreementClaim.claim_id.in_(claim_ids))
    await session.execute(
        select(Agreement.id)
        .where(
            Agreement.id.in_(about),
            Agreement.state.in_([AgreementState.OFFERED, AgreementState.ACCEPTED]),
        )
        .order_by(Agreement.id)
        .with_for_update()
    )


async def close_agreements(session: AsyncSession, claim_ids: Sequence[ClaimId]) -> None:
    """Withdraw offers about these claims, and end agreements (ordninger) that hold no claim now.

    An agreement that another claim is still paid by goes on for that one.
    """
    about = select(AgreementClaim.agreement_id).where(AgreementClaim.claim_id.in_(claim_ids))
    await session.flush()
    await session.execute(
        update(Agreement)
        .where(Agreement.id.in_(about), Agreement.state == AgreementState.OFFERED)
        .values(state=AgreementState.SUPERSEDED)
    )
    holds_another = exists().where(
        AgreementClaim.agreement_id == Agreement.id,
        AgreementClaim.claim_id == Claim.id,
        Claim.state.in_(_IN_AGREEMENT),
    )
    await session.execute(
        update(Agreement)
        .where(
            Agreement.id.in_(about),
            Agreement.state == AgreementState.ACCEPTED,
            ~holds_another,
        )
        .values(state=AgreementState.ENDED)
    )
