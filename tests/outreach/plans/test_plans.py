"""Plans as they run: kept, fulfilled, broken, and what the ladder makes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from data.models.agreements import (
    Agreement,
    AgreementClaim,
    AgreementKind,
    AgreementState,
    Instalment,
)
from data.models.claims import Claim, ClaimState, Payment
from data.values.ids import new_id
from data.values.money import Money
from data.values.time import at_local
from outreach import cases
from outreach.ladder import ladder_round
from outreach.plans import weigh_plans
from tests import make


@pytest.fixture(autouse=True)
async def known_payments(runtime):
    await make.coverage(runtime, "albertslund", date(2035, 1, 1))


async def owed(runtime):
    """A claim due on 2 November 2026, first contact the day after."""
    return await make.claim(
        runtime,
        await make.citizen(runtime),
        payment_id="123456789012347",
        creditor_no="81234567",
        due_date=date(2026, 11, 2),
        first_contact_at=datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
    )


async def reload(runtime, claim):
    async with runtime.transaction() as session:
        return await session.get(Claim, claim.id)


def go_to(clock, day):
    clock.instant = at_local(day, 10)


async def in_plan(runtime, claim, *, accepted=date(2026, 11, 24)):
    """Two instalments of half, on the first bank days of December and January."""
    talk = await make.conversation(runtime, None, citizen_id=claim.citizen_id)
    at = at_local(accepted, 12)
    async with runtime.transaction() as session:
        plan = Agreement(
            id=new_id(), municipality=claim.municipality, citizen_id=claim.citizen_id,
            conversation_id=talk.id, kind=AgreementKind.PLAN, state=AgreementState.ACCEPTED,
            total=claim.outstanding, shown_text="aftalen", offered_at=at, expires_at=at,
            accepted_at=at, channel=talk.channel, identity_level=2,
            instalments=[
                Instalment(municipality=claim.municipality, number=n, amount=part, due_on=day)
                for n, (part, day) in enumerate(
                    zip(claim.outstanding.split(2), (date(2026, 12, 1), date(2027, 1, 4)),
                        strict=True), start=1)
            ],
            claims=[AgreementClaim(municipality=claim.municipality, claim_id=claim.id,
                                   amount=claim.outstanding)],
        )  # fmt: skip
        session.add(plan)
        (await session.get(Claim, claim.id)).state = ClaimState.IN_PLAN
    return plan


async def one(runtime, plan):
    async with runtime.transaction() as session:
        return await session.scalar(select(Agreement).where(Agreement.id == plan.id))


async def test_A11_a_plan_that_is_kept_holds_the_ladder(runtime, clock):
    claim = await owed(runtime)
    await in_plan(runtime, claim)
    go_to(clock, date(2026, 12, 20))
    async with runtime.transaction() as session:
        (await session.get(Claim, claim.id)).paid = Money(60000)
    await make.coverage(runtime, "albertslund", date(2026, 12, 18))
    assert await weigh_plans(runtime, municipality="albertslund") == {
        "kept": 1, "fulfilled": 0, "broken": 0,
    }  # fmt: skip
    assert (await reload(runtime, claim)).state is ClaimState.IN_PLAN


async def test_A25_a_missed_instalment_breaks_it_and_the_ladder_counts_from_there(runtime, clock):
    claim = await owed(runtime)
    await in_plan(runtime, claim)
    await make.coverage(runtime, "albertslund", date(2026, 12, 7))
    assert (await weigh_plans(runtime, municipality="albertslund"))["kept"] == 1
    await make.coverage(runtime, "albertslund", date(2026, 12, 8))
    go_to(clock, date(2026, 12, 9))
    assert (await weigh_plans(runtime, municipality="albertslund"))["broken"] == 1
    assert (await reload(runtime, claim)).state is ClaimState.OPEN
    async with runtime.transaction() as session:
        case = (await cases.load(session, runtime, [claim.id]))[claim.id]
    assert case.agreements.breaches == 1
    assert case.rested_until == date(2026, 12, 9)
    assert case.agreements.acknowledged_on == date(2026, 11, 24)
    assert (await ladder_round(runtime, municipality="albertslund")).refused == {"too_early": 1}


async def test_a_plan_that_is_paid_has_ended(runtime):
    claim = await owed(runtime)
    plan = await in_plan(runtime, claim)
    async with runtime.transaction() as session:
        (await session.get(Claim, claim.id)).paid = Money(120000)
    assert (await weigh_plans(runtime, municipality="albertslund"))["fulfilled"] == 1
    assert (await reload(runtime, claim)).state is ClaimState.PAID
    assert (await one(runtime, plan)).state is AgreementState.ENDED


async def test_a_bill_that_its_ledger_raises_breaks_no_plan(runtime, clock):
    """The citizen pays what was agreed: what came on top of it is not their breach."""
    claim = await owed(runtime)
    await in_plan(runtime, claim)
    go_to(clock, date(2026, 12, 20))
    async with runtime.transaction() as session:
        found = await session.get(Claim, claim.id)
        found.principal, found.paid = Money(150000), Money(60000)
        session.add(
            Payment(
                municipality="albertslund", payment_ref="P-1", claim_id=claim.id,
                amount=Money(60000), paid_on=date(2026, 12, 1), created_at=clock.now(),
            )
        )  # fmt: skip
    await make.coverage(runtime, "albertslund", date(2026, 12, 18))
    assert (await weigh_plans(runtime, municipality="albertslund"))["kept"] == 1
