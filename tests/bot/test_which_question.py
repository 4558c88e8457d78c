"""Unsure between two questions: one short question back, and the answer to what was meant."""

import pytest

from data.models.agreements import AgreementState
from data.models.conversations import Awaiting, Conversation
from data.models.handoffs import Handoff
from outreach.texts import catalogue, gsm7_segments
from tests.bot.conftest import PROOF

UNSURE = {"how_much": 0.4, "due_date": 0.33, "fee_question": 0.1}


@pytest.fixture
async def asked(write, prove):
    """Mette has written something unclear, and is asked which of two questions she means."""
    return await write("hva hvornår det der", "not_understood", unsure=UNSURE)


async def test_the_two_likeliest_are_asked_about_with_a_number_each(asked, the_one):
    assert "1) hvor meget det er, eller 2) hvornår fristen er?" in asked
    assert "MENNESKE" in asked
    assert gsm7_segments(asked)[0] <= 2
    place = await the_one(Conversation)
    assert (place.awaiting, place.choices) == (Awaiting.CHOICE, ["how_much", "due_date"])


@pytest.mark.parametrize("words", ["1", "den første", "nr 1", "1'eren tak", "hvor meget det er"])
async def test_the_chosen_one_is_answered(write, asked, the_one, words):
    assert "sag A-1001" in await write(words, "not_understood")
    assert (await the_one(Conversation)).awaiting is Awaiting.AMOUNT


async def test_a_number_is_a_choice_whatever_rasa_takes_it_for(write, asked):
    assert "Fristen" in await write("2", "feedback")


@pytest.mark.parametrize("words", ["begge", "begge dele tak", "1 og 2", "both"])
async def test_both_may_be_meant(write, asked, words):
    said = await write(words, "not_understood")
    assert "1.200 kr." in said
    assert "Fristen var fredag 20. november" in said


async def test_a_yes_to_a_choice_is_asked_about_again(write, asked, the_one):
    assert "1) hvor meget det er" in await write("ja", "choose")
    assert "sag A-1001" in await write("1", "choose")


async def test_a_no_asks_for_other_words(write, asked, the_one):
    assert "andre ord" in await write("nej ingen af dem", "decline")
    assert (await the_one(Conversation)).choices == []


async def test_a_new_question_is_answered_instead(write, asked, the_one):
    assert "(AI)" in await write("er du en robot", "are_you_robot")
    assert (await the_one(Conversation)).choices == []


async def test_a_sum_instead_is_a_proposal(write, asked):
    assert "i 6 rater" in await write("jeg kan betale 200 om måneden", "choose")


async def test_the_third_time_in_a_row_a_person_takes_over(write, asked, the_one):
    await write("øh", "choose")
    assert "medarbejder" in await write("hvad", "choose")
    assert (await the_one(Handoff)).reason == "not_understood"


@pytest.mark.parametrize(
    "unsure",
    [
        {"how_much": 0.3, "due_date": 0.05},
        {"how_much": 0.2, "due_date": 0.18},
        {"how_much": 0.5, "hard_illness": 0.3},
        {"thanks": 0.5, "how_much": 0.4},
    ],
    ids=["one alone", "both far-fetched", "a hard case is no choice", "no question at all"],
)
async def test_where_two_are_not_likely_together_other_words_are_asked_for(write, prove, unsure):
    assert "andre ord" in await write("blub", "not_understood", unsure=unsure)


async def test_what_acts_is_done_only_when_it_is_chosen(write, prove, the_one):
    said = await write("øh forkert", "not_understood",
                       unsure={"dispute_claim": 0.4, "wrong_person": 0.3})  # fmt: skip
    assert "1) at noget er forkert" in said
    with pytest.raises(Exception, match="No row"):
        await the_one(Handoff)
    await write("1", "choose")
    assert (await the_one(Handoff)).reason == "dispute"


async def test_before_the_proof_nobody_is_told_what_it_is_about(write, claim):
    said = await write("hva hvornår", "not_understood", unsure=UNSURE)
    assert not any(word in said.casefold() for word in ("skyld", "betal", "gæld", "kr."))


async def test_the_choice_leads_over_the_proof_to_the_answer(write, claim):
    await write("hva hvornår", "not_understood", unsure=UNSURE)
    assert "fødselsdato" in await write("1", "choose")
    assert "Børnepasning (sag A-1001): 1.200 kr." in await write(PROOF, "identify")


async def test_an_offer_on_the_table_stays_there_over_a_choice(write, prove, agreements_in):
    await write("200 om måneden", "propose_amount")
    assert "1) hvor meget" in await write("hva hvornår", "propose_amount", unsure=UNSURE)
    said = await write("1", "choose")
    assert "A-1001" in said
    assert "JA eller NEJ" in said
    assert "Aftalen er lavet" in await write("ja", "accept")
    assert len(await agreements_in(AgreementState.ACCEPTED)) == 1


@pytest.mark.parametrize(
    ("before", "action", "place"),
    [
        ("hvor meget er det", "identify", Awaiting.IDENTITY),
        (PROOF, "propose_amount", Awaiting.AMOUNT),
    ],
)
async def test_what_we_had_asked_for_is_still_awaited_after_the_choice(
    write, claim, the_one, before, action, place
):
    await write(before, "how_much")
    assert "1) om gebyret" in await write(
        "hva det der", action, unsure={"fee_question": 0.4, "credit_bureau": 0.35}
    )
    assert "register" in await write("2", "choose")
    assert (await the_one(Conversation)).awaiting is place


async def test_a_sum_that_rasa_is_unsure_of_is_a_sum(write, prove):
    said = await write("så 200 om måneden", "propose_amount", unsure=UNSURE)
    assert "6 rater" in said


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_question_back_fits_two_messages_whichever_two_are_meant(language):
    texts = catalogue(language)
    names = {key: text for key, text in texts.texts.items() if key.startswith("choice_")}
    longest = sorted(names.values(), key=len)[-2:]
    assert gsm7_segments(texts.render("which_of", first=longest[0], second=longest[1]))[0] <= 2
