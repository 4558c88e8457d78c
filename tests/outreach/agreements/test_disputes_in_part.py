"""Part of a bill is disputed: the rest can be agreed on, and the part waits for its answer."""

import pytest

from data.models.agreements import AgreementState
from data.models.cases import Task
from data.models.claims import ClaimState
from data.values.money import Money
from outreach import agreements, disputes
from outreach.agreements import ReasonMissingError
from outreach.disputes import DisputeAnswer, NotDisputedError, PartError
from outreach.errors import NotFoundError
from tests import make_agreements

PART = Money(30000)


@pytest.fixture
def dispute(runtime, anna, claims):
    async def say(amount=PART, *, staff=anna, reason="Barnet var stoppet i maj."):
        async with runtime.transaction() as session:
            return await disputes.dispute_part(session, runtime, claims[0], staff, amount, reason)

    return say


@pytest.fixture
def answer(runtime, anna, claims):
    async def give(verdict):
        async with runtime.transaction() as session:
            return await disputes.answer(
                session, runtime, claims[0].id, anna, verdict, "Svar fra enheden."
            )

    return give


async def test_the_chase_stops_and_the_rest_can_be_agreed_on(dispute, kept, the_one, acts):
    await dispute()
    _, [claim, _] = await kept()
    assert (claim.state, claim.in_dispute) == (ClaimState.DISPUTED, PART)
    assert agreements.agreeable(claim) == Money(50000)
    assert (await the_one(Task)).kind == "dispute"
    assert "claim_disputed_in_part" in await acts()


async def test_a_claim_disputed_whole_stays_out_until_a_part_is_named(
    dispute, change, claims, kept
):
    await change(claims[0], state=ClaimState.DISPUTED)
    assert agreements.agreeable((await kept())[1][0]) == Money(0)
    await dispute()
    assert agreements.agreeable((await kept())[1][0]) == Money(50000)


@pytest.mark.parametrize("verdict", [DisputeAnswer.REJECTED, DisputeAnswer.CORRECTED])
async def test_the_answer_opens_the_part_again(dispute, answer, kept, verdict):
    await dispute()
    await answer(verdict)
    _, [claim, _] = await kept()
    assert (claim.state, claim.in_dispute) == (ClaimState.OPEN, Money(0))
    assert claim.paused_until is not None


async def test_where_the_citizen_is_right_only_the_part_falls(dispute, answer, kept):
    await dispute()
    await answer(DisputeAnswer.WRITTEN_OFF)
    _, [claim, _] = await kept()
    assert (claim.state, claim.in_dispute) == (ClaimState.OPEN, Money(0))
    assert (claim.outstanding, claim.charged) == (Money(50000), Money(-30000))


async def test_a_plan_on_the_rest_goes_on_where_the_citizen_is_right(
    dispute, answer, offer, say_yes, kept
):
    await dispute()
    await offer(make_agreements.plan((await kept())[1]))
    await say_yes()
    await answer(DisputeAnswer.WRITTEN_OFF)
    [agreement], [claim, _] = await kept()
    assert (agreement.state, agreement.total) == (AgreementState.ACCEPTED, Money(90000))
    assert (claim.state, claim.outstanding) == (ClaimState.IN_PLAN, Money(50000))
    assert claim.state_when_free is ClaimState.OPEN


async def test_an_answer_while_the_rest_is_paid_off_leaves_the_plan_alone(
    dispute, answer, offer, say_yes, kept
):
    await dispute()
    await offer(make_agreements.plan((await kept())[1]))
    await say_yes()
    await answer(DisputeAnswer.REJECTED)
    _, [claim, _] = await kept()
    assert (claim.state, claim.in_dispute) == (ClaimState.IN_PLAN, Money(0))
    assert claim.state_when_free is ClaimState.OPEN


@pytest.mark.parametrize("amount", [Money(0), Money(80000), Money(-100), Money(10**12)])
async def test_it_is_a_part_more_than_nothing_and_less_than_all(dispute, amount):
    with pytest.raises(PartError):
        await dispute(amount)


async def test_it_is_said_with_a_reason_by_a_caseworker_of_the_municipality(
    dispute, frida, change, claims
):
    with pytest.raises(ReasonMissingError):
        await dispute(reason=" ")
    with pytest.raises(NotFoundError):
        await dispute(staff=frida)
    await change(claims[0], state=ClaimState.HANDED_OVER)
    with pytest.raises(NotDisputedError):
        await dispute()
