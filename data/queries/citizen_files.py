"""A citizen as a caseworker reads them (borgermappe): all they owe, agreed, paid and were told."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import selectinload

from data.models.agreements import Agreement
from data.models.audit import READINGS, AuditEntry
from data.models.cases import Circumstances, Liability
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState, PaymentCoverage
from data.models.conversations import Conversation
from data.models.letters import Letter
from data.models.payments import Allocation, Payment
from data.models.postings import Posting
from data.models.staff import Staff
from data.queries import contacts, notes, relations, tasks
from data.queries.payments import Placed
from data.values.money import NOTHING, Money

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.queries.contacts import Contact
    from data.queries.notes import Written
    from data.queries.relations import CoDebtor, Related
    from data.queries.tasks import Entry
    from data.values.ids import AgreementId, CitizenId, ClaimId, StaffId

#: Claims the municipality itself does not collect, or not any more.
NOT_OURS: Final = (ClaimState.HANDED_OVER, ClaimState.WRITTEN_OFF)
#: Acts on record that are shown, the newest.
LAST_ACTS: Final = 50


@dataclass(frozen=True, slots=True)
class Sums:
    """What a citizen owes, and how it stands (overblik), øre."""

    owed: Money
    in_plan: Money
    disputed: Money
    paid_this_year: Money


@dataclass(frozen=True, slots=True)
class CitizenFile:
    """One citizen with everything on record; `shared` are claims of others they owe too."""

    citizen: Citizen
    circumstances: Circumstances | None
    contacts: list[Contact]
    claims: list[Claim]
    shared: list[Claim]
    liable: dict[ClaimId, list[Citizen]]
    agreements: list[Agreement]
    payments: list[Payment]
    placed: list[Placed]
    postings: list[Posting]
    letters: int
    tasks: list[Entry]
    conversations: list[Conversation]
    notes: list[Written]
    relations: list[Related]
    co_debtors: list[CoDebtor]
    history: list[AuditEntry]
    covers_until: date | None
    names: dict[StaffId, str]

    @property
    def deceased_on(self) -> date | None:
        """The day the citizen died, if that is on record."""
        return self.circumstances.deceased_on if self.circumstances else None

    @property
    def co_people(self) -> list[Citizen]:
        """Who owes something with the citizen, each once."""
        return list({each.citizen.id: each.citizen for each in self.co_debtors}.values())

    def count(self, state: str) -> int:
        """Return how many of the citizen's own claims stand so."""
        return sum(claim.state == state for claim in self.claims)

    @property
    def open_tasks(self) -> list[Entry]:
        """The tasks that nobody has closed yet."""
        return [entry for entry in self.tasks if entry.task.closed_at is None]

    @property
    def open_claims(self) -> list[Claim]:
        """The citizen's own claims that are still owed to the municipality."""
        ended = (ClaimState.PAID, *NOT_OURS)
        return [each for each in self.claims if each.outstanding and each.state not in ended]

    @property
    def waived(self) -> set[int]:
        """The ids of the postings that were taken off again."""
        return {posting.waives for posting in self.postings if posting.waives is not None}

    def claim(self, claim_id: ClaimId) -> Claim | None:
        """Return one of the claims here, own or shared; none for another citizen's."""
        return next((each for each in (*self.claims, *self.shared) if each.id == claim_id), None)

    def agreement(self, agreement_id: AgreementId) -> Agreement | None:
        """Return one of the citizen's agreements, or none."""
        return next((each for each in self.agreements if each.id == agreement_id), None)

    def placed_of(self, payment_id: int) -> list[Placed]:
        """Return where a payment went, and was moved to, in that order."""
        return [each for each in self.placed if each.payment.id == payment_id]

    def name_of(self, actor: str) -> str | None:
        """Return the name behind `staff:<id>`, or none: a rule did it."""
        kind, _, number = actor.partition(":")
        found = (name for staff_id, name in self.names.items() if str(staff_id) == number)
        return next(found, None) if kind == "staff" else None

    def sums(self, year: int) -> Sums:
        """Add up the citizen's own claims; payments are those debited in `year`, less returns."""
        ours = [claim for claim in self.claims if claim.state not in NOT_OURS]
        own = {claim.id for claim in self.claims}
        return Sums(
            owed=_sum(claim.outstanding for claim in ours),
            in_plan=_sum(c.outstanding for c in ours if c.state is ClaimState.IN_PLAN),
            disputed=_sum(_disputed(claim) for claim in ours),
            paid_this_year=_sum(
                each.allocation.amount
                for each in self.placed
                if each.allocation.claim_id in own and each.payment.paid_on.year == year
            ),
        )

    @property
    def mark(self) -> str:
        """A mark that changes with whatever changes in the file."""
        seen = "|".join(str(each) for each in self._traces())
        return hashlib.sha256(seen.encode()).hexdigest()[:16]

    def _traces(self) -> Iterator[object]:
        yield from (self.citizen.updated_at, self.citizen.frozen_at, self.covers_until)
        yield self.circumstances and self.circumstances.recorded_at
        yield from (
            (c.id, c.state, c.owed, c.paid, c.in_dispute, c.updated_at) for c in self.claims
        )
        yield from ((c.id, c.state, c.owed, c.paid) for c in self.shared)
        yield from ((each.id, each.state, each.suspended_on) for each in self.agreements)
        yield from (
            (each.due_on, each.missed_at) for plan in self.agreements for each in plan.instalments
        )
        yield from ((each.id, each.allocated) for each in self.payments)
        yield from (len(self.placed), len(self.postings), self.letters)
        yield from ((each.task.id, each.task.state) for each in self.tasks)
        yield from ((each.id, each.owner) for each in self.conversations)
        yield from (each.note.id for each in self.notes)
        yield from ((each.relation.id, each.relation.ended_at) for each in self.relations)
        yield from (
            (each.point.id, each.point.distrusted_at, each.opted_out is None)
            for each in self.contacts
        )


def _sum(amounts: Iterable[Money]) -> Money:
    return sum(amounts, NOTHING)


def _disputed(claim: Claim) -> Money:
    """Return what of a claim is under dispute: the part that was named, else all of it."""
    if claim.in_dispute:
        return min(claim.in_dispute, claim.outstanding)
    return claim.outstanding if claim.state is ClaimState.DISPUTED else NOTHING


async def one(session: AsyncSession, municipality: str, citizen_id: CitizenId) -> Citizen | None:
    """Return one citizen of this municipality, or none."""
    return await session.scalar(
        select(Citizen).where(Citizen.id == citizen_id, Citizen.municipality == municipality)
    )


async def open_file(session: AsyncSession, citizen: Citizen) -> CitizenFile:
    """Gather everything on record of a citizen, in the same number of questions for everybody."""
    claims = await _claims(session, Claim.citizen_id == citizen.id)
    lent = select(Liability.claim_id).where(Liability.citizen_id == citizen.id)
    shared = await _claims(session, Claim.id.in_(lent), Claim.citizen_id != citizen.id)
    ids = [claim.id for claim in (*claims, *shared)]
    agreements = await _agreements(session, citizen.id)
    payments = await _payments(session, ids, [each.id for each in agreements])
    return CitizenFile(
        citizen=citizen,
        circumstances=await session.get(Circumstances, citizen.id),
        contacts=await contacts.of_citizen(session, citizen.id),
        claims=claims,
        shared=shared,
        liable=await _liable(session, ids),
        agreements=agreements,
        payments=payments,
        placed=await _placed(session, payments),
        postings=await _postings(session, [claim.id for claim in claims]),
        letters=await _letters(session, citizen.id),
        tasks=await tasks.of_citizen(session, citizen.id, ids),
        conversations=await _conversations(session, citizen.id),
        notes=await notes.of_citizen(session, citizen.id),
        relations=await relations.of_citizen(session, citizen.id),
        co_debtors=await relations.co_debtors(session, citizen.id),
        history=await _history(session, citizen, ids, [each.id for each in agreements]),
        covers_until=await _covers_until(session, citizen.municipality),
        names=await _names(session, citizen.municipality),
    )


async def _claims(session: AsyncSession, *which: ColumnElement[bool]) -> list[Claim]:
    query = select(Claim).where(*which)
    return list(await session.scalars(query.order_by(Claim.due_date.desc(), Claim.claim_ref)))


async def _liable(
    session: AsyncSession, claim_ids: Collection[ClaimId]
) -> dict[ClaimId, list[Citizen]]:
    """Return who owes each of these claims besides its citizen (medhæftere)."""
    rows = await session.execute(
        select(Liability.claim_id, Citizen)
        .join(Citizen, Citizen.id == Liability.citizen_id)
        .where(Liability.claim_id.in_(claim_ids))
        .order_by(Citizen.name, Citizen.id)
    )
    found: dict[ClaimId, list[Citizen]] = {}
    for claim_id, citizen in rows:
        found.setdefault(claim_id, []).append(citizen)
    return found


async def _agreements(session: AsyncSession, citizen_id: CitizenId) -> list[Agreement]:
    query = (
        select(Agreement)
        .where(Agreement.citizen_id == citizen_id)
        .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
    )
    newest = query.order_by(Agreement.offered_at.desc(), Agreement.option, Agreement.id)
    return list(await session.scalars(newest))


async def _payments(
    session: AsyncSession, claim_ids: Collection[ClaimId], agreement_ids: Collection[AgreementId]
) -> list[Payment]:
    """Return the money that named, or stands or stood on, these claims or agreements."""
    stands = select(Allocation.payment_id).where(Allocation.claim_id.in_(claim_ids))
    query = select(Payment).where(
        or_(
            Payment.id.in_(stands),
            Payment.claim_id.in_(claim_ids),
            Payment.agreement_id.in_(agreement_ids),
        )
    )
    return list(await session.scalars(query.order_by(Payment.paid_on.desc(), Payment.id.desc())))


async def _placed(session: AsyncSession, payments: Collection[Payment]) -> list[Placed]:
    of = {payment.id: payment for payment in payments}
    found = await session.scalars(
        select(Allocation).where(Allocation.payment_id.in_(of)).order_by(Allocation.id)
    )
    return [Placed(allocation, of[allocation.payment_id]) for allocation in found]


async def _postings(session: AsyncSession, claim_ids: Collection[ClaimId]) -> list[Posting]:
    query = select(Posting).where(Posting.claim_id.in_(claim_ids))
    return list(await session.scalars(query.order_by(Posting.id)))


async def _letters(session: AsyncSession, citizen_id: CitizenId) -> int:
    query = select(func.count()).select_from(Letter).where(Letter.citizen_id == citizen_id)
    return (await session.scalars(query)).one()


async def _conversations(session: AsyncSession, citizen_id: CitizenId) -> list[Conversation]:
    moved = func.coalesce(Conversation.last_inbound_at, Conversation.created_at)
    query = select(Conversation).where(Conversation.citizen_id == citizen_id)
    return list(await session.scalars(query.order_by(moved.desc(), Conversation.id)))


async def _history(
    session: AsyncSession,
    citizen: Citizen,
    claim_ids: Collection[ClaimId],
    agreement_ids: Collection[AgreementId],
) -> list[AuditEntry]:
    """Return what was last done about the citizen, their claims and agreements (log)."""
    subjects = [("citizen", str(citizen.id))]
    subjects += [("claim", str(claim_id)) for claim_id in claim_ids]
    subjects += [("agreement", str(agreement_id)) for agreement_id in agreement_ids]
    query = select(AuditEntry).where(
        AuditEntry.municipality == citizen.municipality,
        AuditEntry.act.not_in(READINGS),
        tuple_(AuditEntry.subject_kind, AuditEntry.subject_id).in_(subjects),
    )
    newest = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return list(await session.scalars(newest.limit(LAST_ACTS)))


async def _covers_until(session: AsyncSession, municipality: str) -> date | None:
    return await session.scalar(
        select(PaymentCoverage.covers_until).where(PaymentCoverage.municipality == municipality)
    )


async def _names(session: AsyncSession, municipality: str) -> dict[StaffId, str]:
    found = await session.execute(
        select(Staff.id, Staff.name).where(Staff.municipality == municipality)
    )
    return {staff_id: name for staff_id, name in found}  # noqa: C416 - rows are no pairs to mypy
