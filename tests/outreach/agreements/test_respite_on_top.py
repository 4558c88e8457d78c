"""A respite on top of a plan: whatever ends first, what still stands is kept."""

from datetime import date, timedelta

import pytest

from data.models.agreements import AgreementChannel, AgreementState
from data.models.claims import Claim, ClaimState
from data.values.money import Money
from data.values.time import at_local
from outreach import agreements, citizens, plans, suspensions
from outreach import claims as claim_acts
from outreach.agreements import StaleTermsError, Terms
from outreach.rules.suspension import Because
from tests import make, make_agreements

BEFORE_CHRISTMAS, IN_MARCH = date(2026, 12, 18), date(2027, 3, 15)
RUNS, CHANGED = AgreementState.ACCEPTED, AgreementState.CHANGED


@pytest.fixture
async def running(offer, say_yes, clock):
    """The plan Mette agreed to a minute ago: 200 kr. a month on both bills."""
    await offer()
    agreed = await say_yes()
    clock.travel(timedelta(minutes=1))
    return agreed


@pytest.fixture
async def resting(running, offer, say_yes, kept, clock):
    """The respite on top of it, until the Friday before Christmas."""
    _, owed = await kept()
    await offer(Terms(owed, respite_until=BEFORE_CHRISTMAS))
    agreed = await say_yes()
    clock.travel(timedelta(minutes=1))
    return agreed


@pytest.fixture
def end(runtime, anna):
    async def once(made):
        async with runtime.transaction() as session:
            return await agreements.end_by_staff(session, runtime, anna, made.id, reason="Aftalt.")

    return once


@pytest.fixture
def over(runtime):
    """What a round does first: end the respites whose day has passed, and wake their plans."""

    async def once():
        async with runtime.transaction() as session:
            await claim_acts.end_respites(session, runtime, "albertslund")
        async with runtime.transaction() as session:
            await suspensions.mind(session, runtime, "albertslund")

    return once


@pytest.fixture
def book(runtime):
    """Money comes in on bills or is taken back, and what is agreed on them hears of it."""

    async def once(*claims, sign=1):
        async with runtime.transaction() as session:
            rows = [await session.get_one(Claim, claim.id) for claim in claims]
        for row in rows:
            amount = row.outstanding if sign > 0 else Money(-10000)
            kind = {} if sign > 0 else {"kind": "reversed"}
            await make.payment(runtime, row, amount, date(2026, 11, 24), **kind)
        async with runtime.transaction() as session:
            for claim in claims:
                row = await session.get_one(Claim, claim.id, with_for_update=True)
                row.state = row.state_when_free
                row.respite_until = None
            await plans.weigh_of(session, runtime, [claim.id for claim in claims])

    return once


def states(found):
    return [one.state for one in found]


def of(owed):
    return {(claim.state, claim.respite_until) for claim in owed}


async def test_the_plan_ends_and_the_bills_wait_on_as_agreed(
    running, resting, end, kept, over, clock
):
    await end(running)
    [plan, respite], owed = await kept()
    assert states([plan, respite]) == [AgreementState.ENDED, RUNS]
    assert (plan.suspended_on, plan.suspended_because) == (None, None)
    assert of(owed) == {(ClaimState.IN_RESPITE, BEFORE_CHRISTMAS)}
    clock.instant = at_local(date(2026, 12, 21), 8)
    await over()
    [_, respite], owed = await kept()
    assert respite.state is AgreementState.ENDED
    assert of(owed) == {(ClaimState.OPEN, None)}


async def test_both_are_ended_and_the_bills_are_open_and_quiet(running, resting, end, kept):
    await end(running)
    await end(resting)
    _, owed = await kept()
    assert of(owed) == {(ClaimState.OPEN, None)}
    assert {claim.paused_because for claim in owed} == {"agreement_ended"}


async def test_the_respite_is_ended_and_the_plan_goes_on(running, resting, end, kept, over, clock):
    await end(resting)
    [plan, _], owed = await kept()
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}
    clock.travel(timedelta(days=1))
    await over()
    [plan, respite], _ = await kept()
    assert (plan.state, plan.suspended_because) == (RUNS, None)
    assert respite.state is AgreementState.ENDED


async def test_a_longer_respite_takes_its_place_and_the_plan_stays(
    running, resting, offer, say_yes, kept, over, clock
):
    _, owed = await kept()
    await offer(Terms(owed, respite_until=IN_MARCH), replaces=resting.id)
    await say_yes()
    found, owed = await kept()
    assert states(found) == [RUNS, CHANGED, RUNS]
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}
    clock.instant = at_local(date(2026, 12, 21), 8)
    await over()
    [plan, *_], _ = await kept()
    assert plan.suspended_because == "respite"
    clock.instant = at_local(date(2027, 3, 16), 8)
    await over()
    [plan, *_], _ = await kept()
    assert plan.suspended_because is None
    assert min(rate.due_on for rate in plan.instalments) > IN_MARCH


async def test_a_bill_that_the_new_respite_leaves_out_stays_in_its_plan(
    running, resting, offer, say_yes, kept
):
    _, owed = await kept()
    await offer(Terms(owed[:1], respite_until=IN_MARCH), replaces=resting.id)
    await say_yes()
    found, owed = await kept()
    assert states(found) == [RUNS, CHANGED, RUNS]
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}


async def test_no_second_plan_comes_in_the_place_of_the_respite(running, resting, offer, kept):
    """The plan below it is what would be changed."""
    _, owed = await kept()
    with pytest.raises(ValueError, match="nothing can be agreed on"):
        await offer(make_agreements.plan(owed, Money(10000)), replaces=resting.id)
    assert states((await kept())[0]) == [RUNS, RUNS]


async def test_a_caseworker_is_told_so_too(running, resting, runtime, anna, mette, kept):
    _, owed = await kept()
    with pytest.raises(StaleTermsError):
        async with runtime.transaction() as session:
            await agreements.conclude_by_staff(
                session,
                runtime,
                anna,
                mette.id,
                make_agreements.plan(owed, Money(10000)),
                channel=AgreementChannel.VOICE,
                identity_level=2,
                shown_text=make_agreements.SHOWN,
                reason="Mette ringede.",
                replaces=resting.id,
            )


async def test_the_plan_is_changed_and_the_respite_on_top_of_it_ends_with_it(
    running, resting, offer, say_yes, kept
):
    _, owed = await kept()
    await offer(make_agreements.plan(owed, Money(10000)), replaces=running.id)
    await say_yes()
    found, owed = await kept()
    assert states(found) == [CHANGED, CHANGED, RUNS]
    assert found[-1].suspended_because is None
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}


async def test_money_that_is_taken_back_finds_the_bill_waiting_still(
    offer, say_yes, book, claims, kept
):
    await offer(until=BEFORE_CHRISTMAS)
    await say_yes()
    await book(*claims)
    assert of((await kept())[1]) == {(ClaimState.PAID, None)}
    await book(claims[0], sign=-1)
    _, [owed_again, paid] = await kept()
    assert of([owed_again]) == {(ClaimState.IN_RESPITE, BEFORE_CHRISTMAS)}
    assert paid.state is ClaimState.PAID


async def test_a_plan_that_runs_again_rests_while_its_respite_stands(
    running, resting, book, claims, kept
):
    await book(*claims)
    assert (await kept())[0][0].state is AgreementState.ENDED
    await book(claims[0], sign=-1)
    [plan, respite], [owed_again, _] = await kept()
    assert (plan.state, plan.suspended_because, respite.state) == (RUNS, "respite", RUNS)
    assert owed_again.state is ClaimState.IN_PLAN


async def test_a_freeze_within_the_respite_changes_nothing(resting, runtime, anna, mette, kept):
    async with runtime.transaction() as session:
        await citizens.freeze(session, runtime, mette.id, because="hard_illness")
    async with runtime.transaction() as session:
        await citizens.unfreeze(session, runtime, mette, anna, "Vi har talt sammen.")
    assert (await kept())[0][0].suspended_because == "respite"


async def test_a_respite_is_what_is_left_once_a_freeze_is_over(
    running, resting, runtime, mette, change, kept, over
):
    """The plan stands still for a freeze; once that is over, the respite is left."""
    await change(running, suspended_because="frozen")
    await over()
    assert (await kept())[0][0].suspended_because == "respite"
    await change(running, suspended_because="frozen")
    async with runtime.transaction() as session:
        await suspensions.resume_of(session, runtime, mette.id, Because.FROZEN)
    assert (await kept())[0][0].suspended_because == "respite"
