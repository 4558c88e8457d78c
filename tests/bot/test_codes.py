"""A citizen on the web proves who they are by a code that is sent to their telephone."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from bot.converse import converse
from data.models.citizens import Channel, ContactPoint
from data.models.conversations import Conversation, Message, Owner
from data.models.handoffs import Handoff
from data.models.relations import RelationKind
from data.values.time import ONE_DAY
from outreach import citizens, conversations, relations
from outreach.relations import Person
from tests import make, make_desk
from tests.bot.conftest import PROOF, answer_to

CODE = re.compile(r"\b[2-9a-z]{4}-[2-9a-z]{4}\b")
SAME = "Har vi dit mobilnummer, får du en sms"


@pytest.fixture
async def mette(runtime):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    return person


@pytest.fixture
def chat(talking, rasa):
    """Let somebody write in a web chat, and return what is answered there."""
    count = 0

    async def write(body, *actions, of="chat-1", channel=Channel.WEB):
        nonlocal count
        count += 1
        async with talking.transaction() as session:
            asked = await conversations.receive(
                session,
                talking,
                municipality="albertslund",
                channel=channel,
                address=of,
                body=body,
                vendor_ref=f"WEB{count}",
            )
        assert asked is not None
        rasa.turns.append([f"action_{name}" for name in actions or ["not_understood"]])
        await converse(talking, message_id=str(asked.id))
        return await answer_to(talking, asked.id)

    return write


@pytest.fixture
def texts(runtime):
    """The text messages that were written to a number."""

    async def look(number=make.METTE_PHONE):
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Message.body)
                .where(Message.channel == Channel.SMS, Message.address == number)
                .order_by(Message.number)
            )
            return list(found)

    return look


@pytest.fixture
def place(runtime):
    async def look(of="chat-1"):
        async with runtime.transaction() as session:
            query = select(Conversation).where(Conversation.address == of)
            return (await session.scalars(query)).one()

    return look


async def test_a_code_is_offered_where_it_is_asked_who_writes(chat, mette):
    assert "KODE" in await chat("hvor meget skylder jeg", "how_much")


async def test_it_is_not_offered_by_sms_where_it_proves_nothing(write, mette):
    assert "KODE" not in await write("hvor meget skylder jeg", "how_much")
    said = await write("send mig en kode", "not_understood")
    assert "Her kan jeg ikke bruge en kode på sms." in said


async def test_who_names_their_case_number_proves_themselves_by_code(chat, texts, place, mette):
    await chat("hvor meget skylder jeg", "how_much")
    assert SAME in await chat("kan I sende mig en kode? sagen er A-1001")
    [sms] = await texts()
    [code] = CODE.findall(sms)
    assert "Albertslund" in sms
    assert not re.search(r"gæld|kr\.|http|www|dagtilbud|A-1001", sms)
    answer = await chat(f"koden er {code.upper()}")
    assert "1.200" in answer
    assert ((await place()).identity_level, (await place()).citizen_id) == (2, mette.id)


async def test_the_code_may_come_in_the_next_message(chat, texts, mette):
    assert "Gerne. Skriv først sagsnummeret" in await chat("send mig en kode")
    assert "KODE" in await chat("A-1001", "identify")
    assert SAME in await chat("KODE", "identify")
    assert len(await texts()) == 1


async def test_a_case_number_that_does_not_exist_is_answered_alike(chat, texts, mette):
    real = await chat("send en kode, A-1001", of="chat-1")
    none = await chat("send en kode, A-9999", of="chat-2")
    assert real.replace("1001", "") == none.replace("9999", "")
    wrong = [await chat("22ab-33cd", of=of) for of in ("chat-1", "chat-2")]
    assert wrong[0] == wrong[1]
    assert "2 forsøg" in wrong[0]
    assert len(await texts()) == 1


@pytest.mark.parametrize("case", ["distrusted", "opted out", "shared", "frozen", "with a person"])
async def test_no_code_leaves_where_the_number_is_not_safe(chat, texts, runtime, mette, case):
    async with runtime.transaction() as session:
        way: dict[str, Any] = {"municipality": "albertslund", "address": make.METTE_PHONE}
        way["channel"] = Channel.SMS
        if case == "distrusted":
            await citizens.distrust(session, runtime, **way, because="unreachable")
        if case == "opted out":
            await citizens.opt_out(session, runtime, **way, source="citizen")
        if case == "frozen":
            await citizens.freeze(session, runtime, mette.id, because="hard_suicide")
    if case == "shared":
        await make.citizen(runtime, debtor_id="0503054234", name="Emil Hansen")
    if case == "with a person":
        await make.conversation(runtime, mette, owner=Owner.NOBODY)
    assert SAME in await chat("send en kode, A-1001")
    assert await texts() == []


async def test_the_code_written_where_it_came_is_a_slip_and_no_guess(
    chat, write, texts, place, mette
):
    await chat("send en kode, A-1001")
    [code] = CODE.findall((await texts())[0])
    said = await write(code, "not_understood")
    assert said.endswith("Skriv den i den samtale, hvor du bad om den.")
    assert (await place(make.METTE_PHONE)).identity_tries == 0
    await chat(code)
    assert (await place()).identity_level == 2


async def test_a_code_works_in_the_chat_that_asked_for_it_only(chat, texts, place, mette):
    await chat("send en kode, A-1001")
    [code] = CODE.findall((await texts())[0])
    await chat(code, of="chat-2")
    assert (await place("chat-2")).identity_level == 0


async def test_on_the_telephone_the_code_is_digits(chat, texts, place, mette):
    await chat("send en kode, A-1001", of="+4520888888", channel=Channel.VOICE)
    [code] = re.findall(r"\b\d{4}-\d{4}\b", (await texts())[0])
    await chat(code.replace("-", ""), of="+4520888888", channel=Channel.VOICE)
    assert (await place("+4520888888")).identity_level == 2


async def test_the_number_that_the_code_came_back_from_is_confirmed(chat, texts, runtime, mette):
    await chat("send en kode, A-1001")
    [code] = CODE.findall((await texts())[0])
    await chat(code)
    async with runtime.transaction() as session:
        point = (await session.scalars(select(ContactPoint))).one()
    assert (point.confirmed_at, point.confirmed_by) == (runtime.clock.now(), "code")


@pytest.mark.parametrize("code", ["tp3p-vuv2", "nj5r-xuv5", "zb2c-byv3"])
async def test_a_code_is_no_arabic_in_latin_letters(chat, place, mette, code):
    """Figures in the middle of a word are Arabic letters to who writes it in Latin ones."""
    assert "2 forsøg" in await chat(code)
    assert (await place()).owner is Owner.ASSISTANT


async def test_who_has_a_guardian_proves_it_and_a_person_answers(chat, runtime, the_one, mette):
    vera = Person(RelationKind.GUARDIAN, "Vera Holm")
    anna = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        await relations.add(session, runtime, mette, anna, vera, evidence="Beskikkelse set.")
    await chat("hvor meget skylder jeg", "how_much")
    said = await chat(PROOF, "identify")
    assert "medarbejder" in said
    assert "1.200" not in said
    assert (await the_one(Handoff)).reason == "hard_guardianship"


# One conversation over several channels.


async def test_what_is_begun_by_sms_goes_on_in_the_chat_without_its_proof(
    write, chat, place, mette
):
    await write(f"kan jeg betale 400 om måneden? {PROOF}", "propose_amount")
    assert (await place(make.METTE_PHONE)).awaiting == "offer"
    await chat("hej", "greeting")
    assert (await place()).identity_level == 0
    answer = await chat(PROOF, "identify")
    assert "400" in answer
    assert (await place()).awaiting == "offer"
    assert "aftale" in (await chat("ja", "accept")).lower()
    assert (await place(make.METTE_PHONE)).awaiting == "nothing"


async def test_what_was_begun_long_ago_stays_where_it_was(write, chat, place, clock, mette):
    await write(f"kan jeg betale 400 om måneden? {PROOF}", "propose_amount")
    clock.travel(ONE_DAY)
    await chat(PROOF, "identify")
    assert (await place()).awaiting != "offer"
