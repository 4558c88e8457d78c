"""Stories on the telephone: the assistant thinks, or does not come back."""

import asyncio

import pytest

from bot.voice import hearing
from data.models.handoffs import Handoff
from tests import twiml
from tests.bot.rasa_stand_in import never, says
from tests.phone import prove


@pytest.fixture
def patience(web):
    """Let a turn wait so many seconds for the dialogue."""

    def set_to(seconds):
        web._transport.app.state.call_patience = seconds

    return set_to


async def test_a_slow_answer_is_waited_for_with_a_word_and_said_when_it_comes(
    phone, claim, rasa, patience
):
    gate = asyncio.Event()

    async def slowly(payload):
        await gate.wait()
        return await says(*await rasa.run_actions(payload))(payload)

    mette = phone()
    await prove(mette)
    rasa.behaviours.append(slowly)
    rasa.turns.append(["action_how_much"])
    patience(0.05)
    reply = await mette.post(mette.gather.get("action"), SpeechResult="hvor meget skylder jeg")
    first, then = twiml.checked(reply.text)
    assert (first.text, then.tag) == ("Et øjeblik.", "Redirect")
    gate.set()
    patience(30)
    assert "1200 kroner" in await mette.go(then.text)


async def test_an_answer_that_never_comes_leads_to_a_person(phone, claim, rasa, patience, the_one):
    mette = phone()
    await prove(mette)
    rasa.behaviours.append(never)
    patience(0.05)
    said = await mette.speak("hvor meget skylder jeg")
    assert said.count("Et øjeblik") == 7
    assert "kan desværre ikke svare" in said
    assert "ringe dig op" in said
    assert (await the_one(Handoff)).reason == "assistant_down"


async def test_an_answer_that_is_none_of_ours_leads_to_a_person(phone, claim, rasa):
    mette = phone()
    await prove(mette)
    rasa.behaviours.append(says({"text": "42"}))
    said = await mette.speak("hvor meget skylder jeg")
    assert "kan desværre ikke svare" in said
    assert "Tryk 1 for" in said


async def test_a_turn_that_twilio_asks_for_again_meanwhile_happens_once(
    phone, claim, rasa, understands, heard
):
    mette = phone()
    await prove(mette)
    understands("how_much")
    action = mette.gather.get("action")
    answers = await asyncio.gather(
        *(mette.post(action, SpeechResult="hvor meget skylder jeg") for _ in range(3))
    )
    assert len({answer.text for answer in answers}) == 1
    assert "1200" in answers[0].text
    assert len(await heard()) == len(rasa.asked) == 1


def test_a_turn_answers_before_twilio_gives_up():
    assert hearing.PATIENCE < 15
