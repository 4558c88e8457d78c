"""What we ask of Twilio passes Twilio's own published description, served by Prism."""

from datetime import UTC, datetime

import aiohttp
import pytest

from data.models.conversations import Message, MessageStatus
from data.settings import load
from data.values.phone import PhoneNumber
from outreach.dispatch import run_batch
from outreach.gateways.twilio import TwilioSms
from outreach.runtime import Erased, SendResult
from tests import make
from tests.real.prism import prism
from tests.twilio import ACCOUNT, TOKEN

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prism")]

OURS = PhoneNumber("+4570990101")
METTE = PhoneNumber("+4520304050")


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    with prism(tmp_path_factory.mktemp("prism") / "prism.log") as url:
        yield url


@pytest.fixture
async def door(address, tmp_path):
    gateway = TwilioSms(
        load(
            home=tmp_path / "home",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_api_url=address,
            public_url="https://mindelig.example.dk",
        )
    )
    yield gateway
    await gateway.close()


async def test_what_we_send_is_what_twilio_takes(door):
    outcome = await door.send(OURS, METTE, "Hej Mette 👋 æøå", message_id="0b0e-1")
    assert outcome.result is SendResult.ACCEPTED, outcome
    assert outcome.vendor_ref.startswith("SM")


async def test_the_list_we_ask_for_is_one_twilio_gives(door):
    records = await door.sent_to(OURS, METTE, datetime(2010, 1, 1, tzinfo=UTC))
    assert records
    assert all(record.vendor_ref and record.status for record in records)


async def test_what_a_message_says_is_erased_as_twilio_wants_it(door):
    """Prism refuses a form that its description does not allow; its example is a redacted body."""
    assert await door.erase("SM" + "0" * 32) is Erased.EMPTY


async def test_the_account_is_asked_about_as_twilio_wants(door):
    assert await door.check()


@pytest.mark.parametrize(
    ("form", "signed_in"),
    [
        ({"From": "+4570990101", "Body": "Hej"}, True),
        ({"To": "+4520304050", "StatusCallback": "nowhere"}, True),
        ({"To": "+4520304050"}, False),
    ],
    ids=["no To", "no address", "not signed in"],
)
async def test_prism_refuses_what_twilio_would_refuse(address, form, signed_in):
    headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)} if signed_in else {}
    url = f"{address}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.post(url, data=form) as answer,
    ):
        assert 400 <= answer.status < 500


async def test_a_message_goes_from_the_outbox_through_twilios_description(runtime, door):
    talk = await make.conversation(runtime, await make.citizen(runtime))
    reply = await make.outgoing(runtime, talk)
    report = await run_batch(runtime.equip(sms=door), "albertslund")
    assert report.sent == 1
    async with runtime.transaction() as session:
        stored = await session.get_one(Message, reply.id)
    assert stored.status is MessageStatus.ACCEPTED
