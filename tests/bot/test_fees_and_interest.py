"""Why there is a fee, who may remove it, and whether interest runs."""

from dataclasses import replace
from datetime import date

import pytest

from data.models.handoffs import Handoff
from data.models.postings import Posting, PostingKind
from data.municipalities.ladders import Interest
from data.municipalities.policy import Policies
from data.values.money import Money
from tests import make_cases
from tests.bot.own_case import owes, told

# Fees.


async def test_A20_in_general_the_first_reminder_is_free_and_no_sum_is_said(write, runtime):
    await owes(runtime)
    general = await write("hvorfor 250 i gebyr", "fee_question")
    assert "Den første rykker koster ikke gebyr." in general
    assert "gebyrloven § 2, renteloven § 9 b" in general
    assert "Et menneske bestemmer, om et gebyr kan fjernes." in general
    assert "kr." not in general


async def test_a_fee_is_told_with_its_reminder_its_day_and_its_law(write, runtime):
    owed = await owes(runtime)
    await make_cases.fee(runtime, owed)
    _, said = await told(write, "hvorfor et gebyr", "fee_question")
    assert "gebyr 250 kr. for 2. rykker, lagt på tirsdag 24. november." in said
    assert (
        "Det står her: gebyrloven § 2. Det står også i vores politik (Opkrævningspolitik)." in said
    )
    assert "skriv: slet gebyret" in said


async def test_heat_is_of_another_law(write, runtime):
    owed = await owes(runtime, claim_type="fjernvarme")
    await make_cases.fee(runtime, owed, amount=Money(10000))
    _, said = await told(write, "why a fee?", "fee_question")
    assert "fee 100 kr. for reminder no. 2, added Tuesday 24 November." in said
    assert "renteloven (the Danish Interest Act) § 9 b" in said


async def test_only_a_person_removes_a_fee_and_is_told_which(write, runtime, the_one):
    owed = await owes(runtime)
    await make_cases.fee(runtime, owed)
    _, said = await told(write, "kan i slette gebyret", "fee_question")
    assert "dit ønske om gebyret på 250 kr. videre" in said
    assert "25. november 2026 kl. 15.00" in said
    handoff = await the_one(Handoff)
    assert handoff.reason == "fee_waiver"
    assert "A-1001 fee:reminder:2: 250.00" in handoff.summary


async def test_without_a_fee_that_is_said_with_the_day_one_can_come(write, runtime, the_all):
    await owes(runtime)
    _, said = await told(write, "kan i slette gebyret", "fee_question")
    assert "Der er ikke gebyr på det, du skylder os." in said
    assert "Et gebyr på 250 kr. kan tidligst komme mandag 14. december." in said
    assert await the_all(Handoff) == []


async def test_faxe_adds_no_fee(write, runtime):
    await owes(runtime, "faxe")
    general, said = await told(write, "koster det gebyr", "fee_question", to="faxe")
    assert "Vores rykkere koster ikke gebyr." in general
    assert "Som det står nu, kommer der heller ikke gebyr på." in said


async def test_a_fee_that_was_waived_is_no_fee(write, runtime):
    owed = await owes(runtime)
    fee = await make_cases.fee(runtime, owed)
    async with runtime.transaction() as session:
        session.add(
            Posting(
                municipality="albertslund",
                claim_id=owed.id,
                kind=PostingKind.FEE_WAIVED,
                amount=Money(-25000),
                day=date(2026, 11, 24),
                key="waived:1",
                basis="skøn",
                waives=fee.id,
                made_by="staff:1",
                created_at=runtime.clock.now(),
            )
        )
    _, said = await told(write, "hvad er gebyret for", "fee_question")
    assert "Der er ikke gebyr" in said


# Interest.


@pytest.mark.parametrize("municipality", ["albertslund", "faxe"])
async def test_no_interest_runs_where_the_council_has_decided_none(write, runtime, municipality):
    await owes(runtime, municipality)
    general, said = await told(write, "løber der renter på", "interest_question", to=municipality)
    assert "Der løber ikke renter hos os." in general
    assert "Der løber ikke renter hos os." not in said  # it is not told twice
    assert "%" not in said


class TestWhereTheCouncilChargesInterest:
    """A council that has decided to charge interest, and none in agreements."""

    @pytest.fixture
    def runtime(self, runtime):
        old = runtime.policies["albertslund"]
        new = old.model_copy(update={"interest": Interest(charged=True, source="made up")})
        return replace(runtime, policies=Policies([new, runtime.policies["faxe"]]))

    async def test_the_rate_is_told_by_the_law_of_the_bill(self, write, runtime):
        owed = await owes(runtime)
        await make_cases.fee(
            runtime, owed, kind=PostingKind.INTEREST, amount=Money(1200), key="interest:month:1"
        )
        general, said = await told(write, "hvor mange % tager i", "interest_question")
        assert "%" not in general
        assert "1 % for hver måned, der er begyndt, efter fredag 20. november." in said
        assert "Satsen gælder siden mandag 1. januar 2018." in said
        assert "Renterne er 12 kr. til nu." in said
        assert "Mens du holder en aftale, løber der ikke renter." in said
        assert "Det står her: gebyrloven § 3." in said

    async def test_heat_has_the_rate_of_the_half_year(self, write, runtime):
        await owes(runtime, claim_type="fjernvarme")
        _, said = await told(write, "renter eller hva", "interest_question")
        assert "9,75 % om året fra dagen efter fredag 20. november." in said
        assert "Satsen gælder siden onsdag 1. juli 2026." in said
        assert "renteloven § 5" in said

    async def test_without_a_law_for_it_none_runs(self, write, runtime):
        await owes(runtime, claim_type="tandpleje")
        _, said = await told(write, "renter eller hva", "interest_question")
        assert "Sag A-1001: Der løber ikke renter." in said
