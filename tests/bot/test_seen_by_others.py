"""What an adversary, a lawyer and a citizen's mother would try: two on a telephone, and guesses."""

import asyncio

import pytest
from sqlalchemy import select, update

from bot.listen import listen
from data.models.agreements import AgreementState
from data.models.audit import AuditEntry
from data.models.citizens import Channel, Citizen
from data.models.conversations import Conversation, Owner
from data.models.handoffs import Handoff, HandoffState
from outreach import conversations
from tests import make
from tests.bot.conftest import PROOF

STRANGER = "+4511223344"


@pytest.fixture
async def jens(runtime):
    """Jens, who uses his wife Mette's telephone, and owes case B-2001."""
    person = await make.citizen(runtime, name="Jens Holm", debtor_id="0202821234", phone=None)
    await make.claim(runtime, person, claim_ref="B-2001")
    return person


async def the_proof_runs_out(runtime):
    async with runtime.transaction() as session:
        await session.execute(update(Conversation).values(identity_level=1))


# Two on one telephone.


async def test_another_on_the_telephone_cannot_say_yes_to_her_plan(
    write, prove, jens, runtime, agreements_in
):
    assert "JA" in await write("200 om måneden", "propose_amount")
    await the_proof_runs_out(runtime)
    seen = await write("02-02-1982 B-2001", "not_understood")
    assert "A-1001" not in seen
    assert "forslag" not in seen
    said = await write("ja tak", "accept")
    assert "Aftalen er lavet" not in said
    assert await agreements_in(AgreementState.ACCEPTED) == []


async def test_her_plan_is_still_there_when_she_is_back(
    write, prove, jens, runtime, agreements_in, mette
):
    await write("200 om måneden", "propose_amount")
    await the_proof_runs_out(runtime)
    await write("02-02-1982 B-2001", "not_understood")
    await the_proof_runs_out(runtime)
    assert "JA" in await write("01-01-1980 A-1001", "not_understood")
    assert "Aftalen er lavet" in await write("ja tak", "accept")
    [agreed] = await agreements_in(AgreementState.ACCEPTED)
    assert agreed.citizen_id == mette.id


# Who tries number after number.


async def test_a_number_after_a_birth_date_can_be_guessed_only_a_few_times(write, claim, the_one):
    for guess in range(1002, 1012):
        await write(f"010180 {guess}", "not_our_errand")
    await write("010180 1001", "not_our_errand")
    assert (await the_one(Conversation)).identity_level < 2


async def test_many_guesses_in_one_message_prove_nothing(write, claim, the_one):
    guesses = " og ".join(f"010180 {number}" for number in range(998, 1004) if number > 999)
    await write(guesses, "identify")
    assert (await the_one(Conversation)).identity_level < 2


async def test_birth_date_and_case_number_in_one_go_still_prove(write, claim):
    assert "1.200" in await write("010180 1001", "how_much")


# A hard case beside another.


@pytest.mark.parametrize("main", ["how_much", "human", "hard_poverty", "thanks"])
async def test_the_most_urgent_thing_in_a_message_is_answered(write, claim, the_one, main):
    said = await write("det er bare det hele lige nu", main, also=["hard_suicide"])
    assert "112" in said
    handoff = await the_one(Handoff)
    assert (handoff.reason, handoff.severity) == ("hard_suicide", 0)
    assert (await the_one(Citizen)).frozen_because == "hard_suicide"


async def test_two_who_listen_at_once_call_one_person(talking, rasa, claim, the_all):
    body = "STOP jeg kan ikke overskue noget"
    async with talking.transaction() as session:
        heard = await conversations.receive(
            session,
            talking,
            municipality="albertslund",
            channel=Channel.SMS,
            address=make.METTE_PHONE,
            body=body,
            vendor_ref="SM-twice",
        )
    assert heard is not None
    rasa.meanings = ["hard_illness", "hard_illness"]
    both = (listen(talking, message_id=str(heard.id)) for _ in range(2))
    await asyncio.gather(*both)
    opened = [entry for entry in await the_all(AuditEntry) if entry.act == "handoff_opened"]
    assert len(opened) == 1


# A company that is protected.


async def test_a_frozen_company_that_proves_itself_by_halves_hears_no_sum(write, runtime):
    firm = await make.citizen(
        runtime, name="Holm ApS", debtor_id="12345678", debtor_kind="business", phone=None
    )
    await make.claim(runtime, firm, claim_ref="20261001")
    async with runtime.transaction() as session:
        found = (await session.scalars(select(Citizen))).one()
        found.frozen_at, found.frozen_because = runtime.clock.now(), "hard_insolvency"
    await write("det er firmaet, cvr 12345678", "business", sender=STRANGER)
    said = await write("det er firmaet sag 20261001", "business", sender=STRANGER)
    assert "1.200" not in said
    assert "medarbejder" in said


# One telephone, several who hold it.


async def test_on_a_shared_telephone_no_debt_is_talked_of_while_one_is_protected(
    write, claim, runtime, the_one
):
    await make.citizen(runtime, name="Jens Holm", debtor_id="0202821234")
    await write("jeg har fået kræft")
    async with runtime.transaction() as session:
        await session.execute(update(Handoff).values(state=HandoffState.CLOSED))
        await session.execute(update(Conversation).values(owner=Owner.ASSISTANT))
    said = await write("hvad sker der hvis jeg ikke betaler", "consequences")
    assert "rykker" not in said
    assert (await the_one(Conversation)).owner is Owner.NOBODY


# A yes that is none.


@pytest.mark.parametrize("also", ["dispute_claim", "already_paid", "change_plan", "ask_respite"])
async def test_a_yes_that_something_else_takes_back_concludes_nothing(
    write, prove, agreements_in, also
):
    await write("200 om måneden", "propose_amount")
    said = await write("ja tak, men det passer ikke", "accept", also=[also])
    assert "Aftalen er lavet" not in said
    assert await agreements_in(AgreementState.ACCEPTED) == []


# More than a text message has room for.


async def test_a_third_answer_that_has_no_room_is_asked_for_again(write, claim, mette, runtime):
    for number in range(2001, 2004):
        await make.claim(runtime, mette, claim_ref=f"A-{number}")
    await write("Hej", "greeting")
    await write(PROOF, "identify")
    said = await write(
        "hvad skylder jeg, hvad sker der, kan jeg betale lidt",
        "how_much",
        also=["consequences", "offset_question", "partial_payment"],
    )
    assert "I alt: 4.800 kr." in said
    assert "Hvad kan du betale af resten?" in said
    assert said.count("Du spurgte om mere") == 1
    assert len(said) < 1600
