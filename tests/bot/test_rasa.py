"""Rasa's failures look like success: whatever our actions did not write counts as one."""

import asyncio
import socket
from uuid import uuid4

import httpx
import pytest

from bot import rasa as bot_rasa
from bot.rasa import RasaDialogue
from outreach.errors import RasaUnavailableError
from tests.bot.rasa_stand_in import never, page, says

TALK, MESSAGE = str(uuid4()), str(uuid4())
DRAFT = "11111111-1111-1111-1111-111111111111"
REPLY = {"recipient_id": TALK, "custom": {"reply": DRAFT}}


@pytest.fixture
async def dialogue(runtime, rasa):
    asks = RasaDialogue(runtime.settings.model_copy(update={"rasa_url": rasa.url}))
    yield asks
    await asks.close()


async def test_the_drafts_come_back_in_order(dialogue, rasa):
    other = {"custom": {"reply": "2"}}
    rasa.behaviours.append(says(REPLY, other))
    assert await dialogue.converse(TALK, MESSAGE, "hej") == [DRAFT, "2"]


async def test_rasa_is_asked_with_the_token_an_opaque_id_and_no_trust(dialogue, rasa, runtime):
    rasa.behaviours.append(says(REPLY))
    await dialogue.converse(TALK, MESSAGE, "hej navn, 0 kr")
    [asked] = rasa.asked
    token = runtime.settings.rasa_token.get_secret_value()
    assert asked == {
        "sender": TALK,
        "message": "hej navn, 0 kr",
        "trusted": False,
        "metadata": {"message_id": MESSAGE},
        "authorization": f"Bearer {token}",
    }


FAILURES = {
    "nothing, as when the action server is down": says(),
    "words": says({"recipient_id": TALK, "text": "Sorry, I did not get that."}),
    "words after a draft": says(REPLY, {"recipient_id": TALK, "text": "utter_default"}),
    "no reply": says({"recipient_id": TALK, "custom": {}}),
    "a number": says({"recipient_id": TALK, "custom": {"reply": 7}}),
    "a word": says({"recipient_id": TALK, "custom": "reply"}),
    "a list of words": says("words"),
    "a list of nothing": says(None),
    "a fault": says(REPLY, status=500),
    "no entry": says(REPLY, status=401),
    "a web page": page,
}


@pytest.mark.parametrize("behaviour", FAILURES.values(), ids=FAILURES)
async def test_what_our_actions_did_not_write_is_a_failure(dialogue, rasa, behaviour):
    rasa.behaviours.append(behaviour)
    with pytest.raises(RasaUnavailableError):
        await dialogue.converse(TALK, MESSAGE, "hej")


async def test_a_failure_says_that_trying_again_may_help_and_shows_no_text(dialogue, rasa):
    rasa.behaviours.append(says({"text": "Mette skylder 200"}))
    with pytest.raises(RasaUnavailableError) as fault:
        await dialogue.converse(TALK, MESSAGE, "hej")
    assert fault.value.try_again
    assert "Mette" not in str(fault.value)


async def test_silence_for_too_long_is_a_failure(runtime, rasa):
    hasty = RasaDialogue(runtime.settings.model_copy(update={"rasa_url": rasa.url}))
    hasty._client.timeout = httpx.Timeout(0.2)
    rasa.behaviours.append(never)
    with pytest.raises(RasaUnavailableError, match="ReadTimeout"):
        await hasty.converse(TALK, MESSAGE, "hej")
    await hasty.close()


def test_a_citizen_waits_ten_seconds_at_the_most():
    patience = bot_rasa.PATIENCE
    assert all(part is not None and part <= 10 for part in (patience.read, patience.connect))


async def test_a_closed_port_is_a_failure(runtime):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    gone = RasaDialogue(
        runtime.settings.model_copy(update={"rasa_url": f"http://127.0.0.1:{port}"})
    )
    with pytest.raises(RasaUnavailableError, match="ConnectError"):
        await gone.converse(TALK, MESSAGE, "hej")
    assert not await gone.ready()
    await gone.close()


async def test_readiness_is_whether_it_answers(dialogue):
    assert await dialogue.ready()


async def test_many_conversations_at_once_are_not_mixed_up(dialogue, rasa):
    async def own(payload):
        return await says({"custom": {"reply": payload["sender"]}})(payload)

    rasa.behaviours += [own] * 10
    talks = [str(uuid4()) for _ in range(10)]
    found = await asyncio.gather(*(dialogue.converse(talk, MESSAGE, "hej") for talk in talks))
    assert found == [[talk] for talk in talks]
