"""What waits, what has left, and what was paid to the wrong party since: lists for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, func, select

from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.models.hand_overs import (
    AnswerStatus,
    HandOver,
    HandOverAnswer,
    HandOverFile,
    HandOverState,
)
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from outreach.errors import NotFoundError
from outreach.hand_overs.writers import reference

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId, HandOverId

#: What a caseworker may still stop.
WAITING = frozenset({HandOverState.WAITING, HandOverState.INVALID})
_WITH_THEM = (HandOverState.FILED, HandOverState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Listed:
    """One hand-over on a list (overdragelse); `reference` is ours once it is in a file."""

    id: HandOverId
    claim_id: ClaimId
    claim_ref: str
    claim_type: str
    citizen: str
    outstanding: Money
    recipient: Recipient
    state: HandOverState
    ground: str
    basis: str
    ready_on: date
    decided_by: str
    reference: str | None
    their_ref: str | None
    stopped_because: str | None


@dataclass(frozen=True, slots=True)
class PaidElsewhere:
    """What was paid to us on a claim with a recipient, who must hear of it (nedskrivning)."""

    claim_ref: str
    recipient: Recipient
    reference: str
    their_ref: str | None
    paid_since: Money
    written_down: Money

    @property
    def to_report(self) -> Money:
        """What the recipient does not know of yet (til nedskrivning), øre."""
        return max(self.paid_since - self.written_down, NOTHING)


async def listed(
    session: AsyncSession, municipality: str, states: Collection[HandOverState] = WAITING
) -> list[Listed]:
    """List a municipality's hand-overs in these states, the first to leave first."""
    found = await session.execute(
        select(HandOver, Claim, Citizen.name, HandOverFile.number)
        .join(Claim, Claim.id == HandOver.claim_id)
        .join(Citizen, Citizen.id == Claim.citizen_id)
        .outerjoin(HandOverFile, HandOverFile.id == HandOver.file_id)
        .where(HandOver.municipality == municipality, HandOver.state.in_(states))
        .order_by(HandOver.ready_on, Claim.claim_ref, HandOver.created_at)
    )
    return [_listed(*row) for row in found]


def _listed(hand_over: HandOver, claim: Claim, citizen: str, number: int | None) -> Listed:
    return Listed(
        id=hand_over.id,
        claim_id=claim.id,
        claim_ref=claim.claim_ref,
        claim_type=claim.claim_type,
        citizen=citizen,
        outstanding=claim.outstanding,
        recipient=hand_over.recipient,
        state=hand_over.state,
        ground=hand_over.ground,
        basis=hand_over.basis,
        ready_on=hand_over.ready_on,
        decided_by=hand_over.decided_by,
        reference=_reference(hand_over, number),
        their_ref=hand_over.their_ref,
        stopped_because=hand_over.stopped_because,
    )


def _reference(hand_over: HandOver, number: int | None) -> str | None:
    if number is None or hand_over.row is None:
        return None
    return reference(hand_over.recipient, number, hand_over.row)


async def waiting_of(session: AsyncSession, municipality: str, claim_ref: str) -> HandOver:
    """Return the hand-over of a claim that can still be stopped.

    Raises:
        NotFoundError: it has none.
    """
    hand_over = await session.scalar(
        select(HandOver)
        .join(Claim, Claim.id == HandOver.claim_id)
        .where(
            Claim.municipality == municipality,
            Claim.claim_ref == claim_ref.strip(),
            HandOver.state.in_(WAITING),
        )
    )
    if hand_over is None:
        raise NotFoundError(f"{claim_ref} does not wait: see mindelig hand-over list --all")
    return hand_over


async def file_numbered(
    session: AsyncSession, municipality: str, recipient: Recipient, number: int
) -> HandOverFile:
    """Return a file as it was written.

    Raises:
        NotFoundError: there is no file of that number.
    """
    file = await session.scalar(
        select(HandOverFile).where(
            HandOverFile.municipality == municipality,
            HandOverFile.recipient == recipient,
            HandOverFile.number == number,
        )
    )
    if file is None:
        raise NotFoundError(f"{municipality} has written no file {number} to {recipient.value}")
    return file


async def to_write_down(session: AsyncSession, municipality: str) -> list[PaidElsewhere]:
    """List the claims with a recipient that are smaller by now than it was told.

    What was paid to us, or waived, since the file is what was handed over less what is owed now;
    the moment a payment was booked does not come into it.
    """
    told = (
        select(cast(func.coalesce(func.sum(HandOverAnswer.amount), 0), BigInteger))
        .where(
            HandOverAnswer.hand_over_id == HandOver.id,
            HandOverAnswer.status == AnswerStatus.WRITTEN_DOWN,
        )
        .scalar_subquery()
    )
    found = await session.execute(
        select(HandOver, Claim, HandOverFile.number, told)
        .join(Claim, Claim.id == HandOver.claim_id)
        .join(HandOverFile, HandOverFile.id == HandOver.file_id)
        .where(
            HandOver.municipality == municipality,
            HandOver.state.in_(_WITH_THEM),
            Claim.state == ClaimState.HANDED_OVER,
        )
        .order_by(Claim.claim_ref)
    )
    found_smaller = [
        PaidElsewhere(
            claim_ref=claim.claim_ref,
            recipient=hand_over.recipient,
            reference=reference(hand_over.recipient, number, hand_over.row or 0),
            their_ref=hand_over.their_ref,
            paid_since=max(Money(sum(hand_over.sums.values())) - claim.outstanding, NOTHING),
            written_down=Money(written_down),
        )
        for hand_over, claim, number, written_down in found
    ]
    return [one for one in found_smaller if one.to_report]
