"""A claim as a caseworker reads it (sagsmappe): all that was done, charged, said and agreed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from data.models.agreements import Agreement, AgreementClaim
from data.models.cases import Circumstances, Liability, Override
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.conversations import Conversation
from data.models.hand_overs import HandOver
from data.models.letters import Letter
from data.models.postings import Posting
from data.models.staff import Staff
from data.queries import payments, tasks
from data.queries.refs import is_ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.queries.payments import Placed
    from data.queries.tasks import Entry
    from data.values.ids import CitizenId, ClaimId, ConversationId, LetterId, StaffId

#: Claims that a search shows at most.
SHOWN_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """One claim with everything on record of it; `names` are those of the caseworkers."""

    claim: Claim
    citizen: Citizen
    circumstances: Circumstances | None
    liable: list[Citizen]
    postings: list[Posting]
    payments: list[Placed]
    letters: list[Letter]
    agreements: list[Agreement]
    hand_overs: list[HandOver]
    overrides: list[Override]
    tasks: list[Entry]
    others: list[Claim]
    conversation_id: ConversationId | None
    names: dict[StaffId, str]

    @property
    def waived(self) -> set[int]:
        """The ids of the postings that were taken off again."""
        return {posting.waives for posting in self.postings if posting.waives is not None}

    @property
    def mark(self) -> str:
        """A mark that changes with whatever changes in the file."""
        seen = "|".join(str(each) for each in self._traces())
        return hashlib.sha256(seen.encode()).hexdigest()[:16]

    def _traces(self) -> Iterator[object]:
        yield from (self.claim.updated_at, self.claim.state, self.claim.owed, self.claim.paid)
        yield from (self.citizen.frozen_at, self.circumstances and self.circumstances.recorded_at)
        yield from (len(self.postings), len(self.payments))
        yield from ((letter.status, letter.sent_at) for letter in self.letters)
        yield from ((each.state, each.updated_at) for each in self.hand_overs)
        yield from ((each.id, each.revoked_at) for each in self.overrides)
        yield from ((each.task.id, each.task.state) for each in self.tasks)
        yield from ((each.id, each.state) for each in self.agreements)

    def name_of(self, actor: str) -> str | None:
        """Return the name behind `staff:<id>`, or none: a rule did it."""
        kind, _, number = actor.partition(":")
        found = (name for staff_id, name in self.names.items() if str(staff_id) == number)
        return next(found, None) if kind == "staff" else None


async def search(session: AsyncSession, municipality: str, given: str) -> list[Claim]:
    """Find claims by their reference (sagsnummer), written out or by its digits alone."""
    wanted = given.strip()
    query = (
        select(Claim)
        .where(Claim.municipality == municipality, is_ref(wanted))
        .options(joinedload(Claim.citizen))
        .order_by(Claim.due_date.desc(), Claim.claim_ref)
    )
    return list(await session.scalars(query.limit(SHOWN_AT_ONCE))) if wanted else []


async def one(session: AsyncSession, municipality: str, claim_id: ClaimId) -> Claim | None:
    """Return one claim of this municipality with its citizen, or none."""
    return await session.scalar(
        select(Claim)
        .where(Claim.id == claim_id, Claim.municipality == municipality)
        .options(joinedload(Claim.citizen))
    )


async def letter(session: AsyncSession, claim: Claim, letter_id: LetterId) -> Letter | None:
    """Return one letter about a claim, or none."""
    query = select(Letter).where(Letter.id == letter_id, Letter.claim_id == claim.id)
    return await session.scalar(query)


async def open_file(session: AsyncSession, claim: Claim) -> ClaimFile:
    """Gather everything on record of a claim that has been found with its citizen."""
    postings = await _all(session, Posting, claim.id)
    overrides = await _all(session, Override, claim.id)
    hand_overs = await _all(session, HandOver, claim.id)
    return ClaimFile(
        claim=claim,
        citizen=claim.citizen,
        circumstances=await session.get(Circumstances, claim.citizen_id),
        liable=await _liable(session, claim.id),
        postings=sorted(postings, key=lambda each: each.id),
        payments=await payments.of_claim(session, claim.id),
        letters=sorted(await _all(session, Letter, claim.id), key=lambda each: each.created_at),
        agreements=await _agreements(session, claim.id),
        hand_overs=sorted(hand_overs, key=lambda each: each.created_at, reverse=True),
        overrides=sorted(overrides, key=lambda each: each.at, reverse=True),
        tasks=await tasks.of_claim(session, claim.id),
        others=await _others(session, claim),
        conversation_id=await _conversation(session, claim.citizen_id),
        names=await _names(session, claim.municipality),
    )


async def _all[Row: (Posting, Letter, HandOver, Override)](
    session: AsyncSession, table: type[Row], claim_id: ClaimId
) -> list[Row]:
    return list(await session.scalars(select(table).where(table.claim_id == claim_id)))


async def _liable(session: AsyncSession, claim_id: ClaimId) -> list[Citizen]:
    query = (
        select(Citizen)
        .join(Liability, Liability.citizen_id == Citizen.id)
        .where(Liability.claim_id == claim_id)
    )
    return list(await session.scalars(query.order_by(Citizen.name, Citizen.id)))


async def _agreements(session: AsyncSession, claim_id: ClaimId) -> list[Agreement]:
    query = (
        select(Agreement)
        .join(AgreementClaim, AgreementClaim.agreement_id == Agreement.id)
        .where(AgreementClaim.claim_id == claim_id)
        .options(selectinload(Agreement.instalments))
    )
    return list(await session.scalars(query.order_by(Agreement.offered_at.desc(), Agreement.id)))


async def _others(session: AsyncSession, claim: Claim) -> list[Claim]:
    query = select(Claim).where(
        Claim.citizen_id == claim.citizen_id,
        Claim.municipality == claim.municipality,
        Claim.id != claim.id,
    )
    ordered = query.order_by(Claim.due_date.desc(), Claim.claim_ref)
    return list(await session.scalars(ordered.limit(SHOWN_AT_ONCE)))


async def _conversation(session: AsyncSession, citizen_id: CitizenId) -> ConversationId | None:
    moved = func.coalesce(Conversation.last_inbound_at, Conversation.created_at)
    return await session.scalar(
        select(Conversation.id)
        .where(Conversation.citizen_id == citizen_id)
        .order_by(moved.desc())
        .limit(1)
    )


async def _names(session: AsyncSession, municipality: str) -> dict[StaffId, str]:
    found = await session.execute(
        select(Staff.id, Staff.name).where(Staff.municipality == municipality)
    )
    return {staff_id: name for staff_id, name in found}  # noqa: C416 - rows are no pairs to mypy
