"""What is only guessed, looks like a proof, or asks about a word: nothing is done on it."""

import pytest

from data.models.agreements import Agreement, AgreementState
from data.models.cases import Task
from data.models.citizens import OptOut
from data.models.conversations import Awaiting, Conversation, Message, Owner
from tests import make


@pytest.mark.parametrize(
    ("words", "intent", "other"),
    [
        ("trækker den så også den jeg mangler?", "send_bill_again", "autopay"),
        ("tusind tak søde computer", "cannot_digital", "are_you_robot"),
        ("kan du ikk bare sige hvad jeg skal gøre", "representative", "what_is_this"),
    ],
)
async def test_on_a_guess_nobody_gets_a_task_and_it_is_asked_what_was_meant(
    write, prove, the_all, the_one, words, intent, other
):
    said = await write(words, intent, guess={intent: 0.35, other: 0.2})
    assert "Mener du 1)" in said
    assert await the_all(Task) == []
    assert (await the_one(Conversation)).owner is Owner.ASSISTANT


async def test_who_says_that_it_was_meant_gets_it(write, prove, the_all):
    await write("den der igen", "send_bill_again", guess={"send_bill_again": 0.4, "autopay": 0.2})
    assert "sende den igen" in await write("1", "choose")
    assert [task.kind for task in await the_all(Task)] == ["resend_bill"]


async def test_a_guess_with_nothing_beside_it_asks_for_other_words(write, prove, the_all):
    said = await write("den der igen", "send_bill_again", guess={"send_bill_again": 0.4})
    assert "andre ord" in said
    assert await the_all(Task) == []


async def test_what_is_plainly_heard_is_done_at_once(write, prove, the_all):
    await write("send regningen igen", "send_bill_again", guess={"send_bill_again": 0.7})
    assert len(await the_all(Task)) == 1


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("https://mobilepay.dk/box?phone=12345 er det her jer", "not_understood"),
        ("www.betal-kommunen.com/1234 ?", "not_our_errand"),
    ],
)
async def test_the_number_in_a_link_proves_nothing_and_links_are_never_ours(
    write, claim, the_one, words, intent
):
    said = await write(words, intent, unsure={"is_this_scam": 0.3})
    assert "Vi sender aldrig links" in said
    assert "fødselsdato" not in said


async def test_money_that_is_spoken_of_is_no_case_number(write, claim):
    said = await write("jeg får over 9000 tilbage i skat", "not_understood", unsure={})
    assert "Nu mangler jeg din fødselsdato" not in said


@pytest.mark.parametrize(
    "words", ["hvad betyder STOP", "Hvad sker der hvis jeg skriver STOP?", "what does STOP mean?"]
)
async def test_who_asks_what_stop_means_is_told_and_not_silenced(write, claim, the_all, words):
    said = await write(words, "stop")
    assert "STOP" in said
    assert "Digital Post" in said
    assert await the_all(OptOut) == []


@pytest.mark.parametrize(
    "words",
    ["STOP", "STOP hvad vil I", "hvad betyder det STOP", "må jeg skrive STOP", "Hvad vil I? STOP",
     "hvad er det her for noget. stop"],
)  # fmt: skip
async def test_in_doubt_a_stop_is_a_stop(write, claim, the_all, words):
    await write(words)
    assert len(await the_all(OptOut)) == 1


async def test_after_a_stop_its_meaning_is_asked_for_in_vain_but_start_is_named(write, claim):
    await write("STOP")
    assert "START" in await write("hvad betyder STOP")


async def test_smileys_alone_are_no_errand_of_the_citizen_service(write, claim):
    assert "Borgerservice" not in await write("🙂🙂", "not_our_errand")


async def test_a_faint_yes_after_what_was_not_understood_is_asked_again(
    write, prove, agreements_in
):
    await write("200 om måneden", "propose_amount")
    await write("hvad var nu den tredje du skrev", "not_understood", unsure={})
    assert "anerkender du gælden" in await write("så den", "accept")
    assert await agreements_in(AgreementState.ACCEPTED) == []
    assert "Aftalen er lavet" in await write("ja tak", "accept")


async def test_a_plain_yes_counts_whatever_came_before(write, prove, the_one):
    await write("200 om måneden", "propose_amount")
    await write("øh", "not_understood", unsure={})
    assert "Aftalen er lavet" in await write("ja", "accept")
    assert (await the_one(Conversation)).awaiting is Awaiting.NOTHING


@pytest.mark.parametrize(
    "words", ["mit cpr er 010180\n1234", "010180 \n 1234", "01 01 80\n12 34", "010180-\n1234"]
)
async def test_H22_a_cpr_number_over_two_lines_is_hidden(receive, mette, the_one, words):
    await receive(words)
    kept = (await the_one(Message)).body
    assert kept.endswith("-xxxx")
    assert "1234" not in kept


FAILED = "den skulle være trukket på betalingsservice, hvorfor er den ikke det"


async def test_a_failed_direct_debit_gets_no_invitation(write, claim):
    said = await write(FAILED, "autopay")
    assert "se i din bank hvorfor" in said
    assert "Tilmeld" not in said
    assert "fødselsdato" in said  # whether it was enrolled is the citizen's own


async def test_who_is_enrolled_hears_which_bill_was_not_taken(write, runtime, mette):
    await make.claim(runtime, mette, betalingsservice=True)
    await write(FAILED, "autopay")
    assert "er tilmeldt, men er ikke betalt" in await write("01-01-1980 A-1001", "identify")


async def test_who_is_not_enrolled_as_far_as_we_see_is_told_so(write, prove):
    said = await write(FAILED, "autopay")
    assert "Jeg kan ikke se, at din regning her er tilmeldt" in said
    assert "Tilmeld i din bank" not in said


async def test_who_wants_to_enrol_is_told_how(write, prove, the_all):
    assert "Tilmeld i din bank" in await write("kan jeg få det på betalingsservice", "autopay")
    assert await the_all(Agreement) == []
