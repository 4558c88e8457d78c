"""How to pay, all of it or a part: pay lines to who has proven who they are, never a link."""

from dataclasses import replace

import pytest

from data.models.agreements import AgreementState
from data.models.claims import ClaimState
from data.models.conversations import Awaiting, Conversation
from data.municipalities.policy import Betalingsservice, PayLines, Policies
from data.values.money import Money
from tests import make
from tests.bot.conftest import PROOF

LINE = "+71<000000000000018 +81234567<"
BILLED = {"payment_id": "18", "creditor_no": "81234567"}


@pytest.fixture
async def billed(runtime, mette):
    """A bill with a payment line."""
    return await make.claim(runtime, mette, **BILLED)


@pytest.fixture
async def proven(write, billed):
    """Mette has proven who she is."""
    await write("Hej", "greeting")
    await write(PROOF, "identify")


async def test_a_pay_line_is_shown_only_to_who_has_proven_who_they_are(write, billed):
    asked = await write("hvor betaler jeg?", "pay_now")
    assert "fødselsdato" in asked
    assert "+71" not in asked
    said = await write(PROOF, "identify")
    assert f"- Børnepasning (sag A-1001), 1.200 kr.: {LINE}" in said


async def test_there_is_never_a_link_nor_a_wish_for_card_numbers(write, proven):
    said = await write("kan jeg betale med kort? send et link", "pay_now")
    assert "http" not in said
    assert "Skriv aldrig kortnummer her. Vi sender aldrig links." in said


async def test_a_bill_without_a_line_is_paid_as_it_says(write, prove):
    assert "som der står på regningen" in await write("hvor betaler jeg?", "pay_now")


async def test_a_wrong_line_in_the_ledger_is_shown_to_nobody(write, runtime, mette):
    await make.claim(runtime, mette, payment_id="19", creditor_no="81234567")
    await write("hvor betaler jeg?", "pay_now")
    said = await write(PROOF, "identify")
    assert "+71" not in said
    assert "som der står på regningen" in said


async def test_what_the_state_collects_or_is_disputed_is_not_asked_for(write, runtime, mette):
    await make.claim(runtime, mette, state=ClaimState.HANDED_OVER, **BILLED)
    await write("hvor betaler jeg?", "pay_now")
    said = await write(PROOF, "identify")
    assert "+71" not in said
    assert "Gældsstyrelsen" in said


async def test_when_a_plan_runs_the_next_instalment_is_shown(write, proven):
    await write("400 om måneden", "propose_amount")
    agreed = await write("ja", "accept")
    assert f"Betal sag A-1001 i banken med {LINE}" in agreed
    assert "skriv MENNESKE. En medarbejder kan sende den" in agreed
    said = await write("hvordan betaler jeg?", "pay_now")
    assert "- Raten tirsdag 1. december 2026, 400 kr.:" in said
    assert LINE in said


async def test_a_question_about_paying_leaves_the_offer_on_the_table(write, proven, the_one):
    await write("400 om måneden", "propose_amount")
    assert "Skriv JA eller NEJ til forslaget" in await write("hvordan betaler jeg?", "pay_now")
    assert (await the_one(Conversation)).awaiting is Awaiting.OFFER


async def test_any_part_counts_and_what_the_rest_means_is_said_plainly(write, proven, the_one):
    said = await write("har kun 300 lige nu", "partial_payment")
    assert "Ja. Alt, hvad du betaler, tæller" in said
    assert LINE in said
    assert "Resten er stadig over fristen" in said
    assert (await the_one(Conversation)).awaiting is Awaiting.AMOUNT


async def test_a_part_now_and_the_rest_in_the_next_message_become_one_plan(
    write, proven, the_option
):
    await write("kan jeg betale halvdelen nu?", "partial_payment")
    said = await write("100 hver uge", "propose_amount")
    assert "- 600 kr. onsdag 25. november 2026" in said
    assert "Derefter hver uge 100 kr." in said
    await write("ja", "accept")
    assert (await the_option()).state is AgreementState.ACCEPTED


async def test_a_sum_now_is_a_part_and_not_a_plan_of_such_sums(write, proven):
    assert "Alt, hvad du betaler, tæller" in await write("jeg kan betale 300 nu", "propose_amount")
    said = await write("200 om måneden", "propose_amount")
    assert "- 300 kr. onsdag 25. november 2026" in said
    assert "Derefter hver måned 200 kr." in said


async def test_how_often_somebody_wants_to_pay_is_no_question_about_how(write, proven):
    assert "Hvad kan du betale" in await write("jeg vil gerne betale hver 14. dag", "pay_now")
    assert "Hver 14. dag 200 kr." in await write("200", "propose_amount")


async def test_half_now_and_the_rest_on_a_day_is_a_plan_at_once(write, proven):
    said = await write("halvdelen nu og resten til februar", "partial_payment")
    assert "i alt 1.200 kr. i 2 rater" in said


async def test_a_part_of_an_instalment_counts_on_the_plan(write, proven):
    await write("400 om måneden", "propose_amount")
    await write("ja", "accept")
    assert "tæller på din aftale" in await write("kan jeg betale lidt nu?", "partial_payment")


async def test_who_owes_nothing_has_nothing_to_pay(write, runtime, mette):
    await make.claim(runtime, mette, paid=Money(120000), state=ClaimState.PAID)
    await write("hvor betaler jeg?", "pay_now")
    assert "ikke se, at du mangler" in await write(PROOF, "identify")


class TestWithNumbersOfItsOwn:
    """A municipality with a series for its plans, and the numbers of Betalingsservice."""

    @pytest.fixture
    def runtime(self, runtime):
        old = runtime.policies["albertslund"]
        new = old.model_copy(
            update={
                "pay_lines": PayLines(
                    creditor_no="81234567", series="71", source="made up for this test"
                ),
                "betalingsservice": Betalingsservice(
                    promoted=True, pbs_no="01234567", debtor_group="00123", source="made up"
                ),
            }
        )
        return replace(runtime, policies=Policies([new, runtime.policies["faxe"]]))

    async def test_each_instalment_is_paid_by_its_own_number(self, write, proven, the_option):
        await write("400 om måneden", "propose_amount")
        agreed = await write("ja", "accept")
        own = (await the_option()).instalments[0].payment_id
        assert f"Betal den første rate i banken med +71<{own} +81234567<." in agreed
        assert own in await write("hvordan betaler jeg?", "pay_now")

    async def test_bills_to_come_can_be_paid_by_themselves(self, write, proven):
        said = await write("kan det køre over betalingsservice?", "pay_now")
        assert "PBS-nummer 01234567, debitorgruppe 00123" in said
        assert "Betal selv, til du kan se den" in said
