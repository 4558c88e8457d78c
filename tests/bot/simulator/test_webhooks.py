"""The network calls our webhooks as Twilio does: signed, in order, and again after a restart."""

import asyncio

import pytest
from sqlalchemy import select

from bot.simulator import network
from bot.simulator.refusals import Outbound, Refused
from bot.simulator.webhooks import Carrier, said_in
from data.models.simulator import SimulatorMessage
from data.settings import load
from data.values.phone import PhoneNumber
from outreach.errors import NotConfiguredError
from tests.bot.simulator.conftest import ACCOUNT, ALBERTSLUND, METTE, TOKEN, eventually, serving

EMILY = "+4570991002"


async def wrote(runtime, body="JA", *, municipality=None, **given):
    async with runtime.transaction() as session:
        message = await network.write(
            session,
            runtime,
            sender=PhoneNumber(given.pop("phone", METTE)),
            to=PhoneNumber(ALBERTSLUND),
            body=body,
            **given,
        )
    if municipality is not None:
        municipality.carrier.wake()
    return message


async def status_of(runtime, message):
    async with runtime.transaction() as session:
        kept = await session.get(SimulatorMessage, message.sid)
        return kept.status, kept.trouble


async def screen(runtime, number=METTE):
    async with runtime.transaction() as session:
        return [message.body for message in await network.thread(session, number, limit=50)]


async def test_receipts_come_signed_and_in_order_to_the_very_address(
    municipality, twilio, settings, runtime
):
    address = f"{settings.public_url}/webhooks/twilio/status?m=8f14e45f"
    taken = await twilio.messages.create_async(
        from_=ALBERTSLUND, to=METTE, body="Hej Mette.", status_callback=address
    )
    await municipality.told(receipts=2)
    assert [receipt["MessageStatus"] for receipt in municipality.receipts] == ["sent", "delivered"]
    assert municipality.receipts[0] == {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "From": ALBERTSLUND,
        "MessageSid": taken.sid,
        "MessageStatus": "sent",
        "SmsSid": taken.sid,
        "SmsStatus": "sent",
        "To": METTE,
    }
    assert municipality.queries == ["m=8f14e45f", "m=8f14e45f"]
    assert municipality.refused == 0
    await eventually(lambda: screen(runtime), lambda shown: shown == ["Hej Mette."])


async def test_a_telephone_out_of_reach_gives_a_receipt_that_says_so(
    municipality, twilio, settings, runtime
):
    address = f"{settings.public_url}/webhooks/twilio/status"
    await twilio.messages.create_async(
        from_=ALBERTSLUND, to="+4570993005", body="Hej.", status_callback=address
    )
    await municipality.told(receipts=2)
    lost = municipality.receipts[1]
    assert (lost["MessageStatus"], lost["ErrorCode"]) == ("undelivered", "30005")
    assert await screen(runtime, "+4570993005") == []


async def test_what_a_telephone_writes_comes_with_all_that_twilio_documents(municipality, runtime):
    message = await wrote(runtime, "Hvad er det? 🙂", municipality=municipality)
    await municipality.told(texts=1)
    assert municipality.texts == [
        {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "Body": "Hvad er det? 🙂",
            "From": METTE,
            "FromCity": "",
            "FromCountry": "DK",
            "FromState": "",
            "FromZip": "",
            "MessageSid": message.sid,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": ALBERTSLUND,
            "ToCity": "",
            "ToCountry": "DK",
            "ToState": "",
            "ToZip": "",
        }
    ]


async def test_a_picture_comes_with_its_address_and_no_text(municipality, runtime):
    await wrote(runtime, "", num_media=1, municipality=municipality)
    await municipality.told(texts=1)
    [text] = municipality.texts
    assert (text["Body"], text["NumMedia"]) == ("", "1")
    assert text["MediaContentType0"] == "image/jpeg"
    assert text["MessageSid"].startswith("MM")


async def test_one_telephones_texts_keep_their_order(municipality, runtime):
    for number in range(6):
        await wrote(runtime, f"number {number}", municipality=municipality)
        await wrote(runtime, f"number {number} of Emily", phone=EMILY, municipality=municipality)
    await municipality.told(texts=12)
    own = [text["Body"] for text in municipality.texts if text["From"] == METTE]
    assert own == [f"number {number}" for number in range(6)]


async def test_an_answer_in_twiml_is_on_the_telephone(municipality, runtime):
    municipality.answer = "<Response><Message>Tak &amp; hej</Message></Response>"
    await wrote(runtime, "STOP", municipality=municipality)
    await municipality.told(texts=1)
    await eventually(lambda: screen(runtime), lambda shown: shown == ["STOP", "Tak & hej"])


@pytest.mark.parametrize(
    ("status", "answer", "trouble"),
    [
        (403, "wrong signature", "403 wrong signature"),
        (500, "", "500 "),
        (200, "thank you", "12100 Document parse failure"),
    ],
)
async def test_what_our_webhook_does_not_take_is_known_with_its_reason(
    municipality, runtime, status, answer, trouble
):
    municipality.status, municipality.answer = status, answer
    message = await wrote(runtime, municipality=municipality)
    known = await eventually(
        lambda: status_of(runtime, message), lambda known: known[0] != "receiving"
    )
    assert known == ("failed", trouble)


async def test_a_receipt_that_is_not_taken_does_not_stop_the_message(
    municipality, twilio, settings, runtime
):
    municipality.status = 503
    taken = await twilio.messages.create_async(
        from_=ALBERTSLUND,
        to=METTE,
        body="Hej Mette.",
        status_callback=f"{settings.public_url}/webhooks/twilio/status",
    )
    known = await eventually(
        lambda: status_of(runtime, taken), lambda known: known[0] == "delivered"
    )
    assert known == ("delivered", "503 ")


async def test_what_was_under_way_when_the_program_ended_is_done_after_the_next_start(
    runtime, port
):
    async with runtime.transaction() as session:
        taken = await network.accept(
            session,
            runtime,
            Outbound(
                ALBERTSLUND,
                METTE,
                "Hej Mette.",
                f"{runtime.settings.public_url}/webhooks/twilio/status",
            ),
        )
    assert not isinstance(taken, Refused)
    written = await wrote(runtime, "Er der nogen?")
    async with serving(runtime, port) as municipality:
        await municipality.told(texts=1, receipts=2)
    assert {receipt["MessageSid"] for receipt in municipality.receipts} == {taken.sid}
    assert [text["MessageSid"] for text in municipality.texts] == [written.sid]


async def test_nobody_answering_is_a_trouble_and_not_a_fault(runtime, port):
    port.close()
    message = await wrote(runtime)
    carrier = Carrier(runtime)
    carrying = asyncio.create_task(carrier.run())
    known = await eventually(
        lambda: status_of(runtime, message), lambda known: known[0] != "receiving"
    )
    carrier.stop()
    await carrying
    assert known[0] == "failed"
    assert known[1].startswith("11200 ")


async def test_the_network_needs_an_account(runtime, tmp_path):
    bare = load(home=tmp_path / "bare")
    with pytest.raises(NotConfiguredError):
        Carrier(type(runtime)(**(vars(runtime) | {"settings": bare})))


async def test_a_telephone_cannot_write_more_than_the_network_carries(runtime):
    with pytest.raises(ValueError, match="1600"):
        await wrote(runtime, "a" * 1601)
    async with runtime.transaction() as session:
        assert (await session.scalars(select(SimulatorMessage))).all() == []


def test_twiml_without_words_says_nothing():
    assert said_in("") == []
    assert said_in("<Response></Response>") == []
    assert said_in("<Response><Message/><Message><Body>Hej</Body></Message></Response>") == ["Hej"]


def test_the_token_is_not_in_the_address(settings):
    assert TOKEN not in settings.twilio_api_url
