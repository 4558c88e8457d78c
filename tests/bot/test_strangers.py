"""People who write in their own order: the proof unasked, a no with another sum, a day instead."""

import pytest
from sqlalchemy import select

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.conversations import Awaiting, Conversation
from data.values.money import Money
from tests import make


@pytest.fixture
async def claim(runtime):
    """Mette Hansen owes 1,200 kr. for childcare, case A-1001."""
    return await make.claim(runtime, await make.citizen(runtime))


@pytest.fixture
async def proven(write, claim):
    """Mette has proven who she is, and has seen the bill."""
    await write("01-01-1980 A-1001", "not_understood")


async def offer_of(runtime):
    async with runtime.transaction() as session:
        return await session.scalar(
            select(Agreement).where(Agreement.state == AgreementState.OFFERED)
        )


@pytest.mark.parametrize(
    "opening",
    ["ok. sagsnr A-1001, født 1/1 1980", "A-1001 and i was born 1st of January 1980"],
)
async def test_who_begins_with_the_proof_is_known_at_once(write, claim, opening):
    said = await write(opening, "not_understood")
    assert "1.200" in said or "1,200" in said


async def test_a_question_that_brings_the_proof_is_answered_not_asked_back(write, claim):
    said = await write("Født 1. januar 1980, sag A-1001. Hvor meget er det?", "how_much")
    assert "1.200" in said


async def test_a_half_that_nobody_asked_for_is_kept(write, claim):
    assert "sagsnummeret" in await write("1. januar 1980", "not_understood")
    assert "1.200" in await write("sag A-1001", "identify")


async def test_a_telephone_number_beside_a_sum_is_no_try(write, claim, runtime):
    said = await write("Jeg kan betale 500 om måneden, ring på 20304050", "propose_amount")
    assert "fødselsdato" in said
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Conversation))).one().identity_tries == 0


async def test_who_is_not_understood_is_not_told_what_it_is_about(write, claim):
    said = await write("blub", "not_understood")
    assert not any(word in said.casefold() for word in ("skyld", "betal", "måned", "gæld"))


async def test_a_no_with_another_sum_is_a_proposal(write, proven, runtime):
    await write("300 om måneden", "propose_amount")
    assert "200 kr" in await write("nej 200 mente jeg", "decline")
    offered = await offer_of(runtime)
    assert offered is not None
    assert offered.total == Money.kroner(1200)


async def test_a_no_to_the_very_sum_that_was_offered_is_a_no(write, proven, runtime):
    await write("300 om måneden", "propose_amount")
    assert "Det er helt i orden" in await write("nej, 300 er for meget", "decline")
    assert await offer_of(runtime) is None


@pytest.mark.parametrize("action", ["propose_amount", "decline"])
async def test_another_day_than_the_one_offered_is_offered_in_its_place(
    write, proven, runtime, action
):
    await write("Må jeg vente til den 15. december?", "ask_respite")
    assert "10. december 2026" in await write("nej, hellere den 10. december", action)
    assert (await offer_of(runtime)).kind is AgreementKind.RESPITE


async def test_yes_to_the_bills_just_shown_leads_on_to_a_plan(write, proven, runtime):
    assert "Hvad kan du betale" in await write("ja", "greeting")
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Conversation))).one().awaiting is Awaiting.AMOUNT


async def test_another_rhythm_keeps_the_sum(write, proven):
    await write("200 om måneden", "propose_amount")
    assert "Hver uge 200 kr." in await write("hellere hver uge", "propose_amount")


async def test_one_english_word_does_not_turn_a_danish_conversation(write, proven):
    await write("300 om måneden", "propose_amount")
    assert "Aftalen er lavet" in await write("ok deal", "accept")
    assert "You are welcome" in await write("thank you very much", "thanks")
