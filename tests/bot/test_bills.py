"""When a bill is due, how to get it again, and how it is paid by itself."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.cases import Task
from data.models.claims import Claim, ClaimState
from data.municipalities.policy import Betalingsservice, Policies
from tests import make, make_cases
from tests.bot.own_case import owes, owes_too, told

# Deadlines.


async def test_who_has_not_proven_who_they_are_hears_in_general_and_how_to_hear_more(
    write, runtime
):
    await owes(runtime)
    general = await write("hvornår sku det være betalt", "due_date")
    assert "Fristen står på din regning" in general
    assert "Den første rykker koster ikke gebyr" in general
    assert "skriv din fødselsdato og sagsnummeret" in general
    assert "20. november" not in general


async def test_albertslunds_deadline_and_the_day_on_which_a_fee_can_come(write, runtime):
    await owes(runtime)
    _, said = await told(write, "kan det nås endnu uden gebyr", "due_date")
    assert "Børnepasning (sag A-1001): Fristen var fredag 20. november." in said
    assert "Næste brev kommer tidligst tirsdag 1. december." in said
    assert "Et gebyr på 250 kr. kan først komme mandag 14. december." in said
    assert "mere tid" in said
    assert "200 om måneden" in said
    assert "MENNESKE" in said


async def test_faxes_deadline_and_no_fee(write, runtime):
    await owes(runtime, "faxe")
    general, said = await told(write, "hvornår sku det være betalt", "due_date", to="faxe")
    assert "Vores rykkere koster ikke gebyr" in general
    assert "Næste brev kommer tidligst fredag 27. november. Det koster ikke gebyr." in said


async def test_in_english_too(write, runtime):
    await owes(runtime)
    _, said = await told(write, "When was this bill due, please?", "due_date")
    assert "Childcare (case A-1001): The deadline was Friday 20 November." in said
    assert "A fee of 250 kr. can come Monday 14 December at the earliest." in said


async def test_the_letter_that_came_gives_the_deadline_that_counts_now(write, runtime):
    owed = await owes(runtime)
    await make_cases.letter(runtime, owed, "reminder:1", pay_by=date(2026, 12, 8))
    _, said = await told(write, "har jeg til fredag?", "due_date")
    assert "Brevet fra os giver dig frist til tirsdag 8. december." in said
    assert "Det koster gebyr på 250 kr." in said


async def test_of_a_plan_the_next_instalment_is_told(write, runtime):
    await owes(runtime)
    await told(write, "hvor meget", "how_much")
    await write("400 om måneden", "propose_amount")
    await write("ja", "accept")
    said = await write("hvornår skal jeg betale?", "due_date")
    assert "Næste rate: 400 kr. tirsdag 1. december 2026." in said
    assert "Fristen var" not in said


async def test_of_a_respite_its_day_is_told(write, runtime):
    await owes(runtime, state=ClaimState.IN_RESPITE, respite_until=date(2026, 12, 15))
    _, said = await told(write, "hvornår er sidste frist?", "due_date")
    assert "Du har tid til tirsdag 15. december." in said


async def test_a_bill_that_is_not_due_yet_is_told_too(write, runtime):
    owed = await owes(runtime)
    await owes_too(runtime, owed, claim_ref="A-2", due_date=date(2026, 12, 1))
    _, said = await told(write, "hvornår er fristen", "due_date")
    assert "sag A-2), 1.200 kr.: Fristen er tirsdag 1. december." in said


# The bill again.


async def tasks_in(runtime):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(Task)))


async def test_a_bill_that_was_lost_is_sent_again_by_people_and_the_chase_goes_on(
    write, runtime, the_one
):
    await owes(runtime)
    general, said = await told(write, "mistet girokortet, kan i sende den igen", "send_bill_again")
    assert "Digital Post" in general
    assert "Regningen er sendt lørdag 31. oktober, i Digital Post eller med posten." in said
    assert "sende den igen. Det sker senest torsdag 26. november" in said
    assert "+71<000000000000018 +81234567<" in said
    [task] = await tasks_in(runtime)
    assert (task.kind, task.due_on) == ("resend_bill", date(2026, 11, 26))
    assert (await the_one(Claim)).paused_until is None


async def test_F3_a_bill_that_never_came_is_looked_into_and_nothing_is_chased_meanwhile(
    write, runtime, the_one
):
    await owes(runtime)
    _, said = await told(write, "har ik fået nogen regning", "send_bill_again")
    assert "Vi rykker ikke imens, og der kommer ikke gebyr." in said
    [task] = await tasks_in(runtime)
    assert task.kind == "bill_never_came"
    owed = await the_one(Claim)
    assert (owed.paused_until, owed.paused_because) == (date(2026, 12, 3), "bill_never_came")


async def test_F3_asking_again_promises_the_same_day_and_gains_no_more_time(
    write, runtime, the_one, clock
):
    await owes(runtime)
    await told(write, "jeg har aldrig fået den", "send_bill_again")
    await make.coverage(runtime, "albertslund", date(2026, 11, 24))
    clock.travel(timedelta(days=1))
    said = await write("jeg har stadig ikke fået regningen", "send_bill_again")
    assert "senest torsdag 26. november" in said or "fødselsdato" in said
    assert len(await tasks_in(runtime)) == 1
    assert (await the_one(Claim)).paused_until == date(2026, 12, 3)


async def test_F3_a_bill_we_cannot_see_is_said_to_be_missing(write, runtime):
    await owes(runtime, bill_sent_on=None)
    _, said = await told(write, "hvor er regningen", "send_bill_again")
    assert "Jeg kan ikke se, at regningen er sendt. Så længe rykker vi ikke." in said


async def test_F2_in_faxe_the_owner_of_the_claim_sends_it_again(write, runtime):
    await owes(runtime, "faxe", owning_unit="Børnehuset Solen")
    await told(write, "send regningen igen", "send_bill_again", to="faxe")
    [task] = await tasks_in(runtime)
    assert task.unit == "Børnehuset Solen"


async def test_what_the_state_has_is_not_sent_again(write, runtime):
    await owes(runtime, state=ClaimState.HANDED_OVER)
    _, said = await told(write, "send regningen igen", "send_bill_again")
    assert "hos Gældsstyrelsen" in said
    assert await tasks_in(runtime) == []


# By itself.


async def test_without_numbers_of_ours_the_bills_own_enrol(write, runtime):
    await owes(runtime)
    said = await write("hvordan kommer det på pbs", "autopay")
    assert "de tre numre, der står på regningen" in said
    assert "Betal selv, til du kan se den" in said
    assert "Så bliver de næste regninger betalt til tiden" not in said


async def test_F27_faxe_invites_to_betalingsservice(write, runtime):
    await owes(runtime, "faxe")
    said = await write("tilmeld betalingsservice", "autopay", to="faxe")
    assert "Så bliver de næste regninger betalt til tiden." in said


async def test_F27_who_is_enrolled_is_not_invited_but_told_that_it_was_not_paid(write, runtime):
    await owes(runtime, "faxe", betalingsservice=True)
    await told(write, "hvor meget", "how_much", to="faxe")
    said = await write("den er jo på pbs", "autopay", to="faxe")
    assert "Børnepasning (sag A-1001) er tilmeldt, men er ikke betalt." in said
    assert "Så bliver de næste" not in said


class TestWithNumbers:
    """A municipality that has given us the numbers of Betalingsservice."""

    @pytest.fixture
    def runtime(self, runtime):
        numbers = Betalingsservice(
            promoted=True, pbs_no="01234567", debtor_group="00123", source="made up"
        )
        old = runtime.policies["albertslund"]
        new = old.model_copy(update={"betalingsservice": numbers})
        return replace(runtime, policies=Policies([new, runtime.policies["faxe"]]))

    async def test_the_numbers_are_told_to_anybody(self, write, runtime):
        await owes(runtime)
        said = await write("auto betaling tak", "autopay")
        assert "PBS-nummer 01234567, debitorgruppe 00123" in said
