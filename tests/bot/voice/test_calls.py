"""Stories on the telephone: who calls proves who they are, and talks with the same assistant."""

import pytest
from sqlalchemy import select

from data.models.agreements import AgreementState
from data.models.calls import Call, CallState
from data.models.cases import Task
from data.models.citizens import Channel
from data.models.conversations import Conversation, Owner
from data.values.phone import PhoneNumber
from outreach import citizens
from tests import make
from tests.phone import NO, YES, prove, until


# ------------------------------------------------------------------------------------ who calls
async def test_the_assistant_says_who_it_is_before_it_asks_anything(phone, claim):
    mette = phone()
    said = await mette.call()
    assert said.index("digitale assistent") < said.index("AI") < said.index("tryk 0")
    assert said.index("tryk 0") < said.index("press 9") < said.index("fødselsdato")
    assert "1200" not in said
    assert set(mette.voices) == {"Polly.Naja", "Polly.Amy"}


async def test_a_citizen_proves_who_they_are_by_keys_and_hears_what_they_owe(
    phone, claim, understands, the_one
):
    mette = phone()
    await mette.call()
    assert "sagsnummer" in await mette.press("010180")
    assert "sms" in await mette.press("1001")
    assert "hjælpe dig med" in await mette.press(NO)
    understands("what_is_this")
    assert "1200 kroner" in await mette.speak("hvad drejer det sig om")
    await mette.hang_up()
    call = await the_one(Call)
    assert (call.state, call.duration, call.answer) == (CallState.ENDED, 61, None)


@pytest.mark.parametrize(
    ("born", "case"),
    [
        ("nul et nul et firs", "A et nul nul et"),
        ("den første januar nitten firs", "sagsnummeret er A 1001"),
        ("1. januar 1980", "1001"),
    ],
)
async def test_figures_that_are_said_one_by_one_prove_it_too(phone, claim, heard, born, case):
    mette = phone()
    await mette.call()
    assert "sagsnummer" in await mette.speak(born)
    assert "ved jeg, hvem du er" in await mette.speak(case)
    assert await heard() == []  # what proves who it is, is not stored


async def test_a_wrong_proof_says_how_many_tries_are_left_and_then_a_person_takes_over(
    phone, claim, conversation
):
    mette = phone()
    await mette.call()
    for left in ("2 forsøg", "1 forsøg"):
        await mette.press("020280")
        assert left in await mette.press("1001")
    await mette.press("020280")
    said = await mette.press("1001")
    assert "ringe dig op" in said
    assert (await conversation()).owner is Owner.NOBODY


async def test_what_was_asked_before_the_proof_is_answered_after_it(phone, claim, understands):
    mette = phone()
    await mette.call()
    understands("how_much")
    said = await mette.speak("hvor meget skylder jeg")
    assert "1200" not in said
    assert "fødselsdato" in said
    await mette.press("010180")
    await mette.press("1001")
    understands("how_much")
    assert "1200 kroner" in await mette.press(NO)


async def test_a_proof_ends_with_the_call(phone, claim, conversation):
    mette = phone()
    await prove(mette)
    assert (await conversation()).identity_level == 2
    await mette.hang_up()
    assert (await conversation()).identity_level == 1
    again = phone()
    assert "fødselsdato" in await again.call()


async def test_a_hidden_number_is_a_conversation_of_its_own(phone, claim, conversation):
    nobody = phone("+266696687")
    await nobody.call()
    talk = await conversation()
    assert (talk.address, talk.identity_level) == (f"call:{nobody.sid}", 0)
    assert talk.citizen_id is None
    await nobody.press("010180")
    assert "hjælpe dig med" in await nobody.press("1001")  # nobody to text, so that is not asked


@pytest.mark.parametrize("number", ["", "anonymous", "Restricted", "client:mette"])
async def test_what_is_no_number_is_treated_as_hidden(phone, claim, conversation, number):
    nobody = phone(number)
    await nobody.call()
    assert (await conversation()).address == f"call:{nobody.sid}"


async def test_a_number_that_two_share_belongs_to_nobody_before_the_proof(
    phone, runtime, claim, mette, conversation
):
    await make.citizen(runtime, debtor_id="0202801234", name="Ole Hansen")
    shared = phone()
    await shared.call()
    talk = await conversation()
    assert (talk.citizen_id, talk.identity_level) == (None, 0)
    await shared.press("010180")
    await shared.press("1001")
    assert (await conversation()).citizen_id == mette.id
    await shared.hang_up()
    other = phone()
    await other.call()
    assert (await conversation()).citizen_id is None  # the next to call may be the other


async def test_two_calls_at_once_from_one_number_hear_nothing_of_each_other(phone, claim, runtime):
    first, second = phone(), phone()
    await prove(first)
    await second.call()
    async with runtime.transaction() as session:
        talks = await session.scalars(
            select(Conversation.identity_level)
            .where(Conversation.channel == Channel.VOICE)
            .order_by(Conversation.identity_level)
        )
        assert list(talks) == [0, 2]


# ---------------------------------------------------------------------------------- an agreement
@pytest.fixture
def plan(phone, claim, understands):
    """Prove to be Mette, and be offered 300 kr. a month."""

    async def offered(phone):
        await prove(phone)
        understands("propose_amount")
        return await phone.speak("jeg kan betale 300 kroner om måneden")

    return offered


async def test_a_plan_is_agreed_with_a_key_and_sent_in_writing(
    phone, plan, understands, sms, agreements_in
):
    mette = phone()
    said = await plan(mette)
    assert "300 kroner" in said
    assert "Tryk 1 for ja" in said
    understands("accept")
    said = await mette.press(YES)
    assert "Aftalen er lavet" in said
    assert "sms" in said
    [made] = await agreements_in(AgreementState.ACCEPTED)
    assert (made.channel.value, made.identity_level) == ("voice", 2)
    await mette.hang_up()
    await until(lambda: sms.sent)
    [sent] = sms.sent
    assert sent.to == PhoneNumber(make.METTE_PHONE)
    assert "Aftalen er lavet" in sent.body


async def test_a_plan_is_agreed_with_a_yes(phone, plan, understands, agreements_in):
    mette = phone()
    await plan(mette)
    understands("accept")
    assert "Aftalen er lavet" in await mette.speak("ja tak")
    assert len(await agreements_in(AgreementState.ACCEPTED)) == 1


async def test_who_wants_no_texts_gets_the_agreement_from_a_person(
    phone, plan, understands, runtime, sms, the_all
):
    async with runtime.transaction() as session:
        await citizens.opt_out(
            session,
            runtime,
            municipality="albertslund",
            channel=Channel.SMS,
            address=make.METTE_PHONE,
            source="citizen",
        )
    mette = phone()
    await mette.call()
    await mette.press("010180")
    assert "sms" not in await mette.press("1001")
    understands("propose_amount")
    await mette.speak("300 kroner om måneden")
    understands("accept")
    assert "på skrift fra en medarbejder" in await mette.press(YES)
    assert [task.kind for task in await the_all(Task)] == ["send_agreement"]
    assert sms.sent == []


async def test_sums_are_not_texted_to_a_number_that_nobody_has_confirmed(
    phone, claim, understands, sms, the_all
):
    hidden = phone("anonymous")
    await hidden.call()
    await hidden.press("010180")
    await hidden.press("1001")
    understands("propose_amount")
    await hidden.speak("300 kroner om måneden")
    understands("accept")
    assert "på skrift fra en medarbejder" in await hidden.press(YES)
    assert [task.kind for task in await the_all(Task)] == ["send_agreement"]
    assert sms.sent == []


# ------------------------------------------------------------------------------------- language
async def test_nine_is_english_at_once(phone, claim, understands):
    mette = phone()
    await mette.call()
    assert "date of birth" in await mette.press("9")
    assert mette.voices[-1] == "Polly.Amy"
    assert mette.gather.get("language") == "en-GB"
    await mette.press("010180")
    assert "text message" in await mette.press("1001")
    assert "What can I help you with" in await mette.press(NO)
    understands("what_is_this")
    assert "1200 kroner" in await mette.speak("what is this about")


async def test_english_can_be_asked_for_in_words_and_danish_again(phone, claim):
    mette = phone()
    await mette.call()
    assert "date of birth" in await mette.speak("English, please")
    assert "fødselsdato" in await mette.speak("dansk")
