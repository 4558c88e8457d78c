"""Gathers what a letter says (brevets indhold): the claim, its sums, what follows, who writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from data.law.claim_types import Regime
from data.models.cases import Liability
from data.models.citizens import Language
from data.models.claims import Claim
from data.models.letters import Letter, LetterStatus
from data.models.postings import Posting, PostingKind
from data.municipalities.ladders import DecidedBy, Ground, StepKind
from data.values.ids import DebtorKind
from data.values.money import NOTHING, Money
from data.values.pay_lines import PayLine
from outreach.mailing.texts import Contents
from outreach.rules.ladder import ladder_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.law.law import Law
    from data.models.citizens import Citizen
    from data.municipalities.policy import Policy
    from data.values.ids import CitizenId, ClaimId
    from outreach.rules.case import Case
    from outreach.rules.ladder import Move

_INTEREST = frozenset({PostingKind.INTEREST, PostingKind.INTEREST_WAIVED})
_BREACHES = frozenset({Ground.BROKEN_AGREEMENT, Ground.REPEATED_BREACH})


@dataclass(frozen=True, slots=True)
class Sums:
    """What stands on a claim besides its principal, øre, and what its letters have cost."""

    fees: Money = NOTHING
    interest: Money = NOTHING
    has_co_debtors: bool = False


async def sums(session: AsyncSession, claims: Sequence[ClaimId]) -> dict[ClaimId, Sums]:
    """Add up the postings of some claims, waivers taken off, and see who owes them together."""
    rows = await session.execute(
        select(Posting.claim_id, Posting.kind, func.sum(Posting.amount))
        .where(Posting.claim_id.in_(claims))
        .group_by(Posting.claim_id, Posting.kind)
    )
    fees, interest = dict.fromkeys(claims, NOTHING), dict.fromkeys(claims, NOTHING)
    for claim_id, kind, amount in rows:
        part = interest if kind in _INTEREST else fees
        part[claim_id] += Money(int(amount.oere))  # PostgreSQL sums bigints as numeric
    together = set(
        await session.scalars(select(Liability.claim_id).where(Liability.claim_id.in_(claims)))
    )
    return {claim: Sums(fees[claim], interest[claim], claim in together) for claim in claims}


async def charged(
    session: AsyncSession, claims: Sequence[ClaimId]
) -> dict[tuple[ClaimId, str], Money]:
    """Return what a step costs where a letter about it has left already, øre."""
    rows = await session.execute(
        select(Letter.claim_id, Letter.step, func.max(Letter.fee))
        .where(
            Letter.claim_id.in_(claims),
            Letter.status.in_((LetterStatus.SENDING, LetterStatus.SENT)),
        )
        .group_by(Letter.claim_id, Letter.step)
    )
    return {(claim_id, step): fee for claim_id, step, fee in rows}


async def on_their_way(
    session: AsyncSession, claims: Sequence[ClaimId]
) -> set[tuple[CitizenId, str]]:
    """Return the debtors and claim types of these claims with a fee in a letter now leaving."""
    other = aliased(Claim)
    rows = await session.execute(
        select(other.citizen_id, other.claim_type)
        .join(Letter, Letter.claim_id == other.id)
        .join(
            Claim, (Claim.citizen_id == other.citizen_id) & (Claim.claim_type == other.claim_type)
        )
        .where(Claim.id.in_(claims), Letter.status == LetterStatus.SENDING, Letter.fee > NOTHING)
        .distinct()
    )
    return {(citizen_id, kind) for citizen_id, kind in rows}


def of_letter(
    claim: Claim,
    citizen: Citizen,
    case: Case,
    move: Move,
    known: Sums,
    *,
    new_fee: bool,
    law: Law,
    policy: Policy,
    today: date,
) -> Contents:
    """Put together what a letter to one of a claim's debtors says if it leaves today.

    Args:
        claim: what is owed.
        citizen: to whom the letter goes; the claim's own, or one who owes it with them.
        case: the claim as the rules see it.
        move: the step, with its fee and deadline of today.
        known: the sums on the claim so far.
        new_fee: the move's fee is not among those sums yet.
        law: the law.
        policy: the municipality's.
        today: the day that will stand on the letter.
    """
    assert move.pay_by is not None  # noqa: S101 - every letter gives time to pay
    assert claim.bill_sent_on is not None  # noqa: S101 - nothing is chased without a bill
    added = move.fee if new_fee else NOTHING
    type_law = law.claim_types[claim.claim_type].on(today)
    is_own = citizen.id == claim.citizen_id
    return Contents(
        kind=move.kind,
        language=citizen.language.value,
        written_on=today,
        is_co_debtor=not is_own,
        has_co_debtors=known.has_co_debtors,
        bill_sent_on=claim.bill_sent_on,
        fees=known.fees + added,
        interest=known.interest,
        total=case.outstanding + added,
        fee=move.fee,
        regime=type_law.regime,
        interest_runs=policy.interest.charged and type_law.regime is not Regime.NONE,
        pay_by=move.pay_by,
        plan=type_law.plan,
        offers_plan=move.offers_plan,
        social_authorities_told_on=case.debtor.social_authorities_told_on if is_own else None,
        **_who(citizen, policy),
        **_about(claim, citizen, law, policy),
        **_what_follows(case, move, law, policy, today),
    )


def _who(citizen: Citizen, policy: Policy) -> dict[str, Any]:
    """Say who writes, and to whom."""
    language = citizen.language.value
    return {
        "municipality": policy.name.of(language),
        "unit": policy.units.default.of(language),
        "telephone": policy.telephone.number,
        "hours": policy.telephone.hours.of(language),
        "sms": policy.senders.sms,
        "name": spoken_name(citizen),
        "is_business": citizen.debtor_kind is DebtorKind.BUSINESS,
    }


def _about(claim: Claim, citizen: Citizen, law: Law, policy: Policy) -> dict[str, Any]:
    """Say which bill it is about, and how it is paid."""
    kind = law.claim_types[claim.claim_type]
    return {
        "claim_ref": claim.claim_ref,
        "claim_type": kind.en if citizen.language is Language.ENGLISH else kind.da,
        "claim_type_key": claim.claim_type,
        "owning_unit": claim.owning_unit,
        "answering_unit": claim.owning_unit if policy.ownership.disputes_to_owner else None,
        "period_start": claim.period_start,
        "period_end": claim.period_end,
        "instalment_no": claim.instalment_no,
        "tax_year": claim.tax_year,
        "due_date": claim.due_date,
        "principal": claim.principal,
        "paid": claim.paid,
        "pay_line": PayLine.of(claim.payment_id, claim.creditor_no),
        "has_betalingsservice": claim.betalingsservice,
        "invites_to_betalingsservice": policy.betalingsservice.promoted
        and not claim.betalingsservice,
    }


def _what_follows(case: Case, move: Move, law: Law, policy: Policy, today: date) -> dict[str, Any]:
    """Say what the municipality's ladder has after this step, in general."""
    steps = ladder_of(case, law, policy, today).steps
    names = [f"{kind.value}:{number}" for kind, number in _numbered(steps)]
    at = names.index(move.name) if move.name in names else len(steps)
    later = steps[at + 1] if at + 1 < len(steps) else None
    last = steps[-1] if steps[-1].step is StepKind.HAND_OVER else None
    grounds = last.grounds if last else frozenset()
    gives_notice = move.gives_notice and last is not None
    is_first = move.name == f"{StepKind.REMINDER.value}:1"
    return {
        "gives_notice": gives_notice,
        "is_general_told": gives_notice or not is_first,
        "follows": later.step if later else None,
        "next_has_fee": later is not None and later.has_fee,
        "goes_to": last.to if last else None,
        "needs_breach": bool(grounds) and grounds <= _BREACHES,
        "is_person_asked": last is not None and last.decided_by is DecidedBy.CASEWORKER,
        "spares_unable": Ground.ABLE_BUT_UNWILLING in grounds
        and Ground.UNPAID_REMINDER not in grounds,
    }


def _numbered(steps: Sequence[Any]) -> list[tuple[StepKind, int]]:
    kinds = [step.step for step in steps]
    return [(kind, kinds[: at + 1].count(kind)) for at, kind in enumerate(kinds)]


def spoken_name(citizen: Citizen) -> str:
    """Return a name as it is said; ledgers write `Hansen, Mette` too."""
    family, comma, given = citizen.name.partition(",")
    is_person = citizen.debtor_kind is DebtorKind.PERSON
    if is_person and comma and "," not in given and given.strip():
        return f"{given.strip()} {family.strip()}"
    return citizen.name.strip()
