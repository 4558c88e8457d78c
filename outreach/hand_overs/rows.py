"""Gathers what a recipient is given about each claim (stamdata): facts, no rule of its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from data.models.agreements import Agreement, AgreementClaim, AgreementKind, AgreementState
from data.models.cases import Liability
from data.models.citizens import Citizen
from data.models.letters import Letter, LetterStatus
from data.models.postings import Posting, PostingKind
from data.values.money import NOTHING
from data.values.time import day_of, next_bank_day
from outreach.rules.hand_over_parts import Bill, Charge, parts_of
from outreach.rules.hand_over_rows import HandOverRow, Liable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import Claim
    from data.models.hand_overs import HandOver
    from data.values.ids import CitizenId, ClaimId
    from outreach.rules.case import Case
    from outreach.runtime import Runtime

_FEE_KEY: Final = "fee:"


@dataclass
class Known:
    """What the database holds about some claims besides themselves, by claim."""

    debtors: dict[ClaimId, list[Citizen]] = field(default_factory=lambda: defaultdict(list))
    letters: dict[ClaimId, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    postings: dict[ClaimId, list[Posting]] = field(default_factory=lambda: defaultdict(list))
    respites: dict[ClaimId, date] = field(default_factory=dict)


async def gather(session: AsyncSession, claims: Sequence[Claim]) -> Known:
    """Load debtors, letters sent, postings and respites of some claims, in one question each."""
    ids = [claim.id for claim in claims]
    known = Known()
    first = await session.scalars(select(Citizen).where(Citizen.id.in_(_citizens(claims))))
    by_id = {citizen.id: citizen for citizen in first}
    for claim in claims:
        known.debtors[claim.id].append(by_id[claim.citizen_id])
    others = await session.execute(
        select(Liability.claim_id, Citizen)
        .join(Citizen, Citizen.id == Liability.citizen_id)
        .where(Liability.claim_id.in_(ids))
        .order_by(Liability.created_at, Citizen.id)
    )
    for claim_id, citizen in others:
        known.debtors[claim_id].append(citizen)
    for letter in await session.scalars(
        select(Letter).where(Letter.claim_id.in_(ids), Letter.status == LetterStatus.SENT)
    ):
        known.letters[letter.claim_id].append(letter)
    for posting in await session.scalars(
        select(Posting).where(Posting.claim_id.in_(ids)).order_by(Posting.day, Posting.id)
    ):
        known.postings[posting.claim_id].append(posting)
    known.respites.update(await _respites(session, ids))
    return known


def _citizens(claims: Sequence[Claim]) -> set[CitizenId]:
    return {claim.citizen_id for claim in claims}


async def _respites(session: AsyncSession, ids: list[ClaimId]) -> dict[ClaimId, date]:
    """Return the last day of the respites that were granted: they move the last day to pay."""
    found = await session.execute(
        select(AgreementClaim.claim_id, func.max(Agreement.respite_until))
        .join(Agreement, Agreement.id == AgreementClaim.agreement_id)
        .where(
            AgreementClaim.claim_id.in_(ids),
            Agreement.kind == AgreementKind.RESPITE,
            Agreement.state.in_([AgreementState.ACCEPTED, AgreementState.ENDED]),
        )
        .group_by(AgreementClaim.claim_id)
    )
    return {claim_id: day for claim_id, day in found if day is not None}


def make(
    runtime: Runtime, hand_over: HandOver, claim: Claim, case: Case, known: Known
) -> HandOverRow:
    """Make the row of one claim as it stands today."""
    today = day_of(runtime.clock.now())
    type_law = runtime.law.claim_types[claim.claim_type].on(today)
    bill = _bill(claim, case, known.respites.get(claim.id))
    return HandOverRow(
        claim_ref=claim.claim_ref,
        claim_type=claim.claim_type,
        recipient=hand_over.recipient,
        ground=hand_over.ground,
        description=describe(runtime, claim, today),
        creditor=runtime.policies[claim.municipality].name.da,
        creditor_no=claim.creditor_no,
        outstanding=claim.outstanding,
        parts=parts_of(bill, _charges(case, known.postings[claim.id]), type_law, runtime.law),
        debtors=_liable(case, known.debtors[claim.id], known.letters[claim.id]),
    )


def describe(runtime: Runtime, claim: Claim, today: date) -> str:
    """Say what the claim is, and no more than the recipient needs (databeskyttelse).

    The words come from the claim type, never from a ledger's free text; those of a type that
    itself reveals health, violence or poverty are left out.
    """
    kind = runtime.law.claim_types[claim.claim_type]
    plain = runtime.law.hand_over.on(today).sensitive_description
    words = plain if kind.sensitive else kind.da
    if claim.period_start is None or claim.period_end is None:
        return words
    return f"{words} {claim.period_start:%d.%m.%Y}-{claim.period_end:%d.%m.%Y}"


def _bill(claim: Claim, case: Case, respite_until: date | None) -> Bill:
    last_day = next_bank_day(claim.due_date)
    return Bill(
        claim_ref=claim.claim_ref,
        principal=claim.principal,
        paid=claim.paid,
        due_date=claim.due_date,
        last_day_to_pay=max(last_day, respite_until or last_day),
        period_start=claim.period_start,
        period_end=claim.period_end,
        acknowledged_on=case.agreements.acknowledged_on,
    )


def _charges(case: Case, postings: list[Posting]) -> list[Charge]:
    """Return fees and interest with what was waived of each taken off."""
    waived = {one.waives: one.amount for one in postings if one.waives is not None}
    return [
        Charge(
            kind=one.kind,
            amount=one.amount + waived.get(one.id, NOTHING),
            day=one.day,
            pay_by=_pay_by(case, one),
        )
        for one in postings
        if one.kind in {PostingKind.FEE, PostingKind.INTEREST}
    ]


def _pay_by(case: Case, posting: Posting) -> date | None:
    """Return the last day to pay of the letter a fee was for: `fee:reminder:2` names its step."""
    step = case.step_taken(posting.key.removeprefix(_FEE_KEY))
    return step.pay_by if step else None


def _liable(case: Case, debtors: list[Citizen], letters: list[Letter]) -> tuple[Liable, ...]:
    """Return everybody who owes the claim, its own debtor first, with the day of their notice."""
    gave_notice = {one.step for one in case.taken if one.gave_notice}
    told: dict[CitizenId, date] = {}
    for letter in letters:
        if letter.step in gave_notice and letter.sent_at is not None:
            day = day_of(letter.sent_at)
            told[letter.citizen_id] = max(day, told.get(letter.citizen_id, day))
    return tuple(
        Liable(citizen.debtor_id, citizen.debtor_kind, told.get(citizen.id)) for citizen in debtors
    )
