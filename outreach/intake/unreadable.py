"""Rows that could not be read but named a claim: it rests, until the payment is known after all."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.payments import Payment
from data.values.ids import ClaimId
from outreach import booking

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.booking import Books, Row
    from outreach.payment_effects import FollowUp

ACT: Final = "payment_unreadable"


async def wake(session: AsyncSession, books: Books, booked: dict[str, Row], left: FollowUp) -> None:
    """Lift the pauses of claims whose unread payments are all booked by now.

    `left` tells of rows of this very batch that could not be read.
    """
    put_to = {row["claim_id"] for row in books.allocations}
    resting = {
        claim_id: claim
        for claim_id, claim in books.moved.items()
        if claim_id in put_to and claim["paused_because"] == booking.UNREADABLE
    }
    if not resting:
        return
    unread = await _unread(session, resting)
    for claim_id, ref in left.unreadable:
        unread[claim_id].add(ref)
    known = await _known(session, {ref for refs in unread.values() for ref in refs}, booked)
    for claim_id, claim in resting.items():
        if unread[claim_id] and unread[claim_id] <= known:
            books.wake(claim, booking.UNREADABLE)


async def _unread(session: AsyncSession, claim_ids: Collection[ClaimId]) -> dict[ClaimId, set[str]]:
    """Return the references of the payments on these claims that could not be read."""
    rows = await session.execute(
        select(AuditEntry.subject_id, AuditEntry.facts["payment_ref"].astext).where(
            AuditEntry.subject_kind == "claim",
            AuditEntry.subject_id.in_([str(claim_id) for claim_id in claim_ids]),
            AuditEntry.act == ACT,
        )
    )
    unread: dict[ClaimId, set[str]] = defaultdict(set)
    for claim_id, ref in rows:
        unread[ClaimId(UUID(claim_id))].add(ref)
    return unread


async def _known(session: AsyncSession, refs: set[str], booked: dict[str, Row]) -> set[str]:
    asked = refs - set(booked)
    found = await session.scalars(select(Payment.payment_ref).where(Payment.payment_ref.in_(asked)))
    return (refs & set(booked)) | set(found)
