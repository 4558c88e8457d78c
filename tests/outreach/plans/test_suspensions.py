"""A plan at rest: while a hard case is with a person, or because it was agreed to skip a month."""

from __future__ import annotations

from datetime import date

import pytest

from data.models.agreements import Agreement, AgreementClaim, AgreementKind, AgreementState
from data.models.cases import Circumstances, Liability
from data.models.citizens import Channel, Citizen
from data.models.claims import ClaimState
from data.values.ids import new_id
from data.values.time import at_local
from outreach import citizens, suspensions
from outreach.rules.suspension import Because
from tests import make, make_desk
from tests.outreach.plans.conftest import DECEMBER, FEBRUARY, JANUARY


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
def freeze(runtime):
    async def once(person):
        async with runtime.transaction() as session:
            await citizens.freeze(session, runtime, person.id, because="hard_illness")

    return once


@pytest.fixture
async def thaw(runtime):
    anna = await make_desk.staff(runtime)

    async def once(person):
        async with runtime.transaction() as session:
            known = await session.get_one(Citizen, person.id)
            await citizens.unfreeze(session, runtime, known, anna, "Vi har talt sammen")

    return once


def days(plan):
    return [rate.due_on for rate in plan.instalments]


async def test_what_falls_due_in_a_hard_case_comes_at_the_end_and_is_never_missed(
    *, mette, owed, in_plan, freeze, thaw, mornings, see, sms
):
    plan = await in_plan(await owed(mette))
    await mornings(date(2026, 11, 30), date(2026, 12, 2))
    await freeze(mette)  # the day after December's instalment, in its days of grace
    await mornings(date(2026, 12, 3), date(2027, 1, 8))
    assert (await see.plan(plan)).suspended_on == date(2026, 12, 2)
    await thaw(mette)  # on 8 January, after January's
    after = await see.plan(plan)
    assert (after.suspended_on, after.suspended_because) == (None, None)
    assert days(after) == [date(2027, 3, 1), date(2027, 4, 1), FEBRUARY]
    assert [rate.agreed_on for rate in after.instalments] == [DECEMBER, JANUARY, None]
    await mornings(date(2027, 1, 11), date(2027, 2, 26))
    # December's before the freeze; then February's, which did not come, and March's, as moved
    assert [one.body[11:32] for one in sms.sent] == [
        "Husk din aftale med A",
        "Husk din aftale med A",
        "En dag i din aftale m",
        "Husk din aftale med A",
    ]


async def test_what_was_paid_stays_where_it_is(
    *, mette, owed, in_plan, pay, freeze, thaw, clock, see
):
    claim = await owed(mette)
    plan = await in_plan(claim)
    await pay(claim, 40000)
    clock.instant = at_local(date(2026, 11, 30), 10)
    await freeze(mette)
    clock.instant = at_local(date(2027, 1, 15), 10)
    await thaw(mette)
    assert days(await see.plan(plan)) == [DECEMBER, date(2027, 3, 1), FEBRUARY]


async def test_a_way_back_that_a_hard_case_cut_short_begins_anew(
    *, mette, owed, in_plan, freeze, thaw, mornings, clock, see
):
    plan = await in_plan(await owed(mette))
    await mornings(date(2026, 12, 1), date(2026, 12, 10))  # told on the 9th
    await freeze(mette)
    clock.instant = at_local(date(2027, 3, 10), 10)
    await thaw(mette)
    after = await see.plan(plan)
    # December stays: its days of grace were over. Its way back runs from the thaw.
    assert days(after) == [DECEMBER, date(2027, 4, 1), date(2027, 5, 3)]
    assert after.instalments[0].missed_at == at_local(date(2027, 3, 10), 10)


async def test_a_plan_waits_for_everybody_who_owes_the_claim(
    runtime, mette, owed, in_plan, freeze, thaw, see
):
    claim = await owed(mette)
    plan = await in_plan(claim)
    peter = await make.citizen(runtime, debtor_id="0303803456", name="Peter", phone=None)
    async with runtime.transaction() as session:
        session.add(
            Liability(
                municipality="albertslund",
                claim_id=claim.id,
                citizen_id=peter.id,
                created_at=runtime.clock.now(),
            )
        )
    await freeze(peter)
    await freeze(mette)
    await thaw(mette)
    assert (await see.plan(plan)).suspended_because == "frozen"
    await thaw(peter)
    assert (await see.plan(plan)).suspended_because is None


async def test_a_round_sees_to_what_nobody_has_told_the_plan(
    runtime, mette, owed, in_plan, morning, see
):
    """A death on record, with the freeze lifted again, still asks nothing of anybody."""
    plan = await in_plan(await owed(mette))
    async with runtime.transaction() as session:
        session.add(
            Circumstances(
                municipality="albertslund",
                citizen_id=mette.id,
                deceased_on=date(2026, 11, 20),
                recorded_at=runtime.clock.now(),
            )
        )
    await morning(date(2026, 11, 27))
    assert (await see.plan(plan)).suspended_because == "frozen"
    assert await see.written() == []
    async with runtime.transaction() as session:
        (await session.get_one(Circumstances, mette.id)).deceased_on = None
    await morning(date(2026, 11, 30))
    assert (await see.plan(plan)).suspended_because is None


async def test_A17_F5_a_month_may_be_skipped_and_comes_at_the_end(
    *, runtime, mette, owed, in_plan, morning, mornings, see, sms
):
    claim = await owed(mette)
    plan = await in_plan(claim)
    await morning(date(2026, 11, 25))
    async with runtime.transaction() as session:
        session.add(respite(runtime, claim, date(2026, 12, 20)))
        await suspensions.suspend_on(session, runtime, [claim.id], Because.RESPITE)
    await mornings(date(2026, 11, 26), date(2026, 12, 20))
    still = await see.plan(plan)
    assert (still.suspended_on, days(still)[0]) == (date(2026, 11, 25), DECEMBER)
    await morning(date(2026, 12, 21))
    after = await see.plan(plan)
    assert after.suspended_because is None
    assert days(after) == [date(2027, 3, 1), JANUARY, FEBRUARY]
    assert after.instalments[0].agreed_on == DECEMBER
    assert (await see.claim(claim)).state is ClaimState.IN_PLAN
    assert sms.sent == []


def respite(runtime, claim, until):
    now = runtime.clock.now()
    return Agreement(
        id=new_id(),
        municipality=claim.municipality,
        citizen_id=claim.citizen_id,
        kind=AgreementKind.RESPITE,
        state=AgreementState.ACCEPTED,
        total=claim.outstanding,
        respite_until=until,
        shown_text="udsættelse",
        offered_at=now,
        expires_at=now,
        accepted_at=now,
        channel=Channel.SMS,
        identity_level=2,
        claims=[
            AgreementClaim(
                municipality=claim.municipality, claim_id=claim.id, amount=claim.outstanding
            )
        ],
    )
