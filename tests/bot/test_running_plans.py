"""A plan that runs, as the citizen talks about it: how far it is, ways back, changes, a rest."""

from datetime import date, timedelta

import pytest

from data.models.agreements import AgreementKind, AgreementState
from data.models.claims import Claim, ClaimState
from data.models.handoffs import Handoff
from data.values.money import Money
from data.values.time import day_of
from tests import make
from tests.bot.conftest import PROOF


@pytest.fixture
async def plan(write, prove, claim, runtime):
    """1,200 kr. in instalments of 400 kr.: 1 December, 4 January, 1 February."""
    await write("400 om måneden", "propose_amount")
    assert "Aftalen er lavet" in await write("ja", "accept")
    return claim


@pytest.fixture
def until(runtime, clock, write):
    """Let days pass until all payments of a day are known, and prove again who writes."""

    async def travel(day: date) -> None:
        clock.travel(day - day_of(clock.now()))
        await make.coverage(runtime, "albertslund", day - timedelta(days=1))
        await write("Hej", "greeting")
        await write(PROOF, "identify")

    return travel


# When the last instalment has passed.


async def test_who_asks_for_time_after_the_last_instalment_is_bargained_with(
    write, prove, claim, until
):
    await write("5000 om måneden", "propose_amount")
    assert "1.200 kr. tirsdag 1. december 2026" in await write("ja", "accept")
    await until(date(2026, 12, 14))
    said = await write("jeg kan først betale den 4. januar", "ask_respite")
    assert "venter med at betale 1.200 kr. til mandag 4. januar 2027" in said
    assert "træder i stedet for den gamle" in said
    assert "Du har tid til mandag 4. januar 2027" in await write("ja", "accept")


# How far it is.


async def test_a_citizen_hears_what_is_paid_what_is_left_and_what_comes_next(
    write, plan, until, runtime
):
    await until(date(2026, 12, 3))
    await make.payment(runtime, plan, Money(40000), date(2026, 12, 1))
    said = await write("hvor langt er jeg?", "plan_status")
    assert "400 kr. af 1.200 kr. er betalt. 800 kr. mangler." in said
    assert "Næste rate: 400 kr. mandag 4. januar 2027." in said
    assert "Den sidste er mandag 1. februar 2027." in said
    assert "betalinger til og med onsdag 2. december 2026" in said


async def test_what_is_missing_is_said_with_what_can_be_done(write, plan, until):
    await until(date(2026, 12, 14))
    said = await write("er jeg bagud?", "plan_status")
    assert "Raten tirsdag 1. december 2026 mangler 400 kr." in said


async def test_who_has_no_plan_hears_what_is_owed(write, prove):
    assert "1.200 kr." in await write("hvad mangler jeg på aftalen?", "plan_status")


# Ways back.


async def test_a_missed_instalment_can_be_paid_now_or_moved(write, plan, until):
    await until(date(2026, 12, 14))
    said = await write("jeg glemte afdraget", "missed_instalment")
    assert "er det ikke et brud" in said
    assert "Det, der mangler på din aftale, 400 kr." in said
    assert "1: Læg raten til den næste: 800 kr. 4. januar." in said
    assert "2: Flyt raten til sidst: 400 kr. 1. marts 2027." in said


async def test_moving_it_is_read_back_and_is_no_breach(write, plan, until, agreements_in):
    await until(date(2026, 12, 14))
    await write("jeg glemte afdraget", "missed_instalment")
    said = await write("2", "propose_amount")
    assert "- 400 kr. mandag 1. marts 2027" in said
    assert "Det er ikke et brud at ændre aftalen" in said
    await write("ja", "accept")
    [old] = await agreements_in(AgreementState.CHANGED)
    [new] = await agreements_in(AgreementState.ACCEPTED)
    assert new.replaces == old.id
    assert not await agreements_in(AgreementState.BROKEN)


async def test_a_bare_yes_to_ways_back_concludes_nothing_but_reads_the_first_one(
    write, plan, until, agreements_in
):
    await until(date(2026, 12, 14))
    await write("jeg glemte afdraget", "missed_instalment")
    assert "- 800 kr. mandag 4. januar 2027" in await write("ja", "accept")
    assert not await agreements_in(AgreementState.CHANGED)


async def test_an_instalment_missed_while_still_in_its_days_of_grace_has_ways_back_too(
    write, plan, until
):
    await until(date(2026, 12, 3))
    assert "Flyt raten til sidst" in await write("glemte d. 1.", "missed_instalment")


async def test_where_nothing_is_missing_that_is_said(write, plan):
    assert "ikke se, at der mangler" in await write("har jeg misset en rate?", "missed_instalment")


# Changes.


async def test_a_plan_is_changed_at_a_word_and_the_old_one_is_no_breach(
    write, plan, agreements_in, the_one
):
    said = await write("fortryder, kan vi sige 200", "change_plan")
    assert "6 rater. Hver måned 200 kr." in said
    assert "træder i stedet for den gamle" in said
    await write("ja", "accept")
    assert len(await agreements_in(AgreementState.CHANGED)) == 1
    assert (await the_one(Claim)).state is ClaimState.IN_PLAN


async def test_only_what_is_left_is_bargained_about(write, plan, until, runtime):
    await until(date(2026, 12, 3))
    await make.payment(runtime, plan, Money(40000), date(2026, 12, 1))
    said = await write("det blev for meget, kan vi sige 200 om måneden", "change_plan")
    assert "i alt 800 kr. i 4 rater" in said


async def test_what_should_be_different_is_asked_for_and_kept(write, plan):
    said = await write("kan vi ændre aftalen?", "change_plan")
    assert "1.200 kr. tilbage" in said
    assert "spring en måned over" in said
    assert "- 400 kr. tirsdag 15. december 2026" in await write("den 15.", "propose_amount")


async def test_a_counter_proposal_to_a_change_is_a_change_too(write, plan, agreements_in):
    await write("kan vi sige 200 om måneden?", "change_plan")
    said = await write("hellere 300 kr", "propose_amount")
    assert "4 rater. Hver måned 300 kr." in said
    await write("ja", "accept")
    assert len(await agreements_in(AgreementState.CHANGED)) == 1


async def test_a_plan_asked_for_while_one_runs_is_a_change(write, plan):
    assert "kan ændres" in await write("jeg vil gerne afdrage", "ask_plan")
    assert "6 rater. Hver måned 200 kr." in await write("200 om måneden", "propose_amount")


async def test_more_changes_than_the_assistant_may_make_reach_a_person(write, plan, the_one):
    for wish in ("200 om måneden", "150 om måneden", "100 om måneden"):
        await write(wish, "change_plan")
        assert "Aftalen er lavet" in await write("ja", "accept")
    assert "medarbejder" in await write("300 om måneden", "change_plan")
    assert (await the_one(Handoff)).reason == "change_beyond_mandate"


async def test_a_change_while_there_is_no_plan_is_a_proposal(write, prove):
    assert "6 rater" in await write("kan vi sige 200 om måneden", "change_plan")


# A rest.


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("spring over i denne måned", "change_plan"),
        ("kan jeg få udsættelse?", "ask_respite"),
        ("må jeg vente til den 15. december?", "ask_respite"),
    ],
)
async def test_one_instalment_may_move_to_the_end(
    write, plan, runtime, agreements_in, words, action
):
    said = await write(words, action)
    assert "1 rate flytter til sidst, så du er færdig mandag 1. marts 2027" in said
    assert "ikke et brud" in said
    assert "står stille til" in await write("ja", "accept")
    [rest, running] = sorted(
        await agreements_in(AgreementState.ACCEPTED), key=lambda one: one.kind != "respite"
    )
    assert rest.kind is AgreementKind.RESPITE
    assert running.suspended_because == "respite"
    said = await write("hvornår er næste rate?", "plan_status")
    assert "står stille til" in said
    assert "Næste rate er 400 kr. mandag 4. januar 2027" in said


async def test_a_rest_longer_than_the_mandate_reaches_a_person(write, plan, the_one):
    await write("må mine rater vente til 1. juni 2027?", "ask_respite")
    assert (await the_one(Handoff)).reason == "respite_beyond_mandate"


async def test_where_no_instalment_falls_due_before_the_day_nothing_needs_to_rest(write, plan):
    assert "først tirsdag 1. december" in await write("må jeg vente til torsdag?", "ask_respite")


# When life happens.


async def test_a_lost_job_lets_the_plan_stand_still_and_calls_a_person(
    write, plan, the_one, agreements_in
):
    said = await write("mistet mit job, kan ikke holde aftalen", "hard_life_event")
    assert "pause" in said
    assert (await the_one(Handoff)).reason == "hard_life_event"
    [running] = await agreements_in(AgreementState.ACCEPTED)
    assert running.suspended_because == "frozen"
