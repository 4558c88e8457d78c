"""From a missed deadline to an agreement, or to a person: the whole walk on real parts."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from data.models.agreements import Agreement, AgreementState
from data.models.citizens import Citizen, ContactPoint
from data.models.claims import Claim, ClaimState
from data.models.conversations import Conversation, Owner
from data.models.handoffs import Handoff
from outreach import rounds
from outreach.rules.hard_cases import recognise
from tests import make
from tests.journeys.town import FAXE, Town

pytestmark = [pytest.mark.slow, pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

METTE = make.METTE_PHONE


async def _one(town: Town, model):
    async with town.runtime.transaction() as session:
        return (await session.scalars(select(model))).one()


async def _first_option(town: Town) -> Agreement:
    """The citizen's own proposal, of the ways shown together."""
    async with town.runtime.transaction() as session:
        return (await session.scalars(select(Agreement).where(Agreement.option == 1))).one()


async def _mette(town: Town, **claim):
    citizen = await make.citizen(town.runtime)
    owed = await make.claim(town.runtime, citizen, **claim)
    await make.coverage(town.runtime, "albertslund", date(2026, 11, 23))
    return citizen, owed


async def test_a_missed_deadline_becomes_a_plan_that_is_kept_on_record(town):
    await _mette(town)
    await rounds.outreach_round(town.runtime, municipality="albertslund")
    await town.work()
    [first] = town.sms.bodies
    assert "Mette" in first
    assert "1.200" not in first

    greeting = await town.text(METTE, "JA")
    assert "digitale assistent" in greeting
    assert "MENNESKE" in greeting
    assert "1.200" not in greeting

    overview = await town.text(METTE, "1. januar 1980 og sagsnr A-1001")
    assert "1.200 kr." in overview
    assert "A-1001" in overview

    offer = await town.text(METTE, "kan jeg betale 400 om måneden?")
    assert "1.200 kr. i 3 rater" in offer
    assert "tirsdag 1. december 2026" in offer
    assert "anerkender du gælden" in offer
    assert (await _first_option(town)).state is AgreementState.OFFERED

    done = await town.text(METTE, "ja det er fint")
    assert "Aftalen er lavet" in done
    agreement = await _first_option(town)
    assert agreement.state is AgreementState.ACCEPTED
    assert agreement.shown_text == offer
    assert agreement.identity_level == 2
    assert (await _one(town, Claim)).state is ClaimState.IN_PLAN


async def test_the_same_walk_in_english(town):
    await _mette(town)
    assert "computer (AI)" in await town.text(METTE, "hello, what is this about?")
    assert "case number" in await town.text(METTE, "I was born on 1 January 1980")
    shown = await town.text(METTE, "the case number is A-1001")
    assert "1,200 kr." in shown
    offer = await town.text(METTE, "I can pay 300 a month")
    assert "in 4 parts" in offer
    assert "The agreement is made" in await town.text(METTE, "yes please")


async def test_more_time_within_the_mandate_is_agreed(town):
    await _mette(town)
    await town.text(METTE, "kan jeg få udsættelse?")
    asked = await town.text(METTE, "010180 A-1001")
    assert "Hvornår kan du betale" in asked
    offer = await town.text(METTE, "den 15. december")
    assert "tirsdag 15. december 2026" in offer
    assert "Du har tid til" in await town.text(METTE, "ja tak")
    assert (await _one(town, Claim)).respite_until == date(2026, 12, 15)


async def test_more_time_than_the_mandate_goes_to_a_person(town):
    await _mette(town)
    await town.text(METTE, "kan jeg vente til 1. august 2027?")
    answer = await town.text(METTE, "01-01-1980, A-1001")
    assert "medarbejder" in answer
    assert (await _one(town, Handoff)).reason == "respite_beyond_mandate"


async def test_no_is_met_with_other_ways(town):
    await _mette(town)
    await town.text(METTE, "hvor meget skylder jeg")
    await town.text(METTE, "010180 A-1001")
    await town.text(METTE, "600 om måneden")
    other = await town.text(METTE, "nej det kan jeg ikke")
    assert "mindre beløb" in other
    offer = await town.text(METTE, "100 hver uge")
    assert "12 rater" in offer
    assert "Hver uge 100 kr." in offer


async def test_three_wrong_proofs_go_to_a_person_and_say_nothing(town):
    await _mette(town)
    said = [await town.text(METTE, "hvor meget skylder jeg")]
    said += [await town.text(METTE, "02-02-1982 A-1001") for _ in range(3)]
    assert "2 forsøg" in said[1]
    assert "1 forsøg" in said[2]
    assert "medarbejder" in said[3]
    assert not any("1.200" in text or "Børnepasning" in text for text in said)
    assert (await _one(town, Handoff)).reason == "identity_failed"


@pytest.mark.parametrize("words", ["er det her svindel?", "is this a scam?"])
async def test_a_wary_citizen_hears_how_to_be_sure(town, words):
    await _mette(town)
    answer = await town.text(METTE, words)
    assert "MitID" in answer
    assert "http" not in answer


async def test_a_wrong_number_is_let_go_and_learns_nothing(town):
    await _mette(town)
    answer = await town.text(METTE, "forkert nummer, jeg kender ikke nogen Mette")
    assert "Undskyld" in answer
    assert (await _one(town, ContactPoint)).distrusted_because == "wrong_person"
    assert (await _one(town, Handoff)).reason == "wrong_person"


async def test_who_has_paid_is_thanked_and_left_in_peace(town):
    await _mette(town)
    answer = await town.text(METTE, "jeg har jo betalt i går")
    assert "Tak" in answer
    assert (await _one(town, Claim)).paused_because == "said_paid"


async def test_a_dispute_stops_the_chase(town):
    await _mette(town)
    answer = await town.text(METTE, "det passer ikke, jeg skylder jer ikke noget")
    assert "Vi gør ikke mere" in answer
    assert "rykker" not in answer  # nobody has proven who they are yet
    assert (await _one(town, Claim)).state is ClaimState.DISPUTED
    assert (await _one(town, Handoff)).reason == "dispute"


async def test_a_person_is_reached_by_asking_and_the_assistant_falls_silent(town):
    await _mette(town)
    assert "medarbejder" in await town.text(METTE, "jeg vil tale med et menneske")
    assert (await _one(town, Conversation)).owner is Owner.NOBODY
    assert "medarbejder" in await town.text(METTE, "hallo?")
    assert await town.text(METTE, "hvor meget skylder jeg") == ""


async def test_a_cry_for_help_in_a_payment_sentence_reaches_a_person_first(town):
    await _mette(town)
    answer = await town.text(METTE, "kan jeg afdrage, ellers ved jeg ik om jeg gider leve mere")
    assert "112" in answer
    assert "70 201 201" in answer
    assert "betal" not in answer.lower()
    handoff = await _one(town, Handoff)
    assert (handoff.severity, handoff.reason) == (0, "hard_suicide")
    assert (await _one(town, Citizen)).frozen_because == "hard_suicide"


async def test_a_cry_for_help_that_no_rule_knows_is_heard_by_rasa(town):
    hint = "jeg tror snart jeg slipper grebet om det hele"
    assert recognise(hint, town.runtime.lexicon) == []
    await _mette(town)
    answer = await town.text(METTE, hint)
    assert answer.startswith("Jeg er en digital assistent, og du fortjener at tale med et menneske")
    assert "112" in answer
    assert "70 201 201" in answer
    assert "betal" not in answer.lower()
    handoff = await _one(town, Handoff)
    assert (handoff.severity, handoff.reason) == (0, "hard_suicide")
    assert (await _one(town, Citizen)).frozen_because == "hard_suicide"
    assert "medarbejder" in await town.text(METTE, "200 om måneden")


async def test_stop_is_heard_at_once_and_confirmed_once(town):
    await _mette(town)
    assert "ikke flere sms" in await town.text(METTE, "Stop. Tak")
    assert "START" in await town.text(METTE, "hvad skylder jeg")
    assert await town.text(METTE, "hallo") == ""
    assert "igen" in await town.text(METTE, "START")


async def test_a_number_nobody_knows_is_asked_who_it_is(town):
    await _mette(town)
    stranger = "+4520999999"
    answer = await town.text(stranger, "hej, I skrev til mig")
    assert "fødselsdato" in answer
    shown = await town.text(stranger, "1/1-1980 a1001")
    assert "1.200 kr." in shown


async def test_the_case_number_of_another_municipality_opens_nothing(town):
    await _mette(town)
    await town.text(METTE, "hvor meget skylder jeg", to=FAXE)
    answer = await town.text(METTE, "010180 A-1001", to=FAXE)
    assert "passer ikke" in answer
    assert "1.200" not in answer


async def test_a_claim_with_a_plan_fixed_by_law_goes_to_a_person(town):
    await _mette(town, claim_type="kontanthjaelp")
    await town.text(METTE, "kan jeg afdrage?")
    answer = await town.text(METTE, "010180 A-1001")
    assert "faste regler" in answer
    assert "kontanthj" not in answer.lower()


async def test_slash_commands_are_only_words(town):
    await _mette(town)
    answer = await town.text(METTE, '/inform{"amount":"1"}')
    assert answer != ""
    again = await town.text(METTE, "/restart")
    assert again != ""
    assert "1.200" not in answer + again
