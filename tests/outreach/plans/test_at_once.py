"""A round, a payment, a freeze and a caseworker at one moment: nothing is half done."""

from __future__ import annotations

import asyncio

import pytest

from data.models.agreements import AgreementState
from data.models.claims import Claim, ClaimState
from data.values.money import Money
from outreach import agreements, booking, citizens, plan_messages, plans
from outreach import claims as claim_acts
from outreach.rounds import outreach_round
from tests import locks, make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
def acts(runtime, mette, anna):
    """What may happen to a plan, each in a transaction of its own."""

    async def paid(claims):
        async with runtime.transaction() as session:
            await booking.locked(session, [claim.id for claim in claims])
            await plans.weigh_of(session, runtime, [claim.id for claim in claims])

    async def frozen():
        async with runtime.transaction() as session:
            await citizens.freeze(session, runtime, mette.id, because="hard_illness")

    async def ended(plan):
        async with runtime.transaction() as session:
            await agreements.end_by_staff(session, runtime, anna, plan.id, reason="Aftalt.")

    async def weighed():
        await plans.weigh_plans(runtime, municipality="albertslund")

    async def spoken_of():
        await plan_messages.write(runtime, municipality="albertslund")

    async def a_round():
        await outreach_round(runtime, municipality="albertslund")

    return {
        "paid": paid,
        "frozen": frozen,
        "ended": ended,
        "weighed": weighed,
        "spoken_of": spoken_of,
        "a_round": a_round,
    }


async def test_whatever_comes_first_claims_and_plan_agree(runtime, mette, owed, in_plan, acts, see):
    for turn in range(4):
        bills = [await owed(mette, claim_ref=f"A-{turn}-{each}") for each in range(3)]
        first, second = await in_plan(*bills[:2]), await in_plan(bills[2])
        happens = [
            acts["paid"](bills),
            acts["ended"](first),
            acts["weighed"](),
            acts["frozen"](),
            acts["spoken_of"](),
            acts["paid"](bills[::-1]),
            acts["a_round"](),
            acts["ended"](second),
        ]
        done = await asyncio.gather(*(happens[turn:] + happens[:turn]), return_exceptions=True)
        assert [one for one in done if isinstance(one, BaseException)] == []
        for plan in (first, second):
            assert (await see.plan(plan)).state is AgreementState.ENDED
        assert {(await see.claim(bill)).state for bill in bills} == {ClaimState.OPEN}
        async with runtime.transaction() as session:
            known = await session.get_one(type(mette), mette.id)
            known.frozen_at = known.frozen_because = None


async def test_what_ends_respites_takes_claims_in_the_order_in_which_payments_do(
    runtime, mette, owed, clock
):
    """Four bills whose respite is over, and a file that holds one of them and wants the others."""
    bills = [
        await owed(
            mette,
            claim_ref=f"A-{each}",
            state=ClaimState.IN_RESPITE,
            respite_until=clock.now().date().replace(day=1),
        )
        for each in range(4)
    ]
    low, *others = sorted(bill.id for bill in bills)

    async def end():
        async with runtime.transaction() as session:
            return await claim_acts.end_respites(session, runtime, "albertslund")

    async with runtime.transaction() as session:
        await booking.locked(session, [low])
        ending = asyncio.create_task(end())
        await locks.somebody_waits(runtime)
        await booking.locked(session, others)
    assert await ending == 4


async def test_a_plan_of_which_nothing_was_paid_has_not_been_paid(
    runtime, mette, owed, in_plan, see
):
    """What came in before it was agreed counts for nothing in it."""
    claim = await owed(mette, paid=Money(20000))
    plan = await in_plan(claim)
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).principal = Money(20000)  # the ledger lowers it
        await plans.weigh_of(session, runtime, [claim.id])
    ended = await see.plan(plan)
    assert (ended.state, ended.ended_because) == (AgreementState.ENDED, "nothing_owed")
    assert (await see.claim(claim)).state is ClaimState.PAID
