"""What citizens put right: another sum, another day, just before the yes or just after it."""

import pytest
from sqlalchemy import select

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.conversations import Awaiting, Conversation
from data.models.handoffs import Handoff

#: Whatever Rasa takes it for, it is read as what it is.
TAKEN_FOR = ("not_understood", "decline", "greeting", "due_date", "feedback")


@pytest.fixture
def run(runtime):
    """The agreements in a state, the latest last."""

    async def look(state):
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Agreement).where(Agreement.state == state).order_by(Agreement.offered_at)
            )
            return list(found)

    return look


@pytest.mark.parametrize("taken_for", TAKEN_FOR)
async def test_another_sum_takes_the_place_of_the_one_offered(write, prove, taken_for):
    await write("150 om måneden", "propose_amount")
    assert "4 rater. Hver måned 300 kr." in await write("nej 300 mente jeg", taken_for)


async def test_a_nought_too_few_is_put_right(write, prove):
    await write("50 om måneden", "propose_amount")
    assert "- 500 kr. tirsdag 1. december" in await write("undskyld 500 ikke 50", "abuse")


@pytest.mark.parametrize("taken_for", ["not_understood", "due_date", "ask_respite"])
async def test_another_day_keeps_the_sum(write, prove, taken_for):
    await write("200 om måneden", "propose_amount")
    said = await write("jeg mente den 15.", taken_for)
    assert "Hver måned 200 kr. fra tirsdag 15. december" in said


@pytest.mark.parametrize("taken_for", ["not_understood", "decline", "propose_amount"])
async def test_right_after_the_yes_the_plan_is_changed_and_that_is_no_breach(
    write, prove, run, taken_for
):
    await write("200 om måneden", "propose_amount")
    await write("ja", "accept")
    said = await write("hov jeg mente 300", taken_for)
    assert "4 rater. Hver måned 300 kr." in said
    assert "Det er ikke et brud" in said
    assert "Aftalen er lavet" in await write("ja", "accept")
    assert [one.total.oere for one in await run(AgreementState.ACCEPTED)] == [120000]
    assert len(await run(AgreementState.CHANGED)) == 1


async def test_a_respite_just_agreed_may_be_put_right_to_an_earlier_day(write, prove, the_option):
    await write("må jeg vente til den 15. december", "ask_respite")
    await write("ja", "accept")
    assert "torsdag 10. december" in await write("hov jeg mente den 10.", "not_understood")
    assert (await the_option()).kind is AgreementKind.RESPITE


async def test_an_objection_is_no_correction(write, prove, the_one):
    await write("200 om måneden", "propose_amount")
    await write("undskyld men det skulle have været 300", "dispute_claim")
    assert (await the_one(Handoff)).reason == "dispute"


async def test_regret_alone_corrects_nothing(write, prove, the_one):
    await write("200 om måneden", "propose_amount")
    assert "JA eller NEJ" in await write("hov undskyld", "not_understood")
    assert (await the_one(Conversation)).awaiting is Awaiting.OFFER


@pytest.mark.parametrize("taken_for", ["decline", "propose_amount"])
async def test_a_no_to_another_way_keeps_the_one_that_was_read(write, prove, run, taken_for):
    await write("200 om måneden", "propose_amount")
    said = await write("nej, ikke 2", taken_for)
    assert "den vælger vi ikke" in said
    assert "JA eller NEJ" in said
    assert "6 rater" in await write("ja", "accept")


async def test_a_no_to_the_way_that_was_read_takes_it_off_the_table(write, prove, run):
    await write("200 om måneden", "propose_amount")
    assert "Hvad passer dig bedre?" in await write("nej, ikke 1", "decline")
    assert await run(AgreementState.OFFERED) == []


async def test_yes_but_later_is_a_new_proposal_from_then(write, prove):
    await write("200 om måneden", "propose_amount")
    said = await write("ja men først fra februar", "ask_respite")
    assert "Hver måned 200 kr. fra mandag 1. februar 2027" in said


async def test_a_start_beyond_the_mandate_goes_to_a_person_with_the_proposal(write, prove, the_one):
    await write("200 om måneden", "propose_amount")
    await write("ja men først fra marts", "propose_amount")
    handoff = await the_one(Handoff)
    assert handoff.reason == "respite_beyond_mandate"
    assert "200 kr." in handoff.summary
    assert "1. marts 2027" in handoff.summary


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("hvert kvartal 500", "- 500 kr. mandag 1. marts 2027"),
        ("-200", "Hvad kan du betale"),
        ("hellere 150", "8 rater. Hver måned 150 kr."),
        ("1 øre om måneden", "hele kroner"),
        ("0 kr om måneden", "hele kroner"),
        ("det hele den 31. februar", "Hvilken dag kan du betale det hele?"),
    ],
)
async def test_odd_wishes_are_understood_or_asked_about_plainly(write, prove, words, part):
    assert part in await write(words, "propose_amount")


async def test_a_bare_number_is_what_we_asked_for_whatever_rasa_takes_it_for(write, prove):
    assert "- 500 kr. tirsdag 1. december" in await write("500", "feedback")
    assert "5 rater. Hver måned 250 kr." in await write("2", "feedback")


async def test_a_number_of_no_way_shown_is_no_sum(write, prove, run):
    await write("200 om måneden", "propose_amount")
    assert "andre ord" in await write("9", "feedback")
    assert len(await run(AgreementState.OFFERED)) == 1
