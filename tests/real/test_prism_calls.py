"""The calls that we ask Twilio for are calls that Twilio's own description takes."""

import json
from typing import Any

import aiohttp
import pytest

from data.models.citizens import Channel
from data.models.conversations import Message, MessageStatus
from data.settings import load
from data.values.phone import PhoneNumber
from outreach import rounds
from outreach.carriers import Telephone
from outreach.gateways.twilio_calls import TwilioCalls
from outreach.runtime import SendResult
from tests import make, make_calls
from tests.real.prism import DESCRIPTION, prism
from tests.twilio import ACCOUNT, TOKEN, refuses, says, twilio_stand_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prism")]

OURS, METTE = PhoneNumber("+4570990103"), PhoneNumber("+4520304050")
CALLS = "/2010-04-01/Accounts/{AccountSid}/Calls.json"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with prism(tmp_path_factory.mktemp("prism_calls") / "prism.log") as url:
        yield url


def gateway_at(url, tmp_path):
    return TwilioCalls(
        load(
            home=tmp_path / "home",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_api_url=url,
            public_url="https://mindelig.example.dk",
        )
    )


@pytest.fixture
async def door(address, tmp_path):
    gateway = gateway_at(address, tmp_path)
    yield gateway
    await gateway.close()


async def test_a_call_we_place_is_one_twilio_takes(door):
    outcome = await door.place(OURS, METTE, message_id="0b0e-1")
    assert outcome.result is SendResult.ACCEPTED, outcome
    assert outcome.vendor_ref.startswith("CA")


async def test_a_call_goes_from_the_outbox_through_twilios_description(runtime, door):
    house = make_calls.with_telephone(runtime, door)
    mette = await make.citizen(house)
    talk = await make.conversation(house, mette, channel=Channel.VOICE)
    owed = await make.claim(house, mette)
    body = rounds.first_text(house.policies["albertslund"], mette, named=True)
    call = await make.first_contact(house, talk, owed, body=body)
    assert isinstance(house.carriers[Channel.VOICE], Telephone)
    await make_calls.send(house)
    async with house.transaction() as session:
        stored = await session.get_one(Message, call.id)
    assert stored.status is MessageStatus.ACCEPTED


@pytest.mark.parametrize(
    ("form", "signed_in"),
    [
        ({"From": OURS.e164, "Url": "https://mindelig.example.dk"}, True),
        ({"To": METTE.e164, "From": OURS.e164, "Url": "nowhere"}, True),
        ({"To": METTE.e164, "From": OURS.e164}, False),
    ],
    ids=["no To", "no address", "not signed in"],
)
async def test_prism_refuses_what_twilio_would_refuse(address, form, signed_in):
    headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)} if signed_in else {}
    url = f"{address}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.post(url, data=form) as answer,
    ):
        assert 400 <= answer.status < 500


async def test_all_that_we_ask_for_is_in_twilios_description(tmp_path):
    """Prism lets unknown fields pass, so each of ours is looked up by its name."""
    whole = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    body = whole["paths"][CALLS]["post"]["requestBody"]["content"]
    known = body["application/x-www-form-urlencoded"]["schema"]["properties"]
    async with twilio_stand_in() as twilio:
        twilio.answers.append(says(201, {"sid": "CA" + "0f" * 16}))
        gateway = gateway_at(twilio.url, tmp_path)
        await gateway.place(OURS, METTE, message_id="0b0e-1")
        await gateway.close()
    [asked] = twilio.asked
    form: Any = asked["form"]
    assert form.keys() - known.keys() == set()
    assert form == {
        "To": METTE.e164,
        "From": OURS.e164,
        "Url": "https://mindelig.example.dk/webhooks/twilio/voice/out?m=0b0e-1",
        "Method": "POST",
        "StatusCallback": "https://mindelig.example.dk/webhooks/twilio/voice/out/status?m=0b0e-1",
        "StatusCallbackMethod": "POST",
        "MachineDetection": "DetectMessageEnd",
        "AsyncAmd": "false",
        "Record": "false",
        "Timeout": "40",
    }


@pytest.mark.parametrize(
    ("status", "code", "result"),
    [
        (400, 21211, SendResult.REFUSED_FOR_GOOD),  # no number
        (400, 21214, SendResult.REFUSED_FOR_GOOD),  # cannot be reached
        (400, 21215, SendResult.REFUSED_FOR_GOOD),  # we may not call there
        (400, 21210, SendResult.REFUSED_FOR_NOW),  # our number is not ours
        (429, 20429, SendResult.REFUSED_FOR_NOW),
        (503, 20503, SendResult.REFUSED_FOR_NOW),
        (401, 20003, SendResult.REFUSED_FOR_NOW),
    ],
)
async def test_what_twilio_refuses_is_a_value_and_no_fault(tmp_path, status, code, result):
    async with twilio_stand_in() as twilio:
        twilio.answers.append(refuses(status, code))
        gateway = gateway_at(twilio.url, tmp_path)
        outcome = await gateway.place(OURS, METTE, message_id="0b0e-1")
        await gateway.close()
    assert (outcome.result, outcome.error_code) == (result, str(code))
