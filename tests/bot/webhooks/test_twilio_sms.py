"""Stories at Twilio's door: what is signed is stored once, what is not is turned away."""

import asyncio
import json
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from structlog.testing import capture_logs

from bot import errors
from bot.webhooks import twilio_sms
from data.models.conversations import Conversation, Direction, Message, MessageStatus
from data.settings import load
from outreach.runtime import Runtime
from tests import make
from tests.twilio import ACCOUNT, TOKEN, sign

PAYLOADS = Path(__file__).parents[2] / "payloads" / "twilio"
PUBLIC = "https://mindelig.example.dk"
SMS, STATUS = "/webhooks/twilio/sms", "/webhooks/twilio/status"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def payload(name, **changes):
    given = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8")) | changes
    return {field: value for field, value in given.items() if value is not None}


@pytest.fixture
def settings(tmp_path, postgres):
    return load(
        home=tmp_path / "home",
        database_url=postgres,
        public_url=PUBLIC,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
    )


def caller(runtime):
    """Call as Twilio does after a proxy that ended TLS: http, an inner host, our public name."""
    app = FastAPI()
    app.include_router(twilio_sms.router)
    app.state.runtime = runtime
    errors.install(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


@pytest.fixture
async def twilio(runtime):
    async with caller(runtime) as client:
        yield client


async def post(client, path, form, signature=None, **headers):
    signed = sign(PUBLIC + path, form) if signature is None else signature
    return await client.post(
        path,
        content=urlencode(form, doseq=True),
        headers=FORM | {"X-Twilio-Signature": signed} | headers,
    )


async def inbound(runtime):
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(Message).where(Message.direction == Direction.IN).order_by(Message.number)
        )
        return list(found)


async def jobs(runtime, name):
    async with runtime.transaction() as session:
        return await session.scalar(
            text("select count(*) from procrastinate_jobs where task_name = :name"), {"name": name}
        )


async def test_an_sms_is_stored_answered_with_an_empty_twiml_and_given_to_the_worker(
    runtime, twilio
):
    await make.citizen(runtime)
    answer = await post(twilio, SMS, payload("sms"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    [message] = await inbound(runtime)
    assert (message.body, message.municipality, message.address) == (
        "Hej, hvad drejer det sig om?",
        "albertslund",
        "+4520304050",
    )
    assert await jobs(runtime, "converse") == 1


@pytest.mark.parametrize("name", ["sms", "sms_emoji", "sms_empty", "mms", "sms_with_new_fields"])
async def test_whatever_twilio_documents_is_taken(runtime, twilio, name):
    form = payload(name)
    assert (await post(twilio, SMS, form)).status_code == 200
    [message] = await inbound(runtime)
    assert (message.body, message.media_count) == (form["Body"], int(form["NumMedia"]))


async def test_sixteen_hundred_characters_and_more_are_kept_whole(runtime, twilio):
    for number, length in enumerate((1600, 4096)):
        sid = f"SM{number:032x}"
        body = "å😀" * (length // 2)
        assert (await post(twilio, SMS, payload("sms", MessageSid=sid, Body=body))).is_success
    assert [len(message.body) for message in await inbound(runtime)] == [1600, 4096]


async def test_what_postgresql_cannot_keep_is_left_out(runtime, twilio):
    assert (await post(twilio, SMS, payload("sms", Body="He\x00j"))).is_success
    [message] = await inbound(runtime)
    assert message.body == "Hej"


async def test_the_same_message_again_is_stored_once(runtime, twilio):
    for _ in range(3):
        assert (await post(twilio, SMS, payload("sms"))).is_success
    assert len(await inbound(runtime)) == 1
    assert await jobs(runtime, "converse") == 1


async def test_the_same_message_ten_times_at_once_is_stored_once(runtime, twilio):
    answers = await asyncio.gather(*(post(twilio, SMS, payload("sms")) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await inbound(runtime)) == 1
    assert await jobs(runtime, "converse") == 1


async def test_ten_first_messages_at_once_from_one_number_are_one_conversation(runtime, twilio):
    forms = [payload("sms", MessageSid=f"SM{number:032x}") for number in range(10)]
    answers = await asyncio.gather(*(post(twilio, SMS, form) for form in forms))
    assert {answer.status_code for answer in answers} == {200}
    async with runtime.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1
    assert len(await inbound(runtime)) == 10


@pytest.mark.parametrize("signature", ["", "bm9wZQ==", "æ", "x" * 5000])
async def test_without_a_true_signature_nothing_is_believed(runtime, twilio, signature):
    answer = await post(twilio, SMS, payload("sms"), signature.encode())
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
    assert await inbound(runtime) == []


@pytest.mark.parametrize(
    "change",
    [
        {"Body": "Jeg har betalt"},
        {"From": "+4520304051"},
        {"New": "field"},
    ],
    ids=["body", "from", "new"],
)
async def test_a_changed_form_does_not_pass_under_the_old_signature(runtime, twilio, change):
    signature = sign(PUBLIC + SMS, payload("sms"))
    answer = await post(twilio, SMS, payload("sms", **change), signature)
    assert answer.status_code == 403


async def test_a_signature_with_another_accounts_token_does_not_pass(runtime, twilio):
    signature = sign(PUBLIC + SMS, payload("sms"), token="f0" * 16)
    assert (await post(twilio, SMS, payload("sms"), signature)).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example.com"},
        {"X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example.com;proto=https"},
    ],
    ids=["host", "x-forwarded", "forwarded"],
)
async def test_whoever_chooses_the_host_does_not_choose_what_is_checked(runtime, twilio, headers):
    signed_for_evil = sign("https://evil.example.com" + SMS, payload("sms"))
    answer = await post(twilio, SMS, payload("sms"), signed_for_evil, **headers)
    assert answer.status_code == 403
    assert (await post(twilio, SMS, payload("sms"), **headers)).status_code == 200


async def test_twilio_may_sign_with_or_without_the_port(runtime, twilio):
    signature = sign("https://mindelig.example.dk:443" + SMS, payload("sms"))
    assert (await post(twilio, SMS, payload("sms"), signature)).status_code == 200


async def test_another_account_is_turned_away(runtime, twilio):
    form = payload("sms", AccountSid="AC" + "f" * 32)
    answer = await post(twilio, SMS, form)
    assert (answer.status_code, answer.json()["code"]) == (403, "other_account")


async def test_without_a_token_of_our_own_the_door_is_shut(runtime, settings):
    bare = settings.model_copy(update={"twilio_auth_token": None})
    shut = type(runtime)(**{**vars(runtime), "settings": bare})
    async with caller(shut) as client:
        answer = await post(client, SMS, payload("sms"))
    assert (answer.status_code, answer.json()["code"]) == (503, "not_configured")
    assert "TWILIO_AUTH_TOKEN" in answer.json()["message"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"MessageSid": None}, "MessageSid"),
        ({"MessageSid": "SM123"}, "MessageSid"),
        ({"MessageSid": ["SM" + "1" * 32, "SM" + "2" * 32]}, "MessageSid"),
        ({"From": None}, "From"),
        ({"From": ""}, "From"),
        ({"From": ["+4520304050", "+4520304051"]}, "From"),
        ({"To": None}, "To"),
        ({"To": "albertslund"}, "To"),
        ({"Body": None}, "Body"),
        ({"Body": "x" * 10_001}, "Body"),
        ({"Body": ["a", "b"]}, "Body"),
        ({"NumMedia": "mange"}, "NumMedia"),
        ({"NumMedia": "-1"}, "NumMedia"),
    ],
    ids=str,
)
async def test_a_malformed_form_is_named_by_field_and_shows_nothing_of_it(
    runtime, twilio, changes, field
):
    form = payload("sms", **changes)
    signed = sign(PUBLIC + SMS, Several(form))
    answer = await post(twilio, SMS, form, signed)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert field in answer.json()["message"]
    for secret in ("20304050", "20304051", "mange", "xxx", "albertslund"):
        assert secret not in answer.text
    assert await inbound(runtime) == []


class Several(dict[str, str | list[str]]):
    """A form with doubled fields, as Twilio's validator knows them from web frameworks."""

    def getall(self, name):
        value = self[name]
        return value if isinstance(value, list) else [value]


async def test_a_number_of_no_municipality_is_said_so(runtime, twilio):
    answer = await post(twilio, SMS, payload("sms", To="+4570999999"))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_recipient")
    assert "70999999" not in answer.text


async def test_each_municipality_has_its_own_conversations(runtime, twilio):
    await post(twilio, SMS, payload("sms", To="+4570990202"))
    [message] = await inbound(runtime)
    assert message.municipality == "faxe"


async def test_two_municipalities_never_answer_each_other(runtime, twilio):
    answer = await post(twilio, SMS, payload("sms", From="+4570990202", To="+4570990101"))
    assert answer.status_code == 200
    assert await inbound(runtime) == []


async def test_a_name_cannot_be_a_citizen_and_is_let_go(runtime, twilio):
    for sender in ("PostNord", "1230", "whatsapp:+4520304050"):
        answer = await post(twilio, SMS, payload("sms_from_a_name", From=sender))
        assert answer.status_code == 200
    assert await inbound(runtime) == []


async def test_a_number_that_belongs_to_nobody_still_gets_a_conversation(runtime, twilio):
    assert (await post(twilio, SMS, payload("sms", From="+4529999999"))).is_success
    [message] = await inbound(runtime)
    assert message.citizen_id is None


async def test_a_foreign_number_is_taken(runtime, twilio):
    assert (await post(twilio, SMS, payload("sms", From="+48600100200"))).is_success
    [message] = await inbound(runtime)
    assert message.address == "+48600100200"


async def test_only_forms_are_read(runtime, twilio):
    answer = await twilio.post(SMS, json=payload("sms"))
    assert (answer.status_code, answer.json()["code"]) == (415, "no_form")
    answer = await twilio.post(SMS)
    assert answer.status_code == 415


async def test_an_oversized_body_is_not_read_to_its_end(runtime, twilio):
    read = 0

    async def endless():
        nonlocal read
        while read < 10_000_000:
            read += 8192
            yield b"x" * 8192

    answer = await twilio.post(SMS, content=endless(), headers=FORM)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert read < 200_000


@pytest.mark.parametrize(
    "body",
    [b"Body=\xff\xfe", b"Body=%ff%fe", b"&".join(b"a=%d" % n for n in range(999))],
    ids=["bytes", "no utf-8", "many fields"],
)
async def test_what_is_no_form_of_twilios_is_malformed(runtime, twilio, body):
    answer = await twilio.post(SMS, content=body, headers=FORM)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_other_methods_are_not_allowed(twilio):
    assert (await twilio.get(SMS)).status_code == 405


async def test_while_the_database_is_down_twilio_is_asked_to_come_again(runtime, settings):
    down = Runtime.build(settings, "postgresql+psycopg://nobody@127.0.0.1:9/mindelig_down_test")
    async with caller(down) as client:
        for path, name in ((SMS, "sms"), (STATUS, "status_sent")):
            answer = await post(client, path, payload(name))
            assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
            assert "Traceback" not in answer.text
            assert "127.0.0.1" not in answer.text
    await down.close()


async def test_a_fault_of_ours_is_a_sentence_and_no_traceback(runtime):
    broken = type(runtime)(**{**vars(runtime), "policies": None})
    with capture_logs() as events:
        async with caller(broken) as client:
            answer = await post(client, SMS, payload("sms"))
    assert (answer.status_code, answer.json()["code"]) == (500, "fault")
    assert [event["event"] for event in events] == ["unforeseen"]
    assert "NoneType" not in answer.text


@pytest.fixture
async def accepted(runtime):
    talk = await make.conversation(runtime, await make.citizen(runtime))
    return await make.outgoing(
        runtime, talk, status=MessageStatus.ACCEPTED, vendor_ref="SM" + "9" * 32
    )


async def status_of(runtime, message):
    async with runtime.transaction() as session:
        return (await session.get_one(Message, message.id)).status


async def test_receipts_move_the_message_forward(runtime, twilio, accepted):
    for name, status in [
        ("status_delivered", MessageStatus.DELIVERED),
        ("status_sent", MessageStatus.DELIVERED),
        ("status_undelivered", MessageStatus.DELIVERED),
    ]:
        answer = await post(twilio, STATUS, payload(name))
        assert (answer.status_code, answer.content) == (204, b"")
        assert await status_of(runtime, accepted) is status


async def test_a_receipt_that_comes_first_finds_its_message_by_the_address_it_is_sent_to(
    runtime, twilio
):
    talk = await make.conversation(runtime, await make.citizen(runtime))
    sending = await make.outgoing(runtime, talk, status=MessageStatus.SENDING, attempts=1)
    path = f"{STATUS}?m={sending.id}"
    assert (await post(twilio, path, payload("status_sent"))).status_code == 204
    assert await status_of(runtime, sending) is MessageStatus.SENT


async def test_the_address_is_signed_with_its_question(runtime, twilio, accepted):
    signature = sign(PUBLIC + STATUS, payload("status_sent"))
    path = f"{STATUS}?m={accepted.id}"
    assert (await post(twilio, path, payload("status_sent"), signature)).status_code == 403


async def test_a_receipt_of_nobodys_message_is_taken_and_forgotten(runtime, twilio):
    path = f"{STATUS}?m=nonsense"
    assert (await post(twilio, path, payload("status_sent"))).status_code == 204


async def test_a_receipt_in_words_we_do_not_know_is_taken(runtime, twilio, accepted):
    form = payload("status_sent", MessageStatus="teleported")
    assert (await post(twilio, STATUS, form)).status_code == 204
    assert await status_of(runtime, accepted) is MessageStatus.ACCEPTED


async def test_receipts_for_one_message_all_at_once(runtime, twilio, accepted):
    names = ["status_sent", "status_delivered", "status_sent", "status_delivered"]
    answers = await asyncio.gather(*(post(twilio, STATUS, payload(name)) for name in names))
    assert {answer.status_code for answer in answers} == {204}
    assert await status_of(runtime, accepted) is MessageStatus.DELIVERED
