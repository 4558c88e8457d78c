"""A plan or a respite, from the citizen's words to the agreement, as Rasa asks for it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.agreements import AgreementState
from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting, Conversation
from data.models.handoffs import Handoff
from data.values.money import Money
from tests import make
from tests.bot.conftest import PROOF

# Plans.


async def test_F17_a_plan_from_words_to_agreement(write, prove, the_one, the_option):
    assert "Hvad kan du betale" in await write("Kan jeg afdrage?", "ask_plan")
    offered = await write("200 om måneden", "propose_amount")
    for part in ("1.200 kr.", "6 rater", "200 kr.", "tirsdag 1. december 2026", "3. maj 2027"):
        assert part in offered
    assert "anerkender du gælden" in offered
    agreed = await write("ja", "accept")
    assert agreed.startswith("Aftalen er lavet: 1.200 kr. i 6 rater.")
    agreement = await the_option()
    assert agreement.state is AgreementState.ACCEPTED
    assert agreement.shown_text == offered  # word for word what the citizen was sent
    assert (await the_one(Claim)).state is ClaimState.IN_PLAN
    assert (await the_one(Conversation)).awaiting is Awaiting.NOTHING


async def test_a_short_plan_names_each_date_and_sum(write, prove):
    offered = await write("500 om måneden", "propose_amount")
    assert "- 500 kr. tirsdag 1. december 2026" in offered
    assert "- 500 kr. mandag 4. januar 2027" in offered
    assert "- 200 kr. mandag 1. februar 2027" in offered


@pytest.mark.parametrize(
    ("wish", "part"),
    [
        ("100 hver uge", "Hver uge 100 kr."),
        ("150 hver 14. dag", "Hver 14. dag 150 kr."),
        ("200 den 15. i hver måned", "15. december 2026"),
        ("200 den sidste bankdag hver måned", "30. november 2026"),
        ("jeg kan betale det hele nu, 1200", "1.200 kr."),
    ],
)
async def test_a_plan_in_the_citizens_own_rhythm(write, prove, wish, part):
    assert part in await write(wish, "propose_amount")


@pytest.mark.parametrize("wish", ["1 kr om måneden", "10 kr om måneden"])
async def test_A12_a_very_long_plan_is_not_refused_but_given_to_a_person(
    write, prove, the_one, wish
):
    said = await write(wish, "propose_amount")
    assert "medarbejder" in said
    assert (await the_one(Handoff)).reason == "plan_beyond_mandate"


async def test_a_kind_with_a_table_in_law_goes_to_a_person(write, runtime, mette, the_one):
    await make.claim(runtime, mette, claim_type="kontanthjaelp")
    await write("Kan jeg afdrage?", "ask_plan")
    assert "faste regler" in await write(PROOF, "identify")
    assert (await the_one(Handoff)).reason == "statutory_plan"


async def test_a_message_without_a_sum_is_asked_again(write, prove, the_one):
    await write("det jeg nu kan undvære", "propose_amount")
    assert "Hvor mange kroner" in await write("ikke så meget", "propose_amount")
    assert (await the_one(Conversation)).awaiting is Awaiting.AMOUNT


async def test_A15_a_no_leads_to_other_ways(write, prove, the_option):
    await write("500 om måneden", "propose_amount")
    said = await write("nej", "decline")
    assert "mindre beløb" in said
    assert "MENNESKE" in said
    assert (await the_option()).state is AgreementState.DECLINED
    assert "ikke et forslag" in await write("ja", "accept")


async def test_a_payment_between_offer_and_yes_undoes_the_offer(write, prove, runtime):
    await write("500 om måneden", "propose_amount")
    async with runtime.transaction() as session:
        (await session.scalars(select(Claim))).one().paid = Money(50000)
    assert "Der er sket noget" in await write("ja", "accept")


async def test_an_old_offer_is_no_longer_there(write, prove, clock, runtime):
    await write("500 om måneden", "propose_amount")
    clock.travel(timedelta(days=8))
    async with runtime.transaction() as session:
        (await session.scalars(select(Conversation))).one().identity_at = clock.now()
    assert "gælder ikke længere" in await write("ja", "accept")


async def test_a_yes_after_the_proof_has_run_out_asks_for_it_again(write, prove, clock, the_one):
    await write("500 om måneden", "propose_amount")
    clock.travel(timedelta(hours=25))
    assert "fødselsdato" in await write("ja", "accept")
    assert (await the_one(Claim)).state is ClaimState.OPEN


async def test_a_yes_to_nothing_is_answered(write, claim):
    assert "ikke et forslag" in await write("ja", "accept")


# Respite.


async def test_A17_F5_a_respite_from_words_to_agreement(write, prove, the_one):
    assert "Hvornår kan du betale" in await write("Kan jeg få mere tid?", "ask_respite")
    offered = await write("den 15. december", "respite_date")
    assert "tirsdag 15. december 2026" in offered
    assert "1.200 kr." in offered
    agreed = await write("ja", "accept")
    assert "tirsdag 15. december 2026" in agreed
    assert (await the_one(Claim)).respite_until == date(2026, 12, 15)


async def test_a_respite_in_one_message(write, prove):
    assert "15. december 2026" in await write("kan det vente til den 15. december?", "ask_respite")


async def test_a_longer_respite_than_the_mandate_goes_to_a_person(write, prove, the_one):
    await write("Kan jeg vente til 1. juni 2027?", "ask_respite")
    assert (await the_one(Handoff)).reason == "respite_beyond_mandate"


async def test_no_day_at_all_is_asked_again(write, prove, the_one):
    await write("Kan jeg få mere tid?", "ask_respite")
    assert "Hvilken dag" in await write("når jeg har råd", "respite_date")
    assert (await the_one(Conversation)).awaiting is Awaiting.RESPITE_DATE
