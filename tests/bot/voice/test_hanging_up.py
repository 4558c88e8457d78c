"""Stories on the telephone: calls that break off, never end, come twice, or are forged."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from data.models.calls import Call, CallOutcome, CallState
from data.models.conversations import Conversation, Message, MessageStatus
from data.models.handoffs import Handoff
from tests import make
from tests.phone import NO, YES, prove, until


# --------------------------------------------------------------------------------- hanging up
@pytest.mark.parametrize("steps", range(5))
async def test_a_call_that_is_hung_up_at_any_point_is_closed(
    phone, claim, the_one, understands, conversation, sms, steps
):
    mette = phone()
    await mette.call()
    for digits in ["010180", "1001", NO][:steps]:
        await mette.press(digits)
    if steps == 4:
        understands("what_is_this")
        await mette.speak("hvad drejer det sig om")
    await mette.hang_up()
    call = await the_one(Call)
    assert (call.state, call.duration) == (CallState.ENDED, 61)
    talk = await conversation()
    assert (talk.identity_level, talk.identity_birth_date) == (1, None)
    assert sms.sent == []


async def test_who_agreed_to_it_gets_one_text_when_the_line_breaks(
    phone, claim, understands, sms, the_one
):
    mette = phone()
    await prove(mette, text_me=YES)
    understands("propose_amount")
    await mette.speak("300 kroner om måneden")
    await mette.hang_up()
    await mette.hang_up()  # Twilio may say so twice
    assert (await the_one(Call)).outcome is CallOutcome.HUNG_UP
    await until(lambda: sms.sent)
    [sent] = sms.sent
    assert "afbrudt" in sent.body
    assert "300" not in sent.body


async def test_an_answer_that_nobody_heard_is_not_said_in_the_next_call(
    phone, claim, understands, runtime
):
    mette = phone()
    await prove(mette)
    await mette.hang_up()
    async with runtime.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
    unheard = await make.outgoing(
        runtime, talk, body="Du skylder 1.200 kr.", status=MessageStatus.ACCEPTED, vendor_ref="x"
    )
    again = phone()
    assert "1200" not in await again.call()
    await again.hang_up()
    async with runtime.transaction() as session:
        left = await session.get_one(Message, unheard.id)
    assert (left.status, left.error_code) == (MessageStatus.UNDELIVERED, "hung_up")


async def test_a_call_that_never_ends_is_ended_kindly(phone, claim, clock, the_one):
    mette = phone()
    await prove(mette)
    clock.travel(timedelta(minutes=20))
    said = await mette.speak("hvor var vi")
    assert "talt længe" in said
    assert mette.is_over
    assert (await the_one(Call)).outcome is CallOutcome.TIME_UP


async def test_words_of_crisis_are_heard_also_when_time_is_up(phone, claim, clock, the_one):
    mette = phone()
    await prove(mette)
    clock.travel(timedelta(minutes=20))
    assert "1 1 2" in await mette.speak("jeg vil ikke leve længere")
    assert (await the_one(Handoff)).reason == "hard_suicide"


# ------------------------------------------------------------------------------------ bad input
async def test_a_turn_that_comes_again_gets_the_same_answer_and_happens_once(
    phone, claim, understands, heard, runtime
):
    mette = phone()
    await prove(mette)
    understands("how_much")
    first = await mette.post(mette.gather.get("action"), SpeechResult="hvor meget skylder jeg")
    path, form = mette.last
    again = await mette.send(path, form)
    assert again.text == first.text
    assert "1200" in first.text
    assert len(await heard()) == 1


async def test_a_call_that_rings_twice_is_one_call(phone, claim, the_one):
    mette = phone()
    await mette.call()
    first = list(mette.said)
    await mette.call()
    assert mette.said == first * 2
    assert (await the_one(Call)).turn == 1


async def test_an_old_turn_ends_the_call_and_tells_nothing(phone, claim):
    mette = phone()
    await mette.call()
    await mette.press("010180")
    old = mette.last
    await mette.press("1001")
    await mette.press(NO)
    answer = await mette.send(*old)
    assert "Hangup" in answer.text
    assert "Say" not in answer.text


async def test_a_turn_after_the_call_tells_nothing(phone, claim):
    mette = phone()
    await prove(mette)
    latest = mette.last
    await mette.hang_up()
    answer = await mette.send(*latest)
    assert "Hangup" in answer.text
    assert "Say" not in answer.text


@pytest.mark.parametrize("path", ["", "/turn?turn=1", "/wait?turn=1", "/status"])
async def test_a_forged_signature_is_turned_away(phone, claim, runtime, path):
    mette = phone()
    answer = await mette.post(f"/webhooks/twilio/voice{path}", signature="forged")
    assert answer.status_code == 403
    async with runtime.transaction() as session:
        assert await session.scalar(select(func.count(Call.id))) == 0


async def test_a_call_nobody_knows_is_hung_up(phone, claim):
    answer = await phone().post("/webhooks/twilio/voice/turn?turn=1", Digits="1")
    assert answer.status_code == 200
    assert "Hangup" in answer.text


@pytest.mark.parametrize("status", ["completed", "exploded", "ringing"])
async def test_word_of_a_call_nobody_knows_is_taken_and_forgotten(phone, claim, status):
    answer = await phone().post("/webhooks/twilio/voice/status", CallStatus=status)
    assert answer.status_code == 204


async def test_a_state_nobody_knows_is_noted_without_a_number(phone, claim):
    mette = phone()
    await mette.call()
    with capture_logs() as logged:
        await mette.post("/webhooks/twilio/voice/status", CallStatus="exploded")
    assert [entry["event"] for entry in logged] == ["call_status_unknown"]
    assert make.METTE_PHONE not in str(logged)


async def test_a_call_to_a_number_of_no_municipality_is_refused(phone, claim):
    mette = phone()
    mette.to = "+4570999999"
    answer = await mette.post("/webhooks/twilio/voice")
    assert answer.status_code == 422
