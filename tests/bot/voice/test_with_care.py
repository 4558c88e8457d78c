"""Stories on the telephone: who is protected, who has said no, and who has a person already."""

from data.models.citizens import Channel, OptOut
from data.models.conversations import Owner
from data.models.handoffs import Handoff
from outreach import citizens
from tests import make
from tests.phone import NO, prove


async def prove_only(phone):
    await phone.call()
    await phone.press("010180")
    return await phone.press("1001")


async def test_who_is_frozen_talks_to_a_person_once_it_is_known_who_it_is(
    phone, runtime, claim, mette, the_one
):
    async with runtime.transaction() as session:
        await citizens.freeze(session, runtime, mette.id, because="hard_illness")
    said = await prove_only(phone())
    assert "svarer en medarbejder" in said
    assert "1200" not in said
    assert (await the_one(Handoff)).reason == "frozen"


async def test_who_is_under_eighteen_talks_to_a_person(phone, runtime, the_one):
    young = await make.citizen(runtime, debtor_id="0101125234", name="Bo Hansen")
    await make.claim(runtime, young)
    caller = phone()
    await caller.call()
    await caller.press("010112")
    said = await caller.press("1001")
    assert "svarer en medarbejder" in said
    assert (await the_one(Handoff)).reason == "hard_minor"


async def test_who_has_said_no_to_calls_and_calls_us_talks_to_a_person(phone, runtime, claim):
    async with runtime.transaction() as session:
        await citizens.opt_out(
            session,
            runtime,
            municipality="albertslund",
            channel=Channel.VOICE,
            address=make.METTE_PHONE,
            source="citizen",
        )
    said = await phone().call()
    assert "nej til opkald" in said
    assert "ringe dig op" in said


async def test_who_says_stop_is_not_called_and_the_call_ends(phone, claim, the_one):
    mette = phone()
    await prove(mette)
    said = await mette.speak("stop")
    assert "Vi ringer ikke mere til dig" in said
    assert mette.is_over
    no = await the_one(OptOut)
    assert (no.channel, no.address) == (Channel.VOICE, make.METTE_PHONE)


async def test_whose_matter_is_with_a_person_is_led_there_at_once(phone, claim, conversation):
    mette = phone()
    await mette.call()
    await mette.press("0")
    await mette.hang_up()
    assert (await conversation()).owner is Owner.NOBODY
    said = await phone().call()
    assert "allerede din sag" in said
    assert "ringe dig op" in said


async def test_words_of_crisis_are_heard_before_anybody_has_proven_who_they_are(
    phone, claim, the_one
):
    mette = phone()
    await mette.call()
    said = await mette.speak("min mand slår mig, jeg er bange")
    assert "1 1 2" in said
    assert (await the_one(Handoff)).reason == "hard_violence"


async def test_words_of_crisis_in_place_of_a_yes_or_no_are_heard_too(phone, claim, the_one):
    mette = phone()
    await prove_only(mette)
    await mette.speak("jeg har ikke lyst til at leve mere")
    assert (await the_one(Handoff)).reason == "hard_suicide"


async def test_a_question_in_place_of_a_yes_is_no_yes_and_is_answered(
    phone, claim, understands, sms
):
    mette = phone()
    await prove_only(mette)
    understands("how_much")
    assert "1200 kroner" in await mette.speak("hvor meget skylder jeg")
    await mette.hang_up()
    assert sms.sent == []


async def test_the_desk_reads_what_was_said_in_the_thread(phone, claim, understands, heard):
    mette = phone()
    await prove(mette, text_me=NO)
    understands("how_much")
    await mette.speak("hvor meget skylder jeg")
    assert await heard() == ["hvor meget skylder jeg"]
