"""Two wishes in one message: for two bills, for one of several sums, an objection and an offer."""

from datetime import timedelta

import pytest

from data.models.agreements import Agreement, AgreementState
from data.models.claims import Claim, ClaimState
from data.models.conversations import Conversation, Owner
from data.models.handoffs import Handoff
from data.values.money import Money
from tests import make

THREE_DAYS = "500 den 10. december, 300 den 4. januar og resten 1. februar"


@pytest.fixture
def later(write, clock):
    """Let the citizen write a minute later: the offer shown last is then the latest."""

    async def turn(*given):
        clock.travel(timedelta(minutes=1))
        return await write(*given)

    return turn


@pytest.fixture
async def two_bills(runtime, mette, prove):
    """Mette owes for the library too."""
    return await make.claim(runtime, mette, claim_ref="A-1002")


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("I'll pay the library one now and the other on 4 December", "ask_respite"),
        ("I'll pay the library one now and the other on 4 December", "pay_now"),
        ("I'll pay the library one now and the other on 4 December", "partial_payment"),
        ("jeg betaler den ene nu og den anden d. 4. december", "propose_amount"),
        ("biblioteket betaler jeg idag så det er kun de to andre der skal deles", "propose_amount"),
    ],
)
async def test_two_wishes_for_two_bills_are_no_respite_of_both(
    write, two_bills, the_one, agreements_in, words, intent
):
    await write(words, intent)
    assert (await the_one(Handoff)).reason == "plan_for_some"
    assert await agreements_in(AgreementState.OFFERED) == []


async def test_the_same_words_about_one_bill_are_no_riddle(write, prove, the_option):
    assert "4. december" in await write("kan den vente til den 4. december", "ask_respite")
    assert (await the_option()).total == Money.kroner(1_200)


async def test_one_of_two_bills_may_simply_be_paid(write, two_bills, the_one):
    assert "A-1002" in await write("jeg betaler den ene regning nu", "pay_now")
    assert (await the_one(Conversation)).owner is Owner.ASSISTANT


async def sums(the_option):
    return [rate.amount.oere // 100 for rate in (await the_option()).instalments]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("kan de 300 blive 400", [500, 400, 300]),
        ("400 i stedet for 500", [400, 300, 500]),
    ],
)
async def test_one_of_several_sums_changes_and_the_days_stay(
    write, later, prove, the_option, words, wanted
):
    await write(THREE_DAYS, "propose_amount")
    said = await later(words, "propose_amount")
    assert await sums(the_option) == wanted
    for day in ("10. december", "4. januar", "1. februar"):
        assert day in said


async def test_of_a_plan_with_one_sum_all_instalments_change(write, later, prove, the_option):
    await write("200 om måneden", "propose_amount")
    await later("kan de 200 blive 300", "propose_amount")
    assert await sums(the_option) == [300, 300, 300, 300]


async def test_a_first_payment_changes_and_what_follows_stays(write, later, prove, the_option):
    await write("500 nu og 200 om måneden", "propose_amount")
    await later("kan de 500 blive 400", "propose_amount")
    assert await sums(the_option) == [400, 200, 200, 200, 200]


@pytest.mark.parametrize("words", ["vent jeg mente 6 rater", "wait i meant 6 payments"])
async def test_a_slip_is_put_right_without_a_comma(write, later, prove, the_option, words):
    await write("400 om måneden", "propose_amount")
    await later(words, "propose_amount")
    assert len((await the_option()).instalments) == 6


@pytest.mark.parametrize(
    ("intent", "also"),
    [("dispute_claim", ["propose_amount"]), ("propose_amount", ["dispute_claim"])],
)
async def test_an_objection_with_an_offer_for_the_rest_says_both(
    write, prove, the_one, the_all, intent, also
):
    words = "gebyret er forkert men jeg kan betale 200 om måneden for resten"
    said = await write(words, intent, also=also)
    assert "Vi rykker ikke, mens det bliver undersøgt" in said
    assert "Dit forslag om resten går med" in said
    handoff = await the_one(Handoff)
    assert handoff.reason == "dispute"
    assert "forslag om resten (200 kr.)" in handoff.summary
    assert (await the_one(Claim)).state is ClaimState.DISPUTED
    assert await the_all(Agreement) == []


async def test_an_objection_alone_brings_no_offer(write, prove, the_one):
    said = await write("i har taget for oktober men hun startede d. 1 november", "dispute_claim")
    assert "forslag" not in said
    assert "forslag" not in (await the_one(Handoff)).summary


async def test_a_plan_asked_for_beside_two_questions_is_made_too(write, prove, the_option):
    words = "hvor mange penge er det. hvornår skal det betales. og kan jeg få det delt i 4"
    said = await write(words, "how_much", also=["due_date"])
    assert "i 4 rater" in said
    assert len((await the_option()).instalments) == 4
