"""Silence for days, and then a word: offers that are over, a proof that is over, a place kept."""

from datetime import timedelta

import httpx
import pytest

from data.models.agreements import AgreementState
from data.models.conversations import Awaiting, Conversation
from tests.bot.conftest import PROOF
from tests.bot.rasa_stand_in import action_call


@pytest.fixture
async def offered(write, prove):
    """Mette has been read a plan of 200 kr. a month, and may say yes to it."""
    assert "6 rater" in await write("200 om måneden", "propose_amount")


async def slots_after(actions_url, runtime, place):
    """Begin a session as Rasa does after half a day, and return what it is told."""
    token = runtime.settings.rasa_token.get_secret_value()
    call = action_call("action_session_start", str(place.id), None, "")
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            actions_url, json=call, headers={"Authorization": f"Bearer {token}"}
        )
    return {one["name"]: one["value"] for one in answer.json()["events"] if one["event"] == "slot"}


async def test_rasa_forgets_overnight_and_we_tell_it_where_we_were(
    write, offered, actions_url, runtime, clock, the_one
):
    clock.travel(timedelta(days=3))
    slots = await slots_after(actions_url, runtime, await the_one(Conversation))
    assert slots["awaiting"] == "offer"


async def test_a_yes_days_later_proves_who_it_is_and_reads_the_offer_once_more(
    write, offered, clock, agreements_in
):
    clock.travel(timedelta(days=3))
    assert "fødselsdato" in await write("ja", "accept")
    said = await write(PROOF, "identify")
    assert "6 rater. Hver måned 200 kr." in said
    assert await agreements_in(AgreementState.ACCEPTED) == []
    assert "Aftalen er lavet" in await write("ja", "accept")


async def test_a_yes_to_an_offer_that_is_over_is_told_so_and_goes_on(
    write, offered, clock, the_one
):
    clock.travel(timedelta(days=8))
    await write("ja", "accept")
    assert "gælder ikke længere" in await write(PROOF, "identify")
    assert (await the_one(Conversation)).awaiting is Awaiting.AMOUNT
    assert "12 rater" in await write("100 om måneden", "propose_amount")


async def test_another_sum_days_later_is_read_against_the_offer_after_the_proof(
    write, offered, clock
):
    clock.travel(timedelta(days=2))
    assert "fødselsdato" in await write("hellere 150", "propose_amount")
    assert "8 rater. Hver måned 150 kr." in await write(PROOF, "identify")


async def test_another_way_chosen_days_later_is_read_after_the_proof(write, offered, clock):
    clock.travel(timedelta(days=2))
    assert "fødselsdato" in await write("2", "propose_amount")
    assert "12 rater. Hver måned 100 kr." in await write(PROOF, "identify")


async def test_a_question_days_later_is_answered_and_the_offer_is_remembered(write, offered, clock):
    clock.travel(timedelta(days=2))
    assert "fødselsdato" in await write("hvor meget skylder jeg", "how_much")
    said = await write(PROOF, "identify")
    assert "1.200" in said
    assert said.rstrip().endswith("Skriv JA eller NEJ til forslaget, når du er klar.")
    assert "Aftalen er lavet" in await write("ja", "accept")


async def test_a_question_after_the_offer_is_over_says_so(write, offered, clock, the_one):
    clock.travel(timedelta(days=8))
    await write("hvor meget skylder jeg", "how_much")
    await write(PROOF, "identify")
    place = await the_one(Conversation)
    assert place.awaiting is Awaiting.AMOUNT


@pytest.mark.parametrize("question", ["is_this_scam", "are_you_robot", "consequences", "autopay"])
async def test_questions_in_the_middle_of_the_proof_keep_the_half_that_was_given(
    write, claim, question
):
    await write("hvor meget skylder jeg", "how_much")
    assert "sagsnummeret" in await write("01-01-1980", "identify")
    await write("hvad nu", question)
    assert "1.200" in await write("A-1001", "identify")


async def test_two_questions_in_the_middle_of_a_bargain_lose_nothing(write, prove):
    await write("hver 14. dag", "ask_plan")
    await write("hvor meget skylder jeg", "how_much")
    await write("er I robotter", "are_you_robot")
    assert "Hver 14. dag 200 kr." in await write("200", "propose_amount")


async def test_a_question_while_a_day_is_awaited_keeps_waiting_for_it(write, prove, the_one):
    await write("må jeg vente", "ask_respite")
    assert "Skriv den dato" in await write("hvor meget er det", "how_much")
    assert "15. december" in await write("15. december", "respite_date")
