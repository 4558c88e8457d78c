"""Ways to pay shown together: chosen by number, bargained about, and concluded by a yes alone."""

from datetime import date

import pytest
from sqlalchemy import select

from data.models.agreements import Agreement, AgreementState
from data.models.claims import Claim, ClaimState
from data.models.conversations import Conversation
from data.models.handoffs import Handoff
from data.values.money import Money
from outreach.texts import gsm7_segments
from tests import make
from tests.bot.conftest import PROOF


async def test_F13_the_own_proposal_and_two_other_ways_are_shown_with_what_they_mean(write, prove):
    said = await write("200 om måneden", "propose_amount")
    assert said.startswith("Dit forslag: Du betaler i alt 1.200 kr. i 6 rater.")
    assert "2: 100 kr. hver måned" in said
    assert "3: Som dit, men fra 4. januar til 1. juni 2027." in said
    assert "Andre veje uden renter:" in said
    for word in ("bedst", "anbefal", "bør"):  # none is praised (A34)
        assert word not in said.lower()


async def test_a_reading_back_says_all_that_a_yes_means(write, prove):
    said = await write("200 om måneden", "propose_amount")
    for part in (
        "Der løber ikke renter",
        "skriv før dagen",
        "Det er ikke et brud at ændre aftalen",
        "Mangler 2 rater, eller den sidste,",
        "modregnet",
        "Når du siger ja, anerkender du gælden",
        "MENNESKE",
    ):
        assert part in said
    assert gsm7_segments(said)[1]
    assert gsm7_segments(said)[0] <= 4


async def test_a_single_instalment_is_not_said_to_break_only_at_the_second(write, prove):
    said = await write("5000 om måneden", "propose_amount")
    assert "på én gang" in said
    assert "Er den ikke betalt 5 bankdage efter, stopper aftalen" in said
    assert "rater mangler" not in said
    assert "3: Vent med det hele til" in said


async def test_A12_every_other_month_is_not_every_month(write, prove, the_option):
    said = await write("200 hver anden måned", "propose_amount")
    assert "Hver anden måned 200 kr. fra tirsdag 1. december 2026 til" in said
    days = [rate.due_on for rate in (await the_option()).instalments]
    assert days[:3] == [date(2026, 12, 1), date(2027, 2, 1), date(2027, 4, 1)]


@pytest.mark.parametrize("words", ["2", "nummer to", "den anden", "jeg tager 2'eren tak"])
async def test_another_way_is_read_back_in_full_before_a_yes_counts(
    write, prove, the_option, the_one, words
):
    await write("200 om måneden", "propose_amount")
    said = await write(words, "propose_amount")
    assert "12 rater. Hver måned 100 kr." in said
    assert "anerkender du gælden" in said
    assert (await the_one(Claim)).state is ClaimState.OPEN
    await write("ja", "accept")
    assert (await the_option(2)).state is AgreementState.ACCEPTED
    assert (await the_option(2)).shown_text == said
    assert (await the_option(1)).state is AgreementState.SUPERSEDED


@pytest.mark.parametrize("words", ["ja til nummer 2", "ja tak, den anden"])
async def test_a_yes_to_another_way_is_read_back_first(write, prove, the_one, words):
    await write("200 om måneden", "propose_amount")
    assert "12 rater. Hver måned 100 kr." in await write(words, "accept")
    assert (await the_one(Claim)).state is ClaimState.OPEN


@pytest.mark.parametrize("action", ["decline", "propose_amount"])
@pytest.mark.parametrize("words", ["nej 1", "nej, den første alligevel", "nej, nummer 1"])
async def test_a_choice_in_a_no_is_a_choice(write, prove, the_option, words, action):
    await write("200 om måneden", "propose_amount")
    assert "mandag 4. januar 2027" in await write("3", "propose_amount")
    assert "6 rater. Hver måned 200 kr. fra tirsdag 1. dec" in await write(words, action)
    await write("ja", "accept")
    assert (await the_option(1)).state is AgreementState.ACCEPTED


async def test_a_no_to_the_way_that_was_read_back_is_a_no(write, prove, the_option):
    await write("200 om måneden", "propose_amount")
    await write("2", "propose_amount")
    await write("nej 2", "decline")
    assert (await the_option(2)).state is AgreementState.DECLINED


@pytest.mark.parametrize("words", ["ja, 1", "ja tak, den første"])
async def test_a_yes_that_names_the_way_read_back_concludes_it(write, prove, the_option, words):
    await write("200 om måneden", "propose_amount")
    assert "Aftalen er lavet" in await write(words, "accept")
    assert (await the_option(1)).state is AgreementState.ACCEPTED


async def test_a_yes_with_another_sum_is_a_counter_proposal(write, prove, the_one):
    await write("200 om måneden", "propose_amount")
    assert "8 rater. Hver måned 150 kr." in await write("ja, 150 kr", "accept")
    assert (await the_one(Claim)).state is ClaimState.OPEN


@pytest.mark.parametrize(
    ("words", "action", "part"),
    [
        ("nej, hellere 150", "decline", "8 rater. Hver måned 150 kr. fra tirsdag 1. dec"),
        ("hellere 150 kr", "propose_amount", "8 rater. Hver måned 150 kr."),
        (
            "hellere den 15.",
            "propose_amount",
            "Hver måned 200 kr. fra tirsdag 15.",
        ),
        ("hver uge i stedet", "propose_amount", "Hver uge 200 kr."),
        ("12 rater", "propose_amount", "12 rater. Hver måned 100 kr."),
        ("nej, 2", "decline", "12 rater. Hver måned 100 kr."),
    ],
)
async def test_what_a_counter_proposal_does_not_name_stays_as_it_was(
    write, prove, words, action, part
):
    await write("200 om måneden", "propose_amount")
    assert part in await write(words, action)


async def test_what_is_said_in_two_messages_is_one_wish(write, prove, the_one):
    assert "Hvad kan du betale" in await write("hver 14. dag", "ask_plan")
    assert "Hver 14. dag 200 kr." in await write("200", "propose_amount")


async def test_a_rhythm_named_while_the_identity_was_asked_for_is_not_forgotten(write, claim):
    await write("kan jeg betale hver uge?", "ask_plan")
    assert "Hvad kan du betale" in await write(PROOF, "identify")
    assert "Hver uge 100 kr." in await write("100 kr", "propose_amount")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (
            "halvdelen nu og resten til februar",
            ("- 600 kr. onsdag 25. november 2026", "- 600 kr. mandag 1. februar 2027"),
        ),
        ("6 rater", ("6 rater. Hver måned 200 kr.",)),
        ("400 når jeg får løn", ("- 400 kr. mandag 30. november 2026",)),
        ("500 nu og så 100 om måneden", ("- 500 kr. onsdag 25.", "Derefter hver måned 100 kr.")),
        ("det hele den 15. januar", ("venter med at betale 1.200 kr. til fredag 15. januar",)),
    ],
)
async def test_people_say_it_in_their_own_way(write, prove, words, parts):
    said = await write(words, "propose_amount")
    for part in parts:
        assert part in said


async def test_where_only_the_day_of_the_rest_is_missing_it_is_asked_for(write, prove):
    assert "Hvornår kan du betale resten?" in await write("halvdelen nu", "propose_amount")
    said = await write("til februar", "propose_amount")
    assert "- 600 kr. mandag 1. februar 2027" in said


async def test_the_third_answer_without_a_sum_reaches_a_person(write, prove, the_one):
    await write("det jeg nu kan undvære", "propose_amount")
    await write("ikke så meget", "propose_amount")
    await write("noget i den stil", "propose_amount")
    await write("det må I finde ud af", "propose_amount")
    assert (await the_one(Handoff)).reason == "not_understood"


async def test_what_is_beyond_the_mandate_reaches_a_person_with_the_proposal_noted(
    write, prove, the_one
):
    assert "medarbejder" in await write("10 kr om måneden", "propose_amount")
    note = (await the_one(Handoff)).summary
    assert "120 rater. Hver måned 10 kr." in note


async def test_several_claims_are_one_agreement_in_a_stated_order(
    write, runtime, mette, the_option
):
    await make.claim(runtime, mette)
    await make.claim(runtime, mette, claim_ref="B-2002", due_date=date(2026, 11, 10))
    await write("Hej", "greeting")
    await write(PROOF, "identify")
    said = await write("400 om måneden", "propose_amount")
    assert "i alt 2.400 kr." in said
    assert "Rækkefølge: B-2002, A-1001." in said
    assert len((await the_option(1)).claims) == 2


async def test_what_is_disputed_stays_out_and_that_is_said(write, runtime, mette, the_option):
    await make.claim(runtime, mette)
    await make.claim(runtime, mette, claim_ref="B-2002", state=ClaimState.DISPUTED)
    await write("Hej", "greeting")
    await write(PROOF, "identify")
    said = await write("200 om måneden", "propose_amount")
    assert "Du er uenig i Børnepasning (sag B-2002). Det er ikke med i aftalen." in said
    assert (await the_option(1)).total == Money(120000)


async def test_in_faxe_one_missing_instalment_stops_the_plan_and_that_is_said_kindly(
    write, runtime, talking
):
    citizen = await make.citizen(runtime, municipality="faxe")
    await make.claim(runtime, citizen)
    await write("Hej", "greeting", to="faxe")
    await write(PROOF, "identify", to="faxe")
    said = await write("300 om måneden", "propose_amount", to="faxe")
    assert "Er den ikke betalt 5 bankdage efter, stopper aftalen" in said


async def test_a_plan_replaces_nothing_until_it_is_agreed(write, prove, runtime):
    await write("200 om måneden", "propose_amount")
    async with runtime.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
        found = (await session.scalars(select(Agreement))).all()
    assert {one.conversation_id for one in found} == {talk.id}
    assert [one.replaces for one in found] == [None, None, None]
