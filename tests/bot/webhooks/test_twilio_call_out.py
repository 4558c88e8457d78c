"""Stories of calls that we place: a person, a voicemail, a fax, nobody; asked twice; forged."""

import re
from datetime import timedelta
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from structlog.testing import capture_logs

from bot import errors
from bot.webhooks import twilio_call_out
from data.models.calls import Call, CallOutcome, CallState
from data.models.citizens import Channel, Citizen, Language
from data.models.conversations import Message, MessageStatus
from data.settings import load
from outreach import rounds
from tests import make, make_calls
from tests.make_calls import KeepingCalls
from tests.twilio import ACCOUNT, TOKEN, sign

PUBLIC = "https://mindelig.example.dk"
OUT = "/webhooks/twilio/voice/out"
SID, OTHER = "CA" + "0f" * 16, "CA" + "1e" * 16
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MACHINES = ["machine_end_beep", "machine_end_silence", "machine_end_other"]


@pytest.fixture
def settings(tmp_path, postgres):
    return load(
        home=tmp_path / "home",
        database_url=postgres,
        public_url=PUBLIC,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
    )


@pytest.fixture
def house(runtime):
    return make_calls.with_telephone(runtime, KeepingCalls())


@pytest.fixture
async def twilio(house):
    """Call as Twilio does, with its signature."""
    app = FastAPI()
    app.include_router(twilio_call_out.router)
    app.state.runtime = house
    errors.install(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:

        async def post(path, signature=None, **fields):
            form = {"AccountSid": ACCOUNT, "CallSid": SID, "To": make.METTE_PHONE} | fields
            signed = sign(PUBLIC + path, form) if signature is None else signature
            headers = FORM | {"X-Twilio-Signature": signed}
            return await client.post(path, content=urlencode(form), headers=headers)

        yield post


@pytest.fixture
async def call(house):
    """A call that rings at Mette's, for a first message in the words of an SMS."""
    mette = await make.citizen(house)
    owed = await make.claim(house, mette)
    talk = await make.conversation(house, mette, channel=Channel.VOICE)
    return await make.first_contact(
        house,
        talk,
        owed,
        body=rounds.first_text(house.policies["albertslund"], mette, named=True),
        status=MessageStatus.ACCEPTED,
        vendor_ref=SID,
        sending_since=house.clock.now(),
    )


def answered(call, path=OUT):
    return f"{path}?m={call.id}"


def verbs(answer):
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/xml")
    return list(ET.fromstring(answer.text))  # noqa: S314 - our own


async def kept(house, call):
    async with house.transaction() as session:
        message = await session.get_one(Message, call.id)
        found = await session.scalar(select(Call).where(Call.message_id == call.id))
        return message, found


@pytest.mark.parametrize("machine", MACHINES)
async def test_a_voicemail_hears_the_words_of_the_first_sms_and_no_more(
    house, twilio, call, machine
):
    says, ends = verbs(await twilio(answered(call), AnsweredBy=machine))
    assert (says.tag, ends.tag) == ("Say", "Hangup")
    assert says.attrib == {"voice": "Polly.Naja", "language": "da-DK"}
    sms = rounds.first_text(house.policies["albertslund"], await _mette(house), named=True)
    assert re.findall(r"\w+", says.text) == re.findall(r"\w+", sms)
    message, record = await kept(house, call)
    assert message.status is MessageStatus.DELIVERED
    assert (record.state, record.outcome) == (CallState.ENDED, CallOutcome.MACHINE)
    assert record.answered_by == machine


async def _mette(house):
    async with house.transaction() as session:
        return (await session.scalars(select(Citizen))).one()


async def test_a_voicemail_of_who_speaks_english_hears_english(house, twilio):
    anna = await make.citizen(house, language=Language.ENGLISH)
    owed = await make.claim(house, anna)
    talk = await make.conversation(house, anna, channel=Channel.VOICE, language=Language.ENGLISH)
    call = await make.first_contact(
        house,
        talk,
        owed,
        body=rounds.first_text(house.policies["albertslund"], anna, named=True),
        status=MessageStatus.ACCEPTED,
        vendor_ref=SID,
    )
    says, _ = verbs(await twilio(answered(call), AnsweredBy="machine_end_beep"))
    assert says.attrib == {"voice": "Polly.Amy", "language": "en-GB"}
    assert says.text.startswith("Hi Mette. Albertslund Municipality")


async def test_a_person_hears_who_calls_and_is_asked_who_they_are(house, twilio, call):
    first = await twilio(answered(call), AnsweredBy="human")
    assert {verb.tag for verb in verbs(first)} & {"Gather", "Say"}
    assert "1.200" not in first.text
    assert "dagtilbud" not in first.text
    message, record = await kept(house, call)
    assert message.status is MessageStatus.DELIVERED
    assert (record.state, record.call_sid) == (CallState.ANSWERED, SID)
    assert record.answered_by == "human"
    assert (await twilio(answered(call), AnsweredBy="human")).text == first.text


@pytest.mark.parametrize("who", ["fax", "unknown", "machine_start", "something new", None])
async def test_anybody_else_hears_nothing_and_it_was_a_try(house, twilio, call, who):
    fields = {} if who is None else {"AnsweredBy": who}
    [ends] = verbs(await twilio(answered(call), **fields))
    assert ends.tag == "Hangup"
    message, record = await kept(house, call)
    assert (message.status, message.error_code) == (MessageStatus.UNDELIVERED, "nobody_spoke")
    assert record.outcome is CallOutcome.MACHINE


@pytest.mark.parametrize(
    ("status", "because", "outcome"),
    [
        ("busy", "busy", CallOutcome.BUSY),
        ("no-answer", "no_answer", CallOutcome.NO_ANSWER),
        ("failed", "call_failed", CallOutcome.FAILED),
        ("canceled", "canceled", CallOutcome.NO_ANSWER),
        ("completed", "hung_up", CallOutcome.HUNG_UP),
    ],
)
async def test_a_call_that_nobody_took_is_on_record_with_why(
    house, twilio, call, status, because, outcome
):
    for _ in range(2):
        told = await twilio(answered(call, f"{OUT}/status"), CallStatus=status, CallDuration="0")
        assert told.status_code == 204
    message, record = await kept(house, call)
    assert (message.status, message.error_code) == (MessageStatus.UNDELIVERED, because)
    assert (record.state, record.outcome, record.duration) == (CallState.ENDED, outcome, 0)


async def test_the_end_of_a_voicemail_adds_how_long_it_was(house, twilio, call):
    await twilio(answered(call), AnsweredBy="machine_end_beep")
    await twilio(answered(call, f"{OUT}/status"), CallStatus="completed", CallDuration="31")
    message, record = await kept(house, call)
    assert (message.status, record.outcome) == (MessageStatus.DELIVERED, CallOutcome.MACHINE)
    assert record.duration == 31


async def test_the_end_of_a_talk_ends_it(house, twilio, call):
    await twilio(answered(call), AnsweredBy="human")
    house.clock.travel(timedelta(minutes=2))
    await twilio(answered(call, f"{OUT}/status"), CallStatus="completed", CallDuration="120")
    message, record = await kept(house, call)
    assert message.status is MessageStatus.DELIVERED
    assert (record.state, record.outcome) == (CallState.ENDED, CallOutcome.HUNG_UP)
    assert record.duration == 120


async def test_twilios_word_may_come_before_its_own_answer_to_us(house, twilio, call):
    async with house.transaction() as session:
        message = await session.get_one(Message, call.id)
        message.vendor_ref, message.status = None, MessageStatus.SENDING
    await twilio(answered(call), AnsweredBy="machine_end_beep")
    message, _ = await kept(house, call)
    assert (message.status, message.vendor_ref) == (MessageStatus.DELIVERED, SID)


@pytest.mark.parametrize("m", ["", "?m=", "?m=nonsense", "?m=0b0e0000-0000-4000-8000-000000000000"])
async def test_a_call_that_is_not_ours_is_ended_without_a_word(house, twilio, call, m):
    with capture_logs() as logs:
        [ends] = verbs(await twilio(OUT + m, AnsweredBy="machine_end_beep"))
        told = await twilio(f"{OUT}/status{m}", CallStatus="busy")
    assert (ends.tag, told.status_code) == ("Hangup", 204)
    assert make.METTE_PHONE not in str(logs)
    message, record = await kept(house, call)
    assert (message.status, record) == (MessageStatus.ACCEPTED, None)


async def test_another_call_cannot_speak_for_this_one(house, twilio, call):
    [ends] = verbs(await twilio(answered(call), CallSid=OTHER, AnsweredBy="human"))
    assert ends.tag == "Hangup"
    message, record = await kept(house, call)
    assert (message.status, record) == (MessageStatus.ACCEPTED, None)


async def test_an_sms_is_no_call(house, twilio, call):
    sms = await make.outgoing(house, await make.conversation(house, None))
    [ends] = verbs(await twilio(f"{OUT}?m={sms.id}", AnsweredBy="human"))
    assert ends.tag == "Hangup"


async def test_words_that_come_late_wake_no_call_that_is_over(house, twilio, call):
    await twilio(answered(call, f"{OUT}/status"), CallStatus="no-answer", CallDuration="0")
    [ends] = verbs(await twilio(answered(call), AnsweredBy="human"))
    assert ends.tag == "Hangup"
    message, record = await kept(house, call)
    assert (message.error_code, record.outcome) == ("no_answer", CallOutcome.NO_ANSWER)


async def test_a_word_nobody_knows_ends_nothing(house, twilio, call):
    told = await twilio(answered(call, f"{OUT}/status"), CallStatus="pondering")
    assert told.status_code == 204
    message, record = await kept(house, call)
    assert (message.status, record) == (MessageStatus.ACCEPTED, None)


@pytest.mark.parametrize("path", [OUT, f"{OUT}/status"])
async def test_who_cannot_sign_is_turned_away(house, twilio, call, path):
    fields = {"AnsweredBy": "human", "CallStatus": "busy"}
    assert (await twilio(answered(call, path), signature="forged", **fields)).status_code == 403
    assert (await twilio(answered(call, path), signature="", **fields)).status_code == 403
    signed_for_another = sign(f"{PUBLIC}{path}?m=another", fields)
    refused = await twilio(answered(call, path), signature=signed_for_another, **fields)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "fields",
    [{"CallSid": "SM" + "0f" * 16}, {"CallSid": ""}, {"AnsweredBy": "x" * 4096}],
)
async def test_what_twilio_would_not_send_is_refused(twilio, call, fields):
    answer = await twilio(answered(call), **{"AnsweredBy": "human"} | fields)
    assert answer.status_code == 422
    assert "x" * 50 not in answer.text
