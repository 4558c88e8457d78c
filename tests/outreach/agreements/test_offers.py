"""What lies on the table: one offer, other ways beside it, and only what nobody disputes."""

from datetime import date, timedelta

import pytest

from data.models.agreements import AgreementKind, AgreementState
from data.models.claims import ClaimState
from data.values.money import Money
from outreach import agreements, conversations
from outreach.agreements import Refusal, Terms
from outreach.rules.wish import Every, Rhythm
from tests import make, make_agreements
from tests.make_agreements import SHOWN

OFFERED, PROPOSED = AgreementState.OFFERED, AgreementState.PROPOSED


@pytest.fixture
def ways(claims):
    """Three ways to pay the same: 200 kr. a month, 100 kr. a month, or all of it in January."""
    return [
        make_agreements.plan(claims),
        make_agreements.plan(claims, Money(10000)),
        Terms(claims, respite_until=date(2027, 1, 15)),
    ]


@pytest.fixture
def choose(runtime, talk):
    async def take(option):
        async with runtime.transaction() as session:
            place = await conversations.lock(session, talk.id)
            return await agreements.choose(session, runtime, place, option)

    return take


async def test_F13_other_ways_lie_beside_the_offer(offer, kept, ways):
    await offer(ways[0], beside=ways[1:])
    found, _ = await kept()
    assert [(one.option, one.state) for one in found] == [
        (1, OFFERED), (2, PROPOSED), (3, PROPOSED),
    ]  # fmt: skip
    assert [one.kind for one in found] == [
        AgreementKind.PLAN, AgreementKind.PLAN, AgreementKind.RESPITE,
    ]  # fmt: skip
    assert found[0].rhythm == "month:1"


async def test_the_citizen_takes_another_way_and_it_is_read_back_first(
    offer, say_yes, kept, ways, choose, runtime
):
    await offer(ways[0], beside=ways[1:])
    chosen = await choose(2)
    assert await say_yes() is Refusal.NOT_READ_BACK
    async with runtime.transaction() as session:
        agreements.read_back(await session.merge(chosen), SHOWN)
    assert (await say_yes()).id == chosen.id
    found, _ = await kept()
    assert [(one.state, one.ended_because) for one in found] == [
        (AgreementState.SUPERSEDED, "not_chosen"),
        (AgreementState.ACCEPTED, None),
        (AgreementState.SUPERSEDED, "not_chosen"),
    ]


async def test_going_back_to_the_first_way_is_read_back_too(offer, say_yes, ways, choose):
    await offer(ways[0], beside=ways[1:])
    await choose(3)
    assert (await choose(1)).shown_text is None
    assert await say_yes() is Refusal.NOT_READ_BACK


async def test_a_way_nobody_showed_cannot_be_taken(offer, ways, choose, clock):
    assert await choose(1) is None
    await offer(ways[0], beside=ways[1:2])
    assert await choose(3) is None
    clock.travel(timedelta(days=8))
    assert await choose(2) is None


async def test_a_no_takes_all_of_it_off_the_table(offer, kept, ways, runtime, talk):
    await offer(ways[0], beside=ways[1:])
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        assert await agreements.withdraw(session, place, AgreementState.DECLINED)
        assert await agreements.open_offer(session, place) is None
    assert {one.state for one in (await kept())[0]} == {AgreementState.DECLINED}


async def test_a_refused_yes_takes_all_of_it_off_the_table(
    offer, say_yes, kept, ways, change, claims
):
    await offer(ways[0], beside=ways[1:])
    await change(claims[0], paid=Money(100))
    assert await say_yes() is Refusal.CHANGED
    assert {one.state for one in (await kept())[0]} == {AgreementState.SUPERSEDED}


async def test_no_more_than_three_ways_are_shown(offer, ways):
    with pytest.raises(ValueError, match="at most 2"):
        await offer(ways[0], beside=[*ways[1:], ways[0]])


async def test_money_goes_to_the_claims_in_the_order_they_were_given(offer, kept, claims):
    await offer(make_agreements.plan(claims[::-1]))
    [agreement], _ = await kept()
    assert [part.claim_id for part in agreement.claims] == [claims[1].id, claims[0].id]
    assert [part.position for part in agreement.claims] == [1, 2]


async def test_what_is_disputed_stays_out(offer, say_yes, kept, change, claims, runtime):
    await change(claims[0], in_dispute=Money(30000), state=ClaimState.DISPUTED)
    _, fresh = await kept()
    assert agreements.total_of(fresh) == Money(90000)
    await offer(make_agreements.plan(fresh))
    done = await say_yes()
    assert done.total == Money(90000)
    [agreement], owed = await kept()
    assert [part.amount for part in agreement.claims] == [Money(50000), Money(40000)]
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}
    assert owed[0].state_when_free is ClaimState.DISPUTED
    assert owed[1].state_when_free is ClaimState.OPEN


@pytest.mark.parametrize(
    "state",
    [ClaimState.DISPUTED, ClaimState.SHELVED, ClaimState.HANDED_OVER, ClaimState.IN_PLAN],
)
async def test_what_somebody_else_has_is_not_offered(offer, change, claims, kept, state):
    await change(claims[0], state=state)
    _, fresh = await kept()
    with pytest.raises(ValueError, match="nothing can be agreed on"):
        await offer(make_agreements.plan(fresh))


async def test_instalments_that_do_not_add_up_are_not_offered(offer, claims):
    short = make_agreements.rates(Money(100000), Money(20000))
    with pytest.raises(ValueError, match="add up"):
        await offer(Terms(claims, rates=short))
    with pytest.raises(ValueError, match="add up"):
        await offer(Terms(claims))


async def test_A12_A13_a_plan_of_one_krone_a_week_can_be_offered_and_agreed(
    runtime, offer, say_yes, kept, mette
):
    small = await make.claim(runtime, mette, claim_ref="A-3", principal=Money(60000))
    laid = make_agreements.rates(Money(60000), Money(100), every=Every.WEEK)
    await offer(Terms([small], rates=laid, rhythm=Rhythm(Every.WEEK)))
    assert len((await say_yes()).instalments) == 600
    assert (await kept())[0][0].rhythm == "week"
