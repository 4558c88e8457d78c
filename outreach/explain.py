"""Why a claim stands where it stands, and what would come next (forklaring af en sag).

For a page: `explanation = await explain(session, runtime, claim)`, then
`told = tell(explanation, language)` of `outreach.telling`: sections with a title and lines, each
line with its day, its sentence, its basis and the quoted lines of the policy. An explanation holds
no name, number or address of a citizen; a caseworker's name stands by what they decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from data.models.cases import Effect, Override
from data.models.claims import Claim, Decision
from data.models.hand_overs import HandOver, HandOverAnswer, HandOverFile, HandOverState
from data.models.staff import Staff
from data.municipalities.ladders import StepKind
from data.queries import postings
from data.values.money import NOTHING
from data.values.time import day_of
from outreach import cases
from outreach.explained_plans import PlanNow, Running, plan_now, running_plan
from outreach.rules.closure import NAME as CLOSURE_NOTICE
from outreach.rules.closure import may_close
from outreach.rules.ladder import Move, next_step
from outreach.rules.limitation import expires_on
from outreach.rules.outlook import FOR_A_PERSON, Walk
from outreach.rules.postings import PaidIn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.law.claim_types import ClaimType
    from data.models.claims import ClaimState
    from data.models.postings import Posting
    from data.municipalities.policy import Policy
    from data.values.money import Money
    from data.values.recipients import Recipient
    from outreach.rules.case import Case
    from outreach.rules.ladder import Answer
    from outreach.rules.outlook import Event
    from outreach.runtime import Runtime

#: How far ahead an explanation looks.
HORIZON = timedelta(days=548)
BY_RULE = "rule"


@dataclass(frozen=True, slots=True)
class Decided:
    """A step that was weighed (afgørelse): taken, or refused with a reason, and on what facts."""

    step: str
    at: datetime
    #: None: it was taken.
    reason: str | None
    retry_at: datetime | None
    #: None: by the rules; else the caseworker's name.
    decided_by: str | None
    basis: str
    policy_version: str
    facts: Mapping[str, Any]
    fee: Money
    pay_by: date | None


@dataclass(frozen=True, slots=True)
class Said:
    """A caseworker's word on a step (skøn): who, when, until when and why."""

    step: str
    effect: Effect
    who: str
    at: datetime
    until: date | None
    why: str
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_because: str | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Handed:
    """A hand-over that left in a file, or what its recipient answered (kvittering)."""

    #: `filed`, or the answer's status.
    what: str
    day: date
    to: Recipient
    #: Of a file its number, of an answer the recipient's own reference.
    ref: str
    because: str = ""
    amount: Money = NOTHING


@dataclass(frozen=True, slots=True)
class Explanation:
    """All there is to say of where one claim stands (forklaring); sums in øre.

    `now` is what the ladder answers today, `closure` what keeps a supply from being shut off or
    allows it (none where nothing of the kind is near). `ahead` is what comes if nobody pays and
    nobody intervenes, until the day `looked_until`; `expires_on` the last day before limitation.
    """

    municipality: str
    policy_title: str
    policy_version: str
    claim_ref: str
    claim_type: str
    kind: ClaimType
    today: date
    state: ClaimState
    principal: Money
    charged: Money
    paid: Money
    outstanding: Money
    due_date: date
    expires_on: date
    decisions: tuple[Decided, ...]
    handed: tuple[Handed, ...]
    words: tuple[Said, ...]
    now: Answer
    closure: Answer | None
    #: The plan it is in, if one runs.
    plan: PlanNow | None
    ahead: tuple[Event, ...]
    looked_until: date


@dataclass(frozen=True, slots=True)
class Prospect:
    """What lies ahead of one claim (udsigt) if nobody pays and nobody intervenes."""

    claim: Claim
    case: Case
    ahead: tuple[Event, ...]


async def prospects(
    session: AsyncSession, runtime: Runtime, claims: Sequence[Claim]
) -> list[Prospect]:
    """Look ahead for some claims, in the order given; nothing is written."""
    found = await cases.load(session, runtime, [claim.id for claim in claims])
    return [await _prospect(session, runtime, claim, found[claim.id]) for claim in claims]


async def _prospect(session: AsyncSession, runtime: Runtime, claim: Claim, case: Case) -> Prospect:
    running = await running_plan(session, runtime.policies[claim.municipality], claim, case)
    return Prospect(claim, case, tuple(await _ahead(session, runtime, claim, case, running)))


async def explain(session: AsyncSession, runtime: Runtime, claim: Claim) -> Explanation:
    """Explain one claim as it stands now; nothing is written."""
    policy, today = runtime.policies[claim.municipality], day_of(runtime.clock.now())
    case = (await cases.load(session, runtime, [claim.id]))[claim.id]
    charges = await postings.of_claim(session, claim.id)
    running = await running_plan(session, policy, claim, case)
    ahead = tuple(await _ahead(session, runtime, claim, case, running))
    return Explanation(
        municipality=claim.municipality,
        policy_title=policy.policy.title,
        policy_version=policy.version,
        claim_ref=claim.claim_ref,
        claim_type=claim.claim_type,
        kind=runtime.law.claim_types[claim.claim_type],
        today=today,
        state=case.state,
        principal=case.principal,
        charged=case.charged,
        paid=case.paid,
        outstanding=case.outstanding,
        due_date=case.due_date,
        expires_on=_expires_on(case, runtime, today),
        decisions=await _decisions(session, claim, charges),
        handed=await _handed(session, claim),
        words=await _words(session, claim, today),
        now=next_step(case, runtime.law, policy, today),
        closure=_closure(case, runtime, policy, today),
        plan=plan_now(running, ahead) if running is not None else None,
        ahead=ahead,
        looked_until=today + HORIZON,
    )


def _expires_on(case: Case, runtime: Runtime, today: date) -> date:
    type_law = runtime.law.claim_types[case.claim_type].on(today)
    agreed = case.agreements
    return expires_on(
        case.due_date,
        case.period_end,
        agreed.acknowledged_on,
        type_law,
        runtime.law,
        earlier=agreed.acknowledged_before,
    )


def _closure(case: Case, runtime: Runtime, policy: Policy, today: date) -> Answer | None:
    answer = may_close(case, runtime.law, policy, today)
    is_near = isinstance(answer, Move) or answer.reason in FOR_A_PERSON
    is_approved = case.word(Effect.APPROVE, CLOSURE_NOTICE, today) is not None
    return answer if is_near or is_approved else None


# ------------------------------------------------------------------------ what was decided
async def _decisions(
    session: AsyncSession, claim: Claim, charges: Sequence[Posting]
) -> tuple[Decided, ...]:
    found = await session.scalars(
        select(Decision)
        .where(Decision.claim_id == claim.id)
        .order_by(Decision.decided_at, Decision.step)
    )
    rows = list(found)
    names = await _staff(session, claim.municipality, {row.decided_by for row in rows} - {BY_RULE})
    fees = {posting.key.removeprefix("fee:"): posting.amount for posting in charges}
    return tuple(
        Decided(
            # A standing refusal is kept under one name; the facts tell which step it speaks of.
            step=str(row.facts.get("step", row.step)),
            at=row.decided_at,
            reason=row.reason,
            retry_at=row.retry_at,
            decided_by=names.get(row.decided_by),
            basis=row.basis or "",
            policy_version=row.policy_version or "",
            facts=row.facts,
            fee=fees.get(row.step, NOTHING),
            pay_by=row.pay_by,
        )
        for row in rows
    )


async def _staff(session: AsyncSession, municipality: str, who: set[str]) -> dict[str, str]:
    """Name those who decided by hand: the caseworker of `staff:<id>`."""
    if not who:
        return {}
    chosen = select(Staff.id, Staff.name).where(Staff.municipality == municipality)
    named = {f"staff:{staff_id}": name for staff_id, name in await session.execute(chosen)}
    return {one: named.get(one, one) for one in who}


async def _handed(session: AsyncSession, claim: Claim) -> tuple[Handed, ...]:
    """Return each file the claim left in, and after it what was answered."""
    found = await session.execute(
        select(HandOver, HandOverFile)
        .join(HandOverFile, HandOverFile.id == HandOver.file_id)
        .where(HandOver.claim_id == claim.id)
        .order_by(HandOverFile.created_at)
    )
    told: list[Handed] = []
    for hand_over, file in found.all():
        to = hand_over.recipient
        told.append(Handed("filed", day_of(file.created_at), to, str(file.number)))
        answers = await session.scalars(
            select(HandOverAnswer)
            .where(HandOverAnswer.hand_over_id == hand_over.id)
            .order_by(HandOverAnswer.day, HandOverAnswer.id)
        )
        told += [
            Handed(
                one.status.value,
                one.day,
                to,
                one.their_ref or hand_over.their_ref or "",
                # Their free words may name somebody: the code says enough where there is one.
                one.reason_code or one.reason or "",
                one.amount or NOTHING,
            )
            for one in answers
        ]
    return tuple(told)


async def _words(session: AsyncSession, claim: Claim, today: date) -> tuple[Said, ...]:
    revoker = aliased(Staff)
    found = await session.execute(
        select(Override, Staff.name, revoker.name)
        .join(Staff, Staff.id == Override.staff_id)
        .outerjoin(revoker, revoker.id == Override.revoked_by)
        .where(Override.claim_id == claim.id)
        .order_by(Override.at)
    )
    return tuple(
        Said(
            step=word.step,
            effect=word.effect,
            who=name,
            at=word.at,
            until=word.until,
            why=word.reason,
            revoked_at=word.revoked_at,
            revoked_by=revoked_by,
            revoked_because=word.revoked_because,
            holds=word.revoked_at is None and (word.until is None or today <= word.until),
        )
        for word, name, revoked_by in found
    )


# -------------------------------------------------------------------------- what would come
async def _ahead(
    session: AsyncSession, runtime: Runtime, claim: Claim, case: Case, running: Running | None
) -> Sequence[Event]:
    """Walk on from here: letters that wait leave today, and a running plan is not paid."""
    policy, today = runtime.policies[claim.municipality], day_of(runtime.clock.now())
    sent = tuple(one for one in case.taken if one.pay_by is not None or _is_hand_over(one.step))
    payments = (await postings.payments_of(session, [claim.id])).get(claim.id, [])
    walk = Walk(
        replace(case, taken=sent),
        runtime.law,
        policy,
        today,
        today + HORIZON,
        payments=[PaidIn(day, amount) for day, amount in payments],
        posted=(await postings.interest_keys_of(session, [claim.id])).get(claim.id, set()),
        leaves_on=await _leaves_on(session, claim),
        plan=running.plan if running is not None else None,
    )
    return walk.to_the_end().events


def _is_hand_over(step: str) -> bool:
    return step.startswith(StepKind.HAND_OVER.value)


async def _leaves_on(session: AsyncSession, claim: Claim) -> date | None:
    """Return when a hand-over whose quiet period runs may be filed."""
    day: date | None = await session.scalar(
        select(HandOver.ready_on).where(
            HandOver.claim_id == claim.id, HandOver.state == HandOverState.WAITING
        )
    )
    return day
