"""A respite that stands, as the citizen talks about it: a later day, or a plan instead."""

from datetime import date

import pytest

from data.models.agreements import AgreementState
from data.models.claims import Claim, ClaimState
from data.models.handoffs import Handoff


@pytest.fixture
async def respite(write, prove, claim):
    """1,200 kr. that wait until Friday 15 January 2027."""
    await write("kan jeg vente til den 15. januar?", "ask_respite")
    assert "Kan du ikke nå det, så skriv før dagen" in await write("ja", "accept")
    return claim


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("kan jeg få til den 20. januar", "ask_respite"),
        ("kan jeg få til den 20. januar", "respite_date"),
        ("kan jeg få til den 20. januar", "propose_amount"),
        ("kan jeg få til den 20. januar", "change_plan"),
    ],
)
async def test_a_later_day_takes_the_place_of_the_one_agreed(
    write, respite, agreements_in, the_one, words, action
):
    said = await write(words, action)
    assert "venter med at betale 1.200 kr. til onsdag 20. januar 2027" in said
    assert "Den nye aftale træder i stedet for den gamle." in said
    assert "Det er ikke et brud at ændre aftalen" in said
    assert (await the_one(Claim)).respite_until == date(2027, 1, 15)
    assert "Du har tid til onsdag 20. januar 2027" in await write("ja", "accept")
    [old] = await agreements_in(AgreementState.CHANGED)
    [new] = await agreements_in(AgreementState.ACCEPTED)
    assert (new.replaces, new.respite_until) == (old.id, date(2027, 1, 20))
    claim = await the_one(Claim)
    assert (claim.state, claim.respite_until) == (ClaimState.IN_RESPITE, date(2027, 1, 20))


@pytest.mark.parametrize("action", ["ask_respite", "respite_date", "ask_plan", "change_plan"])
async def test_the_day_that_cannot_be_kept_is_not_offered_again(write, respite, action):
    said = await write("jeg kan alligevel ikke nå det til 15. januar", action)
    assert "aftalen kan ændres, og det er ikke et brud" in said
    assert "tid til fredag 15. januar 2027 med at betale 1.200 kr." in said
    assert "til onsdag 20. januar 2027" in await write("den 20. januar", "respite_date")


@pytest.mark.parametrize("action", ["ask_plan", "propose_amount", "ask_respite", "change_plan"])
async def test_a_plan_instead_takes_its_place(write, respite, agreements_in, the_one, action):
    said = await write("vil hellere betale af, 600 om måneden", action)
    assert "i 2 rater" in said
    assert "- 600 kr. tirsdag 1. december 2026" in said
    assert "træder i stedet for den gamle" in said
    assert "Aftalen er lavet" in await write("ja", "accept")
    [old] = await agreements_in(AgreementState.CHANGED)
    assert old.respite_until == date(2027, 1, 15)
    claim = await the_one(Claim)
    assert (claim.state, claim.respite_until) == (ClaimState.IN_PLAN, None)


async def test_a_counter_proposal_to_a_later_day_is_a_change_too(write, respite, agreements_in):
    await write("kan jeg få til den 20. januar", "ask_respite")
    assert "til torsdag 21. januar 2027" in await write("hellere den 21. januar", "propose_amount")
    assert "Hver måned 200 kr." in await write("hellere 200 om måneden", "propose_amount")
    await write("ja", "accept")
    assert len(await agreements_in(AgreementState.CHANGED)) == 1


async def test_a_sum_after_the_question_is_a_plan_instead(write, respite):
    await write("jeg kan alligevel ikke nå det", "change_plan")
    said = await write("200 om måneden", "propose_amount")
    assert "træder i stedet for den gamle" in said


async def test_a_no_to_the_change_leaves_the_respite_as_it_was(write, respite, agreements_in):
    await write("kan jeg få til den 20. januar", "ask_respite")
    await write("nej", "decline")
    [kept] = await agreements_in(AgreementState.ACCEPTED)
    assert kept.respite_until == date(2027, 1, 15)


async def test_longer_than_the_mandate_from_today_reaches_a_person(write, respite, the_one):
    assert "medarbejder" in await write("kan jeg få til 1. juni 2027?", "ask_respite")
    assert (await the_one(Handoff)).reason == "respite_beyond_mandate"


async def test_more_changes_than_the_assistant_may_make_reach_a_person(write, respite, the_one):
    for day in (18, 19, 20):
        await write(f"kan jeg få til den {day}. januar", "ask_respite")
        assert "Aftalen er lavet" in await write("ja", "accept")
    assert "medarbejder" in await write("kan jeg få til den 21. januar", "ask_respite")
    assert (await the_one(Handoff)).reason == "change_beyond_mandate"
