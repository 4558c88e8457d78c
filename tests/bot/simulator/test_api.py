"""The stand-in answers Twilio's own SDK as Twilio would."""

import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from bot.simulator.api import PREFIX
from tests.bot.simulator.conftest import ACCOUNT, ALBERTSLUND, METTE, TOKEN, Door

FAXE = "+4570990202"
DESCRIPTION = Path(__file__).parents[2] / "vendor" / "twilio_api_v2010.json"
MESSAGES = f"{PREFIX}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


async def send(twilio, **given):
    values = {"from_": ALBERTSLUND, "to": METTE, "body": "Hej Mette."} | given
    return await twilio.messages.create_async(**values)


async def test_a_message_is_taken_and_shown_as_twilio_shows_it(municipality, twilio, clock):
    taken = await send(twilio, body="Hej Mette. Sms på dansk: æøå.")
    assert re.fullmatch("SM[0-9a-f]{32}", taken.sid)
    assert taken.status == "queued"
    assert taken.direction == "outbound-api"
    assert (taken.from_, taken.to, taken.num_segments) == (ALBERTSLUND, METTE, "1")
    assert taken.date_created == clock.now()
    assert taken.date_sent is None
    shown = await twilio.messages(taken.sid).fetch_async()
    assert shown.body == "Hej Mette. Sms på dansk: æøå."


async def test_the_answers_have_the_fields_of_twilios_own_description(municipality, settings):
    described = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    message = described["components"]["schemas"]["api.v2010.account.message"]["properties"]
    answers = described["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["get"]
    page = answers["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    async with httpx.AsyncClient(base_url=settings.public_url, auth=(ACCOUNT, TOKEN)) as client:
        sent = await client.post(
            MESSAGES, data={"From": ALBERTSLUND, "To": METTE, "Body": "Hej Mette."}
        )
        listed = await client.get(MESSAGES)
    assert sent.status_code == 201
    assert sent.json().keys() == message.keys()
    assert listed.json().keys() == page.keys()


async def test_a_long_text_with_a_smiley_counts_its_parts(municipality, twilio):
    taken = await send(twilio, body="🙂" * 36)
    assert taken.num_segments == "2"


async def test_what_twilio_refuses_is_refused_in_its_words(municipality, twilio):
    for given, code in (
        ({"to": "12"}, 21211),
        ({"to": ""}, 21604),
        ({"body": "a" * 1601}, 21617),
        ({"to": "+4570990614"}, 21614),
    ):
        with pytest.raises(TwilioRestException) as refused:
            await send(twilio, **given)
        assert (refused.value.status, refused.value.code) == (400, code)
    assert await twilio.messages.list_async() == []


async def test_a_character_that_no_telephone_can_show_is_left_out(municipality, twilio):
    assert (await send(twilio, body="Hej\0 Mette")).body == "Hej Mette"


async def test_a_longest_text_is_taken(municipality, twilio):
    assert (await send(twilio, body="a" * 1600)).num_segments == "11"


async def test_a_wrong_token_is_refused_in_twilios_shape(municipality, settings):
    async with Door(settings.twilio_api_url) as door:
        with pytest.raises(TwilioRestException) as refused:
            await send(Client(ACCOUNT, "another token", http_client=door))
    assert (refused.value.status, refused.value.code) == (401, 20003)


async def test_without_credentials_the_answer_says_where_to_read_more(municipality, settings):
    async with httpx.AsyncClient(base_url=settings.public_url) as client:
        answer = await client.post(MESSAGES, data={"To": METTE})
    assert answer.status_code == 401
    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


async def test_another_account_and_an_unknown_message_are_not_found(municipality, twilio, settings):
    with pytest.raises(TwilioRestException) as unknown:
        await twilio.messages(f"SM{'0' * 32}").fetch_async()
    assert (unknown.value.status, unknown.value.code) == (404, 20404)
    async with httpx.AsyncClient(base_url=settings.public_url, auth=(ACCOUNT, TOKEN)) as client:
        answer = await client.get(MESSAGES.replace(ACCOUNT, f"AC{'e' * 32}"))
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


async def test_the_list_is_narrowed_by_numbers_and_days(municipality, twilio, clock):
    tuesday = clock.now()
    await send(twilio, body="the first")
    clock.travel(timedelta(days=1))
    await send(twilio, body="the second")
    await send(twilio, body="from Faxe", from_=FAXE)
    await send(twilio, body="to Emily", to="+4570991002")

    async def bodies(**filters):
        return [message.body for message in await twilio.messages.list_async(**filters)]

    assert await bodies(to=METTE, from_=ALBERTSLUND) == ["the second", "the first"]
    assert await bodies(to=METTE) == ["from Faxe", "the second", "the first"]
    assert await bodies(date_sent=tuesday.date()) == ["the first"]
    assert await bodies(date_sent_before=tuesday) == ["the first"]
    assert await bodies(date_sent_after=clock.now(), to="+4570991002") == ["to Emily"]
    assert len(await bodies(date_sent_after=tuesday)) == 4


async def test_the_sdk_turns_the_pages(municipality, twilio):
    for number in range(5):
        await send(twilio, body=f"number {number}")
    first = await twilio.messages.page_async(to=METTE, page_size=2)
    assert [message.body for message in first] == ["number 4", "number 3"]
    await send(twilio, body="arrived meanwhile")
    second = await first.next_page_async()
    assert [message.body for message in second] == ["number 2", "number 1"]
    last = await second.next_page_async()
    assert [message.body for message in last] == ["number 0"]
    assert await last.next_page_async() is None


async def test_a_filter_that_cannot_be_read_is_refused(municipality, settings):
    async with httpx.AsyncClient(base_url=settings.public_url, auth=(ACCOUNT, TOKEN)) as client:
        for query in ("PageSize=many", "Page=-1", "DateSent%3E=yesterday", f"Page={'9' * 30}"):
            answer = await client.get(f"{MESSAGES}?{query}")
            assert (answer.status_code, answer.json()["code"]) == (400, 20001)
