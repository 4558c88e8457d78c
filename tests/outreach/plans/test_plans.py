"""The life of a plan: kept, missed and made good, broken, ended; and what the ladder says."""

from __future__ import annotations

from datetime import date

import pytest

from data.models.agreements import AgreementState, Instalment
from data.models.claims import Claim, ClaimState, Decision
from data.queries import plans as questions
from data.values.money import Money
from data.values.time import at_local
from outreach.ladder import ladder_round
from outreach.plans import weigh_plans
from tests import make, make_cases


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def frida(runtime):
    return await make.citizen(
        runtime, municipality="faxe", name="Frida Holm", debtor_id="0202802345", phone="+4520999999"
    )


async def test_A11_a_plan_that_is_kept_holds_the_ladder(mette, owed, in_plan, pay, mornings, see):
    claim = await owed(mette)
    plan = await in_plan(claim)
    for day, last in (
        (date(2026, 11, 30), date(2026, 12, 30)),
        (date(2027, 1, 4), date(2027, 1, 29)),
    ):
        await mornings(day, last)
        await pay(claim, 40000, day)
    assert (await see.claim(claim)).state is ClaimState.IN_PLAN
    await mornings(date(2027, 2, 1), date(2027, 2, 5))
    await pay(claim, 40000, date(2027, 2, 5))
    assert (await see.claim(claim)).state is ClaimState.PAID
    ended = await see.plan(plan)
    assert (ended.state, ended.ended_because) == (AgreementState.ENDED, "paid")


async def test_A25_one_missed_instalment_is_a_friendly_word_and_two_are_a_breach(
    mette, owed, in_plan, mornings, morning, see, sms
):
    claim = await owed(mette)
    plan = await in_plan(claim)
    # due on Tuesday 1 December, five bank days of grace to the 8th
    await mornings(date(2026, 12, 1), date(2026, 12, 8))
    assert len(sms.sent) == 0
    await morning(date(2026, 12, 9))
    [missed] = sms.sent
    assert missed.body == (
        "Hej Mette. En dag i din aftale med Albertslund Kommune er gået. Du har tid til og med"
        " 16. december. Driller det? Skriv eller ring 43 68 68 68. STOP = ingen sms"
    )
    await mornings(date(2026, 12, 10), date(2027, 1, 11))
    assert (await see.plan(plan)).state is AgreementState.ACCEPTED  # one is no breach here
    # due on 4 January, grace to the 11th, told on the 12th, the way back ends on the 19th
    await mornings(date(2027, 1, 12), date(2027, 1, 19))
    assert (await see.plan(plan)).state is AgreementState.ACCEPTED
    await morning(date(2027, 1, 20))
    assert (await see.plan(plan)).state is AgreementState.BROKEN
    assert (await see.claim(claim)).state is ClaimState.OPEN
    case = await see.case(claim)
    assert (case.agreements.breaches, case.rested_until) == (1, date(2027, 1, 20))
    assert case.agreements.acknowledged_on == date(2026, 11, 20)


async def reminded(runtime, claim, step):
    """A letter that offered a plan and gave notice, whose new deadline is over."""
    await make_cases.letter(runtime, claim, step, pay_by=date(2026, 11, 20))
    async with runtime.transaction() as session:
        known = await session.get_one(Decision, (claim.id, step))
        known.facts = {"gives_notice": True, "offers_plan": True}


async def test_F20_kontanthjaelp_is_handed_over_only_after_a_broken_plan(
    runtime, frida, owed, in_plan, mornings, see
):
    claim = await owed(frida, claim_type="kontanthjaelp")
    await reminded(runtime, claim, "reminder:1")
    await mornings(date(2026, 11, 30), date(2026, 11, 30), council="faxe")
    assert [kind for kind, _ in await see.tasks()] == ["plan_needed"]
    plan = await in_plan(claim)
    await mornings(date(2026, 12, 1), date(2026, 12, 16), council="faxe")
    assert (await see.plan(plan)).state is AgreementState.ACCEPTED
    assert (await see.claim(claim)).state is ClaimState.IN_PLAN
    # told on the 9th: the 16th is the last day of the way back
    await mornings(date(2026, 12, 17), date(2026, 12, 17), council="faxe")
    assert (await see.plan(plan)).state is AgreementState.BROKEN
    assert (await see.case(claim)).agreements.breaches == 1
    assert await see.hand_overs() == []
    await mornings(date(2026, 12, 18), date(2027, 1, 8), council="faxe")
    assert await see.hand_overs() == ["broken_agreement"]


async def test_A25_the_second_ground_waits_for_a_person_after_two_broken_plans(
    runtime, mette, owed, in_plan, see, clock
):
    claim = await owed(mette)
    for step in ("reminder:1", "reminder:2", "notice:1"):
        await reminded(runtime, claim, step)
    for times in (1, 2):
        plan = await in_plan(claim, days=(date(2026, 12, times),))
        clock.instant = at_local(date(2027, 6, times), 10)
        await make.coverage(runtime, "albertslund", date(2027, 5, 31))
        async with runtime.transaction() as session:
            known = await session.get_one(Instalment, (plan.id, 1))
            known.missed_at = at_local(date(2027, 3, 1), 10)
        assert (await weigh_plans(runtime, municipality="albertslund"))["broken"] == 1
        assert (await see.case(claim)).agreements.breaches == times
    clock.instant = at_local(date(2027, 6, 14), 10)
    await make.coverage(runtime, "albertslund", date(2027, 6, 11))
    report = await ladder_round(runtime, municipality="albertslund")
    assert report.refused == {"needs_caseworker": 1}
    assert [kind for kind, _ in await see.tasks()] == ["assess_hand_over"]
    assert await see.hand_overs() == []


async def test_what_is_missed_and_paid_late_is_kept_again(
    mette, owed, in_plan, pay, mornings, see, sms
):
    claim = await owed(mette)
    plan = await in_plan(claim)
    await mornings(date(2026, 12, 1), date(2026, 12, 10))
    assert len(sms.sent) == 1
    await pay(claim, 40000, date(2026, 12, 10))
    await mornings(date(2026, 12, 11), date(2026, 12, 28))
    assert (await see.plan(plan)).state is AgreementState.ACCEPTED
    assert len(sms.sent) == 1


async def test_who_pays_ahead_hears_nothing_of_what_is_paid(
    mette, owed, in_plan, pay, mornings, see, sms
):
    claim = await owed(mette)
    plan = await in_plan(claim)
    await pay(claim, 80000, date(2026, 11, 25))
    await mornings(date(2026, 11, 26), date(2027, 1, 27))
    assert sms.sent == []
    await mornings(date(2027, 1, 28), date(2027, 1, 29))
    assert [one.body[:40] for one in sms.sent] == ["Hej Mette. Husk din aftale med Albertslu"]
    assert (await see.plan(plan)).state is AgreementState.ACCEPTED


async def test_nothing_is_missed_while_nobody_knows_who_has_paid(
    runtime, mette, owed, in_plan, clock, see
):
    plan = await in_plan(await owed(mette))
    clock.instant = at_local(date(2027, 6, 1), 10)
    await make.coverage(runtime, "albertslund", date(2026, 12, 7))
    assert await weigh_plans(runtime, municipality="albertslund") == {
        "kept": 1, "missed": 0, "fulfilled": 0, "broken": 0,
    }  # fmt: skip
    await make.coverage(runtime, "albertslund", date(2026, 12, 8))
    assert (await weigh_plans(runtime, municipality="albertslund"))["missed"] == 1
    assert (await see.plan(plan)).state is AgreementState.ACCEPTED


# ------------------------------------------------------------------------------------- its end
async def test_a_plan_that_is_paid_ends_in_the_transaction_of_the_payment(
    mette, owed, in_plan, pay, see
):
    claim = await owed(mette)
    plan = await in_plan(claim)
    await pay(claim, 120000)
    ended = await see.plan(plan)
    assert (ended.state, ended.ended_because) == (AgreementState.ENDED, "paid")
    assert ended.ended_at is not None
    assert (await see.claim(claim)).state is ClaimState.PAID


async def test_a_payment_that_is_taken_back_lets_the_plan_run_again(mette, owed, in_plan, pay, see):
    claim = await owed(mette)
    plan = await in_plan(claim)
    await pay(claim, 120000)
    await pay(claim, -40000)
    again = await see.plan(plan)
    assert (again.state, again.ended_at, again.ended_because) == (
        AgreementState.ACCEPTED, None, None,
    )  # fmt: skip
    assert (await see.claim(claim)).state is ClaimState.IN_PLAN


async def test_what_has_happened_to_the_claim_since_stands_before_the_plan(
    runtime, mette, owed, in_plan, pay, see
):
    claim = await owed(mette)
    plan = await in_plan(claim)
    await pay(claim, 120000)
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).state = ClaimState.DISPUTED
    await pay(claim, -40000)
    assert (await see.plan(plan)).state is AgreementState.ENDED
    assert (await see.claim(claim)).state is ClaimState.DISPUTED


async def test_interest_that_is_left_is_open_again_after_some_quiet_days(
    runtime, mette, owed, in_plan, pay, see
):
    claim = await owed(mette)
    plan = await in_plan(claim)
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).charged = Money(1500)
    await pay(claim, 120000)
    assert (await see.plan(plan)).state is AgreementState.ENDED
    left = await see.claim(claim)
    assert (left.state, left.paused_because) == (ClaimState.OPEN, "plan_ended")
    assert left.paused_until == date(2026, 12, 1)  # five bank days
    await pay(claim, 500)
    assert (await see.plan(plan)).state is AgreementState.ENDED


async def test_the_part_under_dispute_waits_for_its_answer_when_the_rest_is_paid(
    mette, owed, in_plan, pay, see
):
    claim = await owed(mette, in_dispute=Money(30000))
    plan = await in_plan(claim)
    assert plan.total == Money(90000)
    await pay(claim, 90000)
    assert (await see.plan(plan)).state is AgreementState.ENDED
    assert (await see.claim(claim)).state is ClaimState.DISPUTED


async def test_a_bill_that_its_ledger_raises_breaks_no_plan(
    runtime, mette, owed, in_plan, pay, morning, see
):
    """The citizen pays what was agreed: what came on top of it is not their breach."""
    claim = await owed(mette)
    plan = await in_plan(claim)
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).principal = Money(150000)
    await pay(claim, 40000, date(2026, 12, 1))
    await morning(date(2026, 12, 21))
    assert (await see.plan(plan)).state is AgreementState.ACCEPTED


async def test_a_plan_that_was_changed_is_no_breach_and_what_it_missed_is_not_counted(
    runtime, mette, owed, in_plan, mornings, see
):
    claim = await owed(mette)
    old = await in_plan(claim)
    await mornings(date(2026, 12, 1), date(2026, 12, 11))  # December was missed
    async with runtime.transaction() as session:
        (await session.get_one(type(old), old.id)).state = AgreementState.CHANGED
    new = await in_plan(
        claim,
        days=(date(2027, 1, 15), date(2027, 2, 15)),
        agreed=date(2026, 12, 11),
        replaces=old.id,
    )
    await mornings(date(2026, 12, 14), date(2027, 1, 14))
    assert (await see.plan(old)).state is AgreementState.CHANGED
    assert (await see.plan(new)).state is AgreementState.ACCEPTED
    assert (await see.case(claim)).agreements.breaches == 0


async def test_how_often_the_assistant_has_changed_a_plan_is_counted(runtime, mette, owed, in_plan):
    claim = await owed(mette)
    first = await in_plan(claim, state=AgreementState.CHANGED)
    second = await in_plan(claim, state=AgreementState.CHANGED, replaces=first.id)
    await in_plan(claim, replaces=second.id, proposed_by="staff:1", reason="Efter en samtale")
    async with runtime.transaction() as session:
        assert await questions.changes_so_far(session, [claim.id]) == 1
