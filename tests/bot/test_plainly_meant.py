"""What is plainly meant is taken so, though Rasa was not sure; and nobody is pressed or told twice.

Each of these was seen in a golden transcript before it was mended.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.agreements import AgreementState
from data.models.conversations import Awaiting, Conversation, Owner
from tests import make
from tests.bot.conftest import PROOF

UNSURE = {"propose_amount": 0.2, "greeting": 0.1}
FAXE = {"to": "faxe"}


@pytest.fixture
async def offered(write, prove):
    """Mette has been read a plan of 200 kr. a month, and may say yes to it."""
    assert "6 rater" in await write("200 om måneden", "propose_amount")


@pytest.mark.parametrize("words", ["jo tak", "Ja. Mange tak kommune", "tak. ja", "fedt, ja"])
async def test_a_yes_with_thanks_around_it_is_a_yes(write, offered, words):
    assert "Aftalen er lavet" in await write(words, "thanks")


@pytest.mark.parametrize("words", ["tak for hjælpen", "ja tak, men hvad hvis jeg bliver syg?"])
async def test_thanks_and_a_yes_with_a_but_conclude_nothing(write, offered, agreements_in, words):
    await write(words, "thanks")
    assert await agreements_in(AgreementState.ACCEPTED) == []


@pytest.mark.parametrize("words", ["kan jeg betale 400 i måneden", "kan man dele den i 3"])
async def test_a_plan_in_plain_figures_is_a_plan_though_rasa_is_unsure(
    write, prove, runtime, words
):
    async with runtime.transaction() as session:
        place = (await session.scalars(select(Conversation))).one()
        place.awaiting = Awaiting.NOTHING
    assert "400 kr. tirsdag 1. december 2026" in await write(words, "not_understood", unsure=UNSURE)


async def test_a_plan_that_comes_with_the_proof_is_read_back(write, claim):
    words = f"{PROOF} jeg betaler 400 d. 10. december og resten d. 4. januar"
    said = await write(words, "not_understood", unsure=UNSURE)
    assert "400 kr. torsdag 10. december 2026" in said
    assert "800 kr. mandag 4. januar 2027" in said


async def test_a_birth_date_is_no_day_to_wait_until(write, claim):
    said = await write("jeg har brug for mere tid. 1. januar 1980 A-1001", "ask_respite")
    assert "Hvornår kan du betale?" in said


async def test_a_no_with_a_reason_is_a_no(write, offered):
    said = await write("nej. mere har jeg ikke", "propose_amount")
    assert "Det er helt i orden" in said


async def test_after_the_proof_what_is_owed_is_told_and_not_the_general_answer_again(
    write, runtime
):
    citizen = await make.citizen(runtime, municipality="faxe")
    await make.claim(runtime, citizen, claim_ref="F-1001")
    first = await write("er der renter på", "interest_question", **FAXE)
    assert "Der løber ikke renter" in first
    said = await write("01-01-1980 F-1001", "identify", **FAXE)
    assert "1.200 kr." in said
    assert "Der løber ikke renter" not in said


async def test_who_was_only_shown_the_ways_is_not_pressed_for_a_sum(write, prove):
    said = await write("er det svindel?", "is_this_scam")
    assert "når du er klar" not in said


async def test_who_asks_for_our_number_is_told_it_and_goes_on(write, claim, the_one):
    said = await write("hvad er jeres telefonnummer", "human")
    assert "Du kan ringe til os på" in said
    assert (await the_one(Conversation)).owner is Owner.ASSISTANT


async def test_a_missing_instalment_is_told_with_what_is_owed(write, prove, clock, runtime):
    await write("400 om måneden", "propose_amount")
    await write("ja", "accept")
    clock.travel(timedelta(days=20))
    await make.coverage(runtime, "albertslund", date(2026, 12, 11))
    await write("Hej", "greeting")
    said = await write(PROOF, "identify")
    assert "Raten tirsdag 1. december 2026 mangler 400 kr." in said
    assert "ikke gøre mere" not in said


async def test_a_month_further_on_is_for_a_person_and_moves_no_other(write, prove, the_one):
    await write("400 om måneden", "propose_amount")
    await write("ja", "accept")
    said = await write("spring januar over, der kommer alle regningerne", "change_plan")
    assert "Din aftale gælder imens" in said
    assert (await the_one(Conversation)).owner is not Owner.ASSISTANT


async def test_a_plan_for_some_of_the_bills_is_made_by_a_person(write, prove, mette, runtime):
    await make.claim(runtime, mette, claim_ref="A-1002")
    said = await write("kun de andre skal deles, 100 om måneden", "propose_amount")
    assert "hver regning får sin egen løsning" in said
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Conversation))).one().owner is Owner.NOBODY
