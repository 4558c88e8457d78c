"""Stories of the door to Twilio: what it asks, and what it makes of every kind of answer."""

import asyncio
import logging
import socket
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientTimeout

from data.settings import load
from data.values.phone import PhoneNumber
from outreach.errors import NotConfiguredError
from outreach.gateways.twilio import TwilioSms
from outreach.runtime import SendResult
from tests.twilio import (
    ACCOUNT,
    CREATED,
    TOKEN,
    as_listed,
    hangs_up,
    refuses,
    says,
    shows,
    twilio_stand_in,
)

OURS = PhoneNumber("+4570990101")
METTE = PhoneNumber("+4520304050")
NOON = datetime(2026, 11, 24, 8, 59, 59, tzinfo=UTC)


@pytest.fixture
async def there():
    async with twilio_stand_in() as stand_in:
        yield stand_in


def door_to(tmp_path, url, **options):
    return TwilioSms(
        load(
            home=tmp_path / "home",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_api_url=url,
            public_url="https://mindelig.example.dk",
        ),
        **options,
    )


@pytest.fixture
async def door(there, tmp_path):
    gateway = door_to(tmp_path, f"{there.url}/edge")
    yield gateway
    await gateway.close()


async def test_a_message_is_handed_over_as_twilio_wants_it(there, door):
    outcome = await door.send(OURS, METTE, "Hej Mette 👋 æøå", message_id="11-22")
    assert outcome.result is SendResult.ACCEPTED
    assert outcome.vendor_ref.startswith("SM")
    [asked] = there.asked
    assert (asked["method"], asked["path"]) == (
        "POST",
        f"/edge/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
    )
    assert asked["form"] == {
        "From": "+4570990101",
        "To": "+4520304050",
        "Body": "Hej Mette 👋 æøå",
        "StatusCallback": "https://mindelig.example.dk/webhooks/twilio/status?m=11-22",
    }
    assert asked["headers"]["Authorization"].startswith("Basic ")


async def test_connections_are_kept_open(there, door):
    for _ in range(3):
        await door.send(OURS, METTE, "Hej")
    assert len({asked["connection"] for asked in there.asked}) == 1


@pytest.mark.parametrize(
    ("status", "code", "result"),
    [
        (400, 21211, SendResult.REFUSED_FOR_GOOD),
        (400, 21408, SendResult.REFUSED_FOR_GOOD),
        (400, 21610, SendResult.REFUSED_FOR_GOOD),
        (400, 21612, SendResult.REFUSED_FOR_GOOD),
        (400, 21614, SendResult.REFUSED_FOR_GOOD),
        (400, 21617, SendResult.REFUSED_FOR_GOOD),
        (400, 29999, SendResult.REFUSED_FOR_GOOD),
        (400, 21606, SendResult.REFUSED_FOR_NOW),
        (400, 21611, SendResult.REFUSED_FOR_NOW),
        (401, 20003, SendResult.REFUSED_FOR_NOW),
        (403, 20005, SendResult.REFUSED_FOR_NOW),
        (404, 20404, SendResult.REFUSED_FOR_NOW),
        (429, 20429, SendResult.REFUSED_FOR_NOW),
        (429, 21614, SendResult.REFUSED_FOR_NOW),
        (500, 20500, SendResult.REFUSED_FOR_NOW),
        (503, 20503, SendResult.REFUSED_FOR_NOW),
    ],
)
async def test_each_refusal_is_for_good_or_for_now(there, door, status, code, result):
    there.answers = [refuses(status, code)]
    outcome = await door.send(OURS, METTE, "Hej")
    assert (outcome.result, outcome.error_code) == (result, str(code))
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7), ("0", 1), ("999999999999", 86400), ("Wed, 25 Nov 2026 09:00:00 GMT", None)],
)
async def test_retry_after_is_kept_as_given(there, door, header, wait):
    there.answers = [refuses(429, 20429, **{"Retry-After": header})]
    outcome = await door.send(OURS, METTE, "Hej")
    assert outcome.retry_after == (timedelta(seconds=wait) if wait else None)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (hangs_up, "connection_lost"),
        (shows(200, "<html>Log in to the guest network</html>"), "strange_answer"),
        (says(201, ["not", "a", "message"]), "strange_answer"),
        (says(201, "text"), "strange_answer"),
        (says(201, {"status": "queued"}), "no_reference"),
        (shows(201, ""), "no_reference"),
        (shows(502, "bad gateway"), "http_502"),
        (shows(504, "gateway time-out"), "http_504"),
    ],
    ids=["hangs up", "page", "list", "text", "no sid", "empty", "502", "504"],
)
async def test_when_nobody_can_tell_the_outcome_is_unknown(there, door, answer, why):
    there.answers = [answer]
    outcome = await door.send(OURS, METTE, "Hej")
    assert (outcome.result, outcome.error_code) == (SendResult.UNKNOWN, why)
    assert len(there.asked) == 1


@pytest.mark.parametrize("status", [302, 404, 405, 407, 418])
async def test_what_is_not_twilio_at_all_waits_for_an_operator(there, door, status):
    there.answers = [shows(status, "<html>proxy</html>")]
    outcome = await door.send(OURS, METTE, "Hej")
    assert (outcome.result, outcome.error_code) == (
        SendResult.REFUSED_FOR_NOW,
        f"http_{status}",
    )


async def test_an_answer_that_does_not_come_is_unknown(there, tmp_path):
    async def never(_request):
        await asyncio.Event().wait()

    there.answers = [never]
    door = door_to(tmp_path, there.url, timeout=ClientTimeout(total=0.2))
    outcome = await door.send(OURS, METTE, "Hej")
    await door.close()
    assert (outcome.result, outcome.error_code) == (SendResult.UNKNOWN, "no_answer")


async def test_no_connection_means_not_a_byte_was_sent(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    door = door_to(tmp_path, f"http://127.0.0.1:{port}")
    outcome = await door.send(OURS, METTE, "Hej")
    await door.close()
    assert (outcome.result, outcome.error_code) == (SendResult.REFUSED_FOR_NOW, "no_connection")


async def test_our_own_cancellation_passes_through(there, door):
    asked = asyncio.Event()

    async def never(_request):
        asked.set()
        await asyncio.Event().wait()

    there.answers = [never]
    sending = asyncio.create_task(door.send(OURS, METTE, "Hej"))
    await asked.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_the_list_is_read_page_by_page_and_shown_oldest_first(there, door):
    there.pages = [
        [
            as_listed(body="nyest", date_sent=None, status="queued"),
            as_listed(body="i går", date_created="Mon, 23 Nov 2026 09:00:00 +0000"),
        ],
        [as_listed(body="ældst", date_created="Tue, 24 Nov 2026 08:59:59 +0000")],
    ]
    found = await door.sent_to(OURS, METTE, NOON)
    assert [record.body for record in found] == ["ældst", "nyest"]
    assert found[1].created_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert there.asked[0]["query"] == {
        "To": "+4520304050",
        "From": "+4570990101",
        "PageSize": "1000",
    }
    assert there.asked[1]["path"] == f"/edge/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


async def test_a_trial_accounts_own_words_are_taken_off(there, door):
    there.pages = [[as_listed(body="Sent from your Twilio trial account - Hej")]]
    [record] = await door.sent_to(OURS, METTE, NOON)
    assert record.body == "Hej"


@pytest.mark.parametrize(
    "answer",
    [
        refuses(401, 20003),
        refuses(429, 20429),
        shows(200, "<html>"),
        hangs_up,
        says(200, {"messages": [{"sid": None}]}),
        says(200, {"nothing": 1, "else": 2}),
        shows(504, "late"),
    ],
    ids=["401", "429", "page", "hangs up", "no sid", "no messages", "504"],
)
async def test_a_list_that_cannot_be_had_is_an_oserror(there, door, answer):
    there.answers = [answer, answer]  # a list may be asked for twice, when a connection breaks
    with pytest.raises(OSError, match="Twilio cannot be asked"):
        await door.sent_to(OURS, METTE, NOON)


async def test_a_list_without_end_is_not_believed(there, door):
    there.pages = [[as_listed()]] * 30
    with pytest.raises(OSError, match="Twilio cannot be asked"):
        await door.sent_to(OURS, METTE, NOON)


async def test_what_came_in_is_listed_without_what_we_sent(there, door):
    there.pages = [
        [
            as_listed(sid=f"SM{2:032}", body="nyest", direction="inbound", num_media="1"),
            as_listed(body="vores eget"),
            as_listed(
                body="fra i går",
                direction="inbound",
                date_created="Mon, 23 Nov 2026 20:00:00 +0000",
            ),
        ]
    ]
    [record] = await door.received(OURS, NOON)
    assert (record.body, record.media_count) == ("nyest", 1)
    assert there.asked[0]["query"]["To"] == OURS.e164
    assert "From" not in there.asked[0]["query"]


async def test_the_account_can_be_checked(there, door):
    there.answers = [says(200, {"sid": ACCOUNT, "status": "active"}), refuses(401, 20003)]
    assert await door.check() == "active"
    with pytest.raises(OSError, match="HTTP 401, code 20003"):
        await door.check()


async def test_no_number_and_no_text_reaches_the_log(there, door, caplog):
    caplog.set_level(logging.DEBUG)
    there.answers = [refuses(400, 21211), refuses(401, 20003), hangs_up]
    for _ in range(3):
        await door.send(OURS, METTE, "Hemmeligt")
    await door.sent_to(OURS, METTE, NOON)
    assert "20304050" not in caplog.text
    assert "Hemmeligt" not in caplog.text


def test_without_an_account_the_door_says_what_is_missing(tmp_path):
    with pytest.raises(NotConfiguredError, match="TWILIO_ACCOUNT_SID"):
        TwilioSms(load(home=tmp_path / "home"))


def test_the_stand_in_dates_messages_as_twilio_does():
    assert CREATED.endswith("+0000")
